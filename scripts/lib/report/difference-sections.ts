import { counted } from "../core/count.ts";
import type { Json } from "../core/json.ts";
import { visible } from "../core/visible.ts";
import { deletionLabel, isOverBudget, type Loss } from "../diff/budget.ts";
import type { Cause, Source } from "../diff/causes.ts";
import { type Fold, foldChanges, foldImages, foldObjects, isSecret } from "../diff/fold.ts";
import type { Move } from "../diff/moves.ts";
import type { ReplicaFall, Restart } from "../diff/restarts.ts";
import type { DiffReport } from "../diff/sides.ts";
import type { Row } from "../diff/structure.ts";

/** A part of the report: left out as a whole where there is no room for it. */
export interface Section {
  title: string;
  /** Lines of Markdown without the title. */
  lines: string[];
  /** Whether a comment shows it without a click: what nobody may miss. */
  isOpen: boolean;
}

/** How a text from a render is written, so that nothing in it is taken for more than text. */
type Mark = (text: string) => string;

/** All that a difference does, what is worst first. */
export function sectionsOf(report: DiffReport, mark: Mark): Section[] {
  const sections = [
    ...harm(report, mark),
    ...consequences(report, mark),
    ...changes(report, mark),
    ...gaps(report, mark),
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function harm({ difference, losses, refused, removals }: DiffReport, mark: Mark): Section[] {
  const gone = foldObjects(difference, "removed");
  return [
    {
      title: "Removed, beyond what one pull request may",
      isOpen: true,
      lines: losses
        .filter(isOverBudget)
        .map(
          ({ environment, what, removed, allowed }) =>
            `- ${environment}: ${counted(removed.length, words[what])}, allowed are ${allowed} (${some(removed, mark)}). If it is meant: the label ${mark(deletionLabel)}`,
        ),
    },
    {
      title: `Refused by the cluster: ${counted(refused?.length ?? 0, "changes")}`,
      isOpen: true,
      lines: (refused ?? []).map(
        ({ application, object, field, message }) =>
          `- ${mark(object)} in ${mark(application)}: ${mark(`${field}: ${value(message)}`)}. Give the object another name, or have Argo CD replace it`,
      ),
    },
    {
      title: `Data and replacements: ${counted(removals.length, "objects")}`,
      isOpen: true,
      lines: removals.map(
        ({ object, fate, applications }) => `- ${mark(object)} in ${some(applications, mark)}: ${fate}`,
      ),
    },
    {
      title: `Removed: ${counted(difference.removed.length, "Applications")}, ${counted(gone.length, "other objects")}`,
      isOpen: true,
      lines: [...named(difference.removed, mark), ...listed(gone, mark)],
    },
  ];
}

function consequences({ replicas, restarts, moves, reachability, rights }: DiffReport, mark: Mark): Section[] {
  return [
    {
      title: `Fewer pods: ${counted(replicas.length, "workloads")}`,
      isOpen: true,
      lines: replicas.map((fall) => fallLine(fall, mark)),
    },
    {
      title: `Restarts: ${counted(sum(restarts.map(({ pods }) => pods)), "pods")} of ${counted(restarts.length, "workloads")}`,
      isOpen: true,
      lines: restarts.map((restart) => restartLine(restart, mark)),
    },
    {
      title: `Addresses that move: ${moves.length}`,
      isOpen: moves.some(({ stranger }) => stranger !== undefined),
      lines: moves.map((move) => moveLine(move, mark)),
    },
    {
      title: `Who may talk to whom: ${reachability.added.length} new, ${reachability.changed.length} changed, ${reachability.removed.length} no more`,
      isOpen: false,
      lines: [
        ...reachability.added.map((flow) => `- new: ${mark(flow)}`),
        ...reachability.changed.map(
          ({ flow, change, before, after }) => `- ${change}: ${mark(flow)}, was ${mark(before)}, now ${mark(after)}`,
        ),
        ...reachability.removed.map((flow) => `- no more: ${mark(flow)}`),
      ],
    },
    {
      title: `Rights that grow: ${counted(rights.length, "grants")}`,
      isOpen: true,
      lines: rights.map(
        ({ rights: own, objects, applications }) =>
          `- ${some(objects, mark)} in ${some(applications, mark)}: ${some(own, mark, 8)}`,
      ),
    },
  ];
}

function changes({ difference, causes: { causes, rest, without } }: DiffReport, mark: Mark): Section[] {
  const images = foldImages(difference.images);
  const secrets = foldChanges(difference.objects.filter(({ id }) => isSecret(id)));
  const fresh = foldObjects(difference, "added");
  return [
    {
      title: `Images: ${images.length} (labels of their versions aside)`,
      isOpen: true,
      lines:
        images.length === 0
          ? []
          : [
              "| image | from | to | Applications |",
              "| --- | --- | --- | --- |",
              ...images.map(
                ({ image, before, after, applications }) =>
                  `| ${[mark(image), mark(before), mark(after), some(applications, mark)].join(" | ")} |`,
              ),
            ],
    },
    {
      title: `Changes, by what causes them: ${causes.length}`,
      isOpen: causes.length <= 10,
      lines: causes.flatMap((cause) => causeLines(cause, mark)),
    },
    {
      title: `Changes of more than one cause: ${rest.length}, alike ones together`,
      isOpen: false,
      lines: rest.flatMap(({ fold, files }) => {
        const [first, ...rows] = foldLines(fold, mark);
        return [files.length === 0 ? first! : `${first}, out of ${some(files, mark)}`, ...rows];
      }),
    },
    {
      title: `Secrets, by key: ${secrets.length}`,
      isOpen: false,
      lines: secrets.flatMap((fold) => foldLines(fold, mark)),
    },
    {
      title: `Added: ${counted(difference.added.length, "Applications")}, ${counted(fresh.length, "other objects")}`,
      isOpen: false,
      lines: [...named(difference.added, mark), ...listed(fresh, mark)],
    },
    {
      title: `Without effect: ${counted(without.length, "values")}`,
      isOpen: false,
      lines: without.map((source) => `- ${sourceText(source, mark)}: nothing that reads it renders otherwise`),
    },
  ];
}

function gaps({ difference: { changed, notCompared }, refused }: DiffReport, mark: Mark): Section[] {
  return [
    {
      title: "Not asked: whether the API server takes these changes",
      isOpen: false,
      lines: refused === undefined && changed.length > 0 ? ["- the engine is not built: bun run engine"] : [],
    },
    {
      title: `Not compared: ${notCompared.length}`,
      isOpen: false,
      lines: [...Map.groupBy(notCompared, ({ reason }) => reason)].map(
        ([reason, group]) => `- ${mark(reason)}: ${group.map(({ what }) => mark(what)).join(", ")}`,
      ),
    },
  ];
}

const words: Record<Loss["what"], string> = {
  applications: "Applications",
  customResources: "custom resources",
  namespaces: "namespaces",
  volumes: "volumes",
};

const named = (names: readonly string[], mark: Mark) => names.map((name) => `- ${mark(name)}`);
const listed = (entries: ReturnType<typeof foldObjects>, mark: Mark) =>
  entries.map(({ object, applications }) => `- ${mark(object)} in ${some(applications, mark)}`);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function fallLine({ kind, name, applications, before, after, until }: ReplicaFall, mark: Mark): string {
  const what = `- ${mark(`${kind} ${name}`)} in ${some(applications, mark)}: ${counted(before, "pods")}`;
  if (until === undefined) return `${what}, then ${after}`;
  return `${what}, then ${after} until the autoscaler acts (${until.least} to ${until.most}): merge it when one can carry the load`;
}

const updates: Record<Restart["update"], string> = {
  "all at once": "all stop before the first starts anew",
  "by hand": "each as soon as somebody deletes it",
  "one after another": "one after another",
};

function restartLine({ kind, name, update, applications, clusters, pods }: Restart, mark: Mark): string {
  const count = kind === "DaemonSet" ? "one on each node" : counted(pods, "pods");
  const where = applications.length === clusters.length ? "" : ` (${counted(applications.length, "Applications")})`;
  return `- ${mark(`${kind} ${name}`)} in ${counted(clusters.length, "clusters")}${where}: ${count}, ${updates[update]}`;
}

function moveLine({ path, before, after, stranger, applications }: Move, mark: Mark): string {
  const whose = stranger === undefined ? "" : `, which is of ${mark(stranger)}`;
  return `- ${rowText({ path, before, after }, mark)}${whose}, in ${some(applications, mark)}`;
}

function causeLines({ applications, effects, ...source }: Cause, mark: Mark): string[] {
  const where = applications.length === 1 ? mark(applications[0]!) : counted(applications.length, "Applications");
  return [
    `- ${sourceText(source, mark)}, in ${where}`,
    ...effects.flatMap((fold) => foldLines(fold, mark)).map((line) => `  ${line}`),
  ];
}

/** "config.poolMax: 20 -> 25, apps/services/x/values.yaml:19". */
function sourceText({ file, line, path, before, after }: Source, mark: Mark): string {
  const place = mark(`${file}:${line}`);
  return path === ""
    ? `${place}: ${changeText({ before, after }, mark)}`
    : `${rowText({ path, before, after }, mark)}, ${place}`;
}

/** "same in 212 Applications": which kind of object, in how many, and each value that differs. */
function foldLines({ kinds, rows, objects, applications }: Fold, mark: Mark): string[] {
  const where =
    objects.length === 1
      ? mark(objects[0]!)
      : `${kinds.length <= 3 ? kinds.join(", ") : `${kinds.length} kinds of objects`}, the same in ${counted(applications.length, "Applications")} (${counted(objects.length, "objects")}): ${some(objects, mark)}`;
  return [`- ${where}`, ...rows.map((row) => `  - ${rowText(row, mark)}`)];
}

const rowText = ({ path, ...row }: Row, mark: Mark) => `${mark(path)}: ${changeText(row, mark)}`;

function changeText({ before, after }: Pick<Row, "after" | "before">, mark: Mark): string {
  if (before === undefined) return `+ ${mark(value(after))}`;
  if (after === undefined) return `- ${mark(value(before))}`;
  return `${mark(value(before))} -> ${mark(value(after))}`;
}

/** A value in a line; long ones by their beginning. */
function value(json: Json | undefined): string {
  const line = visible(typeof json === "string" ? json : JSON.stringify(json ?? null));
  return line.length > 160 ? `${line.slice(0, 150)}... (${line.length} characters)` : line;
}

function some(names: readonly string[], mark: Mark, most = 3): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).map(mark).join(", ") + more;
}
