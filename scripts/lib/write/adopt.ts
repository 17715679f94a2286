import { type AnswerSchema, readAnswers, refuseNames } from "../adopt/answers.ts";
import { dropChanges, droppedBy, recordChanges } from "../adopt/kept.ts";
import { leftByHand } from "../adopt/left.ts";
import { linesWith, type Names, ownNames } from "../adopt/names.ts";
import { adopted, type Files, refuseTaken, textOf } from "../adopt/plan.ts";
import { type CommandIo, lookOf } from "../command/io.ts";
import type { Change } from "../core/change.ts";
import { type ExitCode, exitCode, ToolError, UsageError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { Repository } from "../fleet/repository.ts";
import { applyChanges, recoverRepository } from "../io/apply.ts";
import { type Stage, stageOf, type TrackedFile, trackedFiles, uncommitted } from "../io/checkout.ts";
import { withLock } from "../io/lock.ts";
import { readSchema } from "../io/schemas.ts";
import { type Workspace, workspaceOf } from "../io/workspace.ts";
import { compile } from "../model/schema.ts";
import { companyFile } from "../repo/layout.ts";
import { needlessLines, withoutEntries } from "../repo/needless.ts";
import { Tree } from "../repo/tree.ts";
import { findingsText } from "../report/validation.ts";
import { changesJson, gitPatch } from "./preview.ts";

export interface AdoptOptions {
  /** The answer file, as the person wrote its path, and what is in it. */
  file: string;
  text: string;
  empty: boolean;
  dryRun: boolean;
  format: "json" | "patch" | "text";
}

/** The schema of answers. */
export async function answerSchema(): Promise<AnswerSchema> {
  const schema = await readSchema("schemas/adoption.json");
  return { schema, check: compile(schema) };
}

/** What stands in the repository, and what is to. */
interface Plan {
  from: Names;
  to: Names;
  before: readonly TrackedFile[];
  after: Map<string, Uint8Array>;
}

/**
 * Makes the repository another company's: every name, the part of the fleet that stays, and new keys. All of it is made in a
 * checkout beside this one, by the code as it will be, and judged there; then all or nothing is written here.
 */
export async function adopt(io: CommandIo, options: AdoptOptions): Promise<ExitCode> {
  const workspace = await workspaceOf(io.cwd, io.env);
  return withLock(workspace, async () => {
    if (!options.dryRun && (await recoverRepository(workspace))) {
      io.stderr.write(
        "the rest of an adoption that was cut off is made; its keys were shown before\nnext: bun run check\n",
      );
      return exitCode.done;
    }
    const repository = await Repository.read(io.cwd, { env: io.env });
    const answers = readAnswers(options.file, options.text, options.empty, await answerSchema());
    const from = companyOf(repository);
    refuseNames(answers, from);
    const dropped = droppedBy(repository, answers);
    const isSame = (Object.keys(from) as (keyof Names)[]).every((field) => from[field] === answers.names[field]);
    if (isSame && dropped.clusters.length + dropped.tenants.length === 0) {
      if (options.format === "json") io.stdout.write(changesJson([], repository.tree, false, ""));
      io.stderr.write("nothing to change\n");
      return exitCode.done;
    }
    await refuseDirty(io.cwd, options.file);
    // The answers are the person's own.
    const before = (await trackedFiles(io.cwd)).filter(({ path }) => path !== options.file);
    const files: Files = new Map(before.map(({ path, bytes }) => [path, bytes]));
    refuseTaken(files, answers, from);
    const [first = ""] = [...repository.documents.clusters.keys()]
      .filter((name) => !dropped.clusters.includes(name))
      .toSorted();
    const stand = new Map(dropped.clusters.map((name) => [name, first]));
    const isAnother = from.organisation !== answers.names.organisation;
    const changes = [...dropChanges(repository, dropped), ...(isAnother ? recordChanges(repository) : [])];
    const after = adopted(files, { changes, stand }, from, answers.names);
    refuseLeft(after, from, answers.names);
    const plan = { from, to: answers.names, before, after };
    if (options.dryRun) return preview(io, options, plan);
    return carryOut(io, workspace, plan, isAnother, (made) =>
      leftByHand(repository, [from, answers.names], dropped, made),
    );
  });
}

function companyOf({ documents, tree }: Repository): Names {
  if (documents.company !== undefined) return documents.company.document.spec;
  throw new UsageError(
    tree.has(companyFile)
      ? `${companyFile} has errors: bun run validate names them`
      : `there is no ${companyFile}, so nothing says which names are to be replaced`,
  );
}

/** What is not committed could not be told from what an adoption changes, and not be had back. */
async function refuseDirty(root: string, answers: string): Promise<void> {
  const changed = (await uncommitted(root)).filter((file) => file !== answers);
  if (changed.length === 0) return;
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : "";
  throw new UsageError(
    `${changed.slice(0, 3).join(", ")}${more}: not committed. Commit, stash or remove it first: an adoption changes everything, and git restore is the way back`,
  );
}

/** A name that stands in a way nobody thought of stays behind: then nothing is written. */
function refuseLeft(after: Files, from: Names, to: Names): void {
  const old = ownNames.filter((field) => from[field] !== to[field]).map((field) => from[field]);
  const kept = Object.values(to);
  const left = [...after].flatMap(([path, bytes]) =>
    linesWith(
      textOf(bytes) ?? "",
      old.filter((name) => !kept.some((own) => own.includes(name))),
    ).map(({ line, name }) => `${path}:${line} ${name}`),
  );
  if (left.length > 0)
    throw new UsageError(
      `names of the one before would be left, in another form than they are looked for: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ` and ${left.length - 5} more` : ""}. Write them as ${companyFile} does first`,
    );
}

function preview(io: CommandIo, { format }: AdoptOptions, { before, after }: Plan): ExitCode {
  const changes = changesOf(before, after);
  const tree = new Tree(before.map(({ path, bytes }) => [path, bytes]));
  if (format === "json") io.stdout.write(changesJson(changes, tree, false, ""));
  else if (format === "patch") for (const change of changes) io.stdout.write(gitPatch(change, tree));
  else for (const { path, content } of changes) io.stdout.write(`${content === null ? "removed " : ""}${path}\n`);
  io.stderr.write("keys, secrets and what is generated are not in it: they are made when it is written\n");
  return exitCode.done;
}

/** Makes, judges and writes it. */
async function carryOut(
  io: CommandIo,
  workspace: Workspace,
  { before, after }: Plan,
  newKeys: boolean,
  leftOf: (files: Files) => string[],
): Promise<ExitCode> {
  const modes = new Map(before.map(({ path, executable }) => [path, executable]));
  const files = new Map(
    [...after].map(([path, bytes]) => [path, { bytes, executable: modes.get(path) ?? false }] as const),
  );
  const stage = await stageOf(io.cwd, files, io.env);
  try {
    const keys = newKeys ? await renewSecrets(io, stage) : "";
    const findings = await judge(stage);
    if (findings.length > 0) {
      io.stderr.write(findingsText(findings, lookOf(io.stderr).colour));
      io.stderr.write("nothing was written: the repository would have these errors\n");
      return exitCode.findings;
    }
    await stage.format();
    const made = await stage.files();
    const changes = changesOf(before, made);
    // Keys that nobody has open nothing: they are shown before anything rests on them.
    io.stdout.write(keys);
    await applyChanges(workspace, changes, "repository");
    const count = (isGone: boolean) => changes.filter(({ content }) => (content === null) === isGone).length;
    io.stderr.write(`${count(false)} files written, ${count(true)} removed\n`);
    const left = leftOf(made);
    if (left.length > 0) io.stderr.write(`\nleft to do by hand:\n${left.map((line) => `- ${line}\n`).join("")}\n`);
    io.stderr.write(`next: ${newKeys ? "keep the keys, " : ""}bun run check, and commit\n`);
    return exitCode.done;
  } finally {
    await stage.remove();
  }
}

/** New keys and values for everything, by the command for it; the private keys, as it shows them. */
async function renewSecrets(io: CommandIo, stage: Stage): Promise<string> {
  io.stderr.write("making keys and secrets, which renders the fleet\n");
  const { stdout, stderr, exitCode: code } = await stage.script("scripts/secrets.ts", "generate", "--all");
  const isMade = stdout.includes("# public key: ");
  if ((code !== exitCode.done && code !== exitCode.findings) || !isMade)
    throw new ToolError(`keys and secrets could not be made, and nothing was written:\n${stderr.trimEnd()}`);
  for (const line of stderr.split("\n")) if (line.startsWith("not generated: ")) io.stderr.write(`${line}\n`);
  return stdout;
}

/** What validate finds in the stage, once it has written what is generated, and nothing is excused or known that is nowhere. */
async function judge(stage: Stage): Promise<Finding[]> {
  const findings = await errorsIn(stage);
  const needless = needlessLines(findings);
  for (const [file, lines] of needless) await stage.edit(file, (text) => withoutEntries(text, lines));
  return needless.size === 0 ? findings : errorsIn(stage);
}

async function errorsIn(stage: Stage): Promise<Finding[]> {
  const { stdout, stderr, exitCode: code } = await stage.script("scripts/validate.ts", "--fix", "--format", "json");
  if (code !== exitCode.done && code !== exitCode.findings)
    throw new ToolError(`validate failed, and nothing was written:\n${stderr.trimEnd()}`);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.filter(({ severity }) => severity === "error");
}

/** What has to change for the one to become the other, in the order of paths. */
function changesOf(before: readonly TrackedFile[], after: Files): Change[] {
  const known = new Map(before.map(({ path, bytes }) => [path, bytes]));
  const gone = [...known.keys()].filter((path) => !after.has(path)).map((path): Change => ({ path, content: null }));
  const changed = [...after].flatMap(([path, bytes]): Change[] => {
    const old = known.get(path);
    if (old !== undefined && Buffer.compare(old, bytes) === 0) return [];
    const content = textOf(bytes);
    if (content === undefined)
      throw new ToolError(`${path} is no text, and would change: tell whoever keeps this command`);
    return [{ path, content }];
  });
  return [...changed, ...gone].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
