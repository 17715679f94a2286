import { type CommandIo, lookOf } from "../command/io.ts";
import { progressLine } from "../command/progress.ts";
import type { Change } from "../core/change.ts";
import { CancelledError, type ExitCode, exitCode, UsageError } from "../core/errors.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { Repository } from "../fleet/repository.ts";
import type { Selection } from "../fleet/selection.ts";
import { applyChanges, recover } from "../io/apply.ts";
import { withLock } from "../io/lock.ts";
import { workspaceOf } from "../io/workspace.ts";
import { findingsText } from "../report/validation.ts";
import { complete } from "./complete.ts";
import { summaryOf } from "./confirm.ts";
import { errorsOf } from "./errors.ts";
import type { WriteOptions } from "./options.ts";
import { changesJson, gitPatch, preview } from "./preview.ts";
import { checkProposal, type ProposalText, propose } from "./propose.ts";

/** What a writer wants to change. */
export interface WritePlan extends ProposalText {
  changes: readonly Change[];
  /** What has to be rendered and checked before anything is written. */
  selection: Selection;
  /** What the person does next, as a sentence. */
  next: string;
  /** Where a person was asked for something: what it comes to, in lines. They are asked once more before anything is written. */
  confirm?: ((fleet: Fleet) => readonly string[]) | undefined;
}

/**
 * Carries out a writer: reads the repository once, plans under the lock, refuses what adds an error, then
 * previews, proposes, or writes all or nothing. What is there already is no change.
 */
export async function write(
  io: CommandIo,
  /** Quiet: says what was written on stderr, where stdout is for something else. */
  {
    dryRun,
    quiet = false,
    format = "text",
    pr = false,
    sign = false,
    reviewer = [],
  }: WriteOptions & { quiet?: boolean },
  plan: (repository: Repository) => WritePlan | Promise<WritePlan>,
): Promise<ExitCode> {
  if (format === "patch" && !dryRun)
    throw new UsageError("--format patch goes with --dry-run: what is written already needs no git apply");
  // Rendering takes seconds: what can't be proposed is refused before.
  if (pr && !dryRun) await checkProposal(io);
  const workspace = await workspaceOf(io.cwd, io.env);
  return withLock(workspace, async () => {
    // A preview writes nothing, not even what a killed writer left to be done: readers see that as done.
    if (!dryRun) await recover(workspace);
    const repository = await Repository.read(io.cwd, { env: io.env });
    const { changes: planned, selection, next, confirm, ...text } = await plan(repository);
    const progress = progressLine(io.stderr, "rendering");
    const completed = await complete(repository, planned, selection, progress.update).finally(progress.clear);
    if (completed === undefined) {
      if (format === "json") io.stdout.write(changesJson([], repository.tree, false, ""));
      io.stderr.write("nothing to change\n");
      return exitCode.done;
    }
    const { changes, loaded } = completed;
    const { added, before } = await errorsOf(repository, loaded, selection, progress.update).finally(progress.clear);
    if (before > 0) io.stderr.write(`${before} errors were there before and are left: bun run validate names them\n`);
    if (added.length > 0) {
      io.stderr.write(findingsText(added, lookOf(io.stderr).colour));
      io.stderr.write("nothing was written: the change would add these errors\n");
      return exitCode.findings;
    }
    if (confirm !== undefined && !dryRun) {
      io.stderr.write(summaryOf(repository.tree, loaded.fleet, changes, confirm(loaded.fleet)));
      if (!(await io.stdin.confirm(pr ? "Open the pull request?" : "Write them?")))
        throw new CancelledError("cancelled");
    }
    if (dryRun) {
      const print = format === "patch" ? gitPatch : preview;
      if (format === "json") io.stdout.write(changesJson(changes, repository.tree, false, next));
      else for (const change of changes) io.stdout.write(print(change, repository.tree));
    } else if (pr) await propose(io, text, repository, changes, { sign, reviewers: reviewer });
    else {
      await applyChanges(workspace, changes);
      if (format === "json") io.stdout.write(changesJson(changes, repository.tree, true, next));
      else
        for (const { path, content } of changes)
          (quiet ? io.stderr : io.stdout).write(`${content === null ? "removed " : ""}${path}\n`);
      io.stderr.write(`next: ${next}\n`);
    }
    return exitCode.done;
  });
}
