import { addonChanges } from "../addon/generated.ts";
import { foreignTo, leaksIn, refuseLeaks, textsOf } from "../bundle/foreign.ts";
import { listChanges, type Part, partChanges, partOf, type PullsFrom } from "../bundle/part.ts";
import { unusedChanges } from "../bundle/unused.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import { absentCharts } from "../fleet/absent-charts.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { failureText } from "../fleet/load.ts";
import type { Repository } from "../fleet/repository.ts";
import type { GitFile } from "../io/part-git.ts";
import { validate } from "../validate/validate.ts";

export interface HandOutOptions extends PullsFrom {
  /** What goes along and is no part of the fleet. */
  code: ReadonlyMap<string, GitFile>;
  progress?: ((done: number, total: number) => void) | undefined;
}

/** What some clusters may see, rendered and judged as if there were nothing else. */
export interface HandOut {
  part: Part;
  fleet: Fleet;
  files: Map<string, GitFile>;
}

/** Times that what is needless is taken out: what goes may have been all that needed something else. */
const rounds = 5;
const readmeFile = "README.md";

/**
 * Makes the part of some clusters out of a repository as a commit has it. Refused where the part has an error of its own, where
 * a chart of it is not here to judge it by, and where anything in it tells of others.
 */
export async function handOut(
  whole: Repository,
  names: readonly string[],
  { code, progress, ...pulls }: HandOutOptions,
): Promise<HandOut> {
  const part = partOf(whole, names);
  let repository = whole.with(partChanges(whole, part, pulls));
  repository = repository.with([...listChanges(repository), ...addonChanges(repository)]);
  let validation = await validate(repository, { progress });
  const absent = absentCharts(validation.fleet);
  if (absent.length > 0)
    throw new ToolError(
      `${absent.length} charts are not on this machine, so nobody could say what they need: bun run charts pull, then again`,
    );
  for (let round = 0; round < rounds; round++) {
    const unused = unusedChanges(repository, validation.findings);
    if (unused.length === 0) break;
    repository = repository.with(unused);
    repository = repository.with(addonChanges(repository));
    validation = await validate(repository, { progress });
  }
  if (validation.failed.length > 0) throw new UsageError(failureText(validation.failed));
  const errors = validation.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    const said = errors.slice(0, 10).map(({ file, line, application, rule, message }) => {
      const where = file === undefined ? (application ?? "") : `${file}${line === undefined ? "" : `:${line}`}`;
      return `${where} ${rule}: ${message}`;
    });
    throw new UsageError(
      `the part of ${part.clusters.join(", ")} has ${errors.length} errors of its own; nothing was written:\n${said.join("\n")}`,
    );
  }
  const { tree } = repository;
  const files = new Map<string, GitFile>([
    ...tree.paths.map((file) => [file, { mode: "100644", bytes: tree.bytes(file) }] as const),
    ...code,
    [readmeFile, { mode: "100644", bytes: new TextEncoder().encode(readme(part)) }],
  ]);
  const texts = textsOf(files);
  refuseLeaks(leaksIn(texts, foreignTo(part, whole.documents, texts)));
  return { part, fleet: validation.fleet, files };
}

const readme = ({ clusters }: Part) => `# The part of the fleet that is ${clusters.join(" and ")}

Argo CD of ${clusters.length === 1 ? "this cluster" : "these clusters"} reads it. It was written by \`bun run bundle\` out of the repository of
Murima2025's fleet and nothing is changed here: the next part takes the place of everything. The revision that it was made
of stands in the message of its commit. \`bun run validate\` judges it, with Bun and the packages of bun.lock at hand.
`;
