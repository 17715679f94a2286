import type { Change } from "../core/change.ts";
import type { Addon } from "../model/generated.ts";
import type { Content } from "../repo/content.ts";
import { addonsPageFile } from "../repo/layout.ts";
import { addonPlacements, type Placement } from "./placements.ts";

const intro = `# Addons

Upstream charts that clusters run. Generated from the folders of addons: \`bun run validate --fix\` writes it. How a
chart gets here is in [decisions/addons.md](decisions/addons.md).

A version is locked only after it rendered here with our values, twice alike. What its programs then do is another thing: of
each addon it is said below whether somebody has seen them at work. Of some the locked archive was packed here and is not
upstream's own: its remark says so, and upstream's archive of that same version is refused until
\`bun run bump-chart --replace-archive --reason TEXT\` takes it for every cluster that runs it.
`;

/** The page about addons, where a repository has one. */
export function* pageChange(content: Content): Iterable<Change> {
  const { tree, documents } = content;
  if (!tree.has(addonsPageFile)) return;
  const placements = addonPlacements(content);
  const sections = [...documents.addons].map(([addon, { document }]) =>
    section(
      addon,
      document,
      placements.filter((placement) => placement.addon === addon),
    ),
  );
  yield { path: addonsPageFile, content: [intro, ...sections].join("\n") };
}

function section(addon: string, { spec }: Addon, placements: readonly Placement[]): string {
  const {
    source,
    namespace,
    podSecurity,
    endOfLife,
    reaches,
    allowances = [],
    provides = [],
    tried,
    remarks = [],
  } = spec;
  const byVersion = Map.groupBy(placements, ({ chart }) => chart.tag);
  const runs = [...byVersion].map(([version, own]) => `${version} on ${own.map(({ cluster }) => cluster).join(", ")}`);
  const rights = Map.groupBy(allowances, ({ rule }) => rule);
  const count = (rule: string) => rights.get(rule)!.reduce((sum, { objects }) => sum + objects.length, 0);
  const allowed = [...rights.keys()].toSorted().map((rule) => `${rule} (${count(rule)} objects)`);
  const rows: [string, string][] = [
    [
      "chart",
      source.manifests === undefined
        ? `${source.chart} of ${source.repository}`
        : `made here of ${source.manifests.join(", ")} of ${source.repository}`,
    ],
    ["runs", runs.join("; ") || "nowhere"],
    ["namespace", `${namespace}, ${podSecurity}`],
    ["provides", provides.map(({ kind, name }) => `${kind} ${name}`).join(", ") || "nothing that others name"],
    ["may, beyond the rules", allowed.join(", ") || "nothing"],
    ["reaches", reaches.join("; ") || "nothing"],
    ["fixes until", endOfLife],
    ["seen at work", tried ?? "no: its programs were not run"],
    ...remarks.map((remark): [string, string] => ["remark", remark]),
  ];
  const table = rows.map(([name, text]) => `- ${name}: ${text.replaceAll("*", "\\*").replaceAll("_", "\\_")}`);
  return [`## ${addon}`, "", ...table, ""].join("\n");
}
