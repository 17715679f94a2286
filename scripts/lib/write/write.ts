import { createTwoFilesPatch } from "diff";

import type { CommandIo } from "../command/io.ts";
import { type Change, mergeChanges } from "../core/change.ts";
import { utcNow } from "../core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../core/errors.ts";
import { missingSecrets } from "../fleet/references.ts";
import { readRepository, type Repository } from "../fleet/repository.ts";
import type { Selection } from "../fleet/selection.ts";
import { applyChanges, recover } from "../io/apply.ts";
import { withLock } from "../io/lock.ts";
import { isSecretFile, sopsConfigFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { findingsText } from "../report/validation.ts";
import { secretDifference } from "../secret/difference.ts";
import { generateSecrets } from "../secret/generate.ts";
import { sopsConfig } from "../secret/sops-config.ts";
import { validate } from "../validate/validate.ts";
import { type ProposalText, propose } from "./propose.ts";

/** What a writer wants to change. */
export interface WritePlan extends ProposalText {
  changes: readonly Change[];
  /** What has to be rendered and checked before anything is written. */
  selection: Selection;
  /** What the person does next, as a sentence. */
  next: string;
}

export interface WriteOptions {
  dryRun: boolean;
  /** Says what was written on stderr: where stdout is for something else. */
  quiet?: boolean;
  /** Proposes the changes as a pull request, and writes nothing here. */
  pr?: boolean;
  sign?: boolean;
  reviewer?: readonly string[];
}

/**
 * Carries out a writer: plans under the lock, refuses what validate would not accept, writes all or nothing. What is
 * there already is no change.
 */
export async function write(
  io: CommandIo,
  { dryRun, quiet = false, pr = false, sign = false, reviewer = [] }: WriteOptions,
  plan: (repository: Repository) => WritePlan | Promise<WritePlan>,
): Promise<ExitCode> {
  return withLock(io.cwd, async () => {
    await recover(io.cwd);
    const repository = await readRepository(io.cwd, io.env, true);
    const { changes, selection, next, ...text } = await plan(repository);
    let real = await withSopsConfig(io, repository.tree, realChanges(repository.tree, changes));
    if (real.length === 0) {
      io.stderr.write("everything is there already\n");
      return exitCode.done;
    }
    const judge = () => validate({ root: io.cwd, env: io.env, selection, cache: true, changes: real });
    let judged = await judge();
    // Secrets that the change refers to come with it: nobody has to know their values, and no key is needed.
    const generated = await generateSecrets(judged.fleet, missingSecrets(judged.fleet), utcNow());
    if (generated.changes.length > 0) {
      real = realChanges(repository.tree, mergeChanges(real, generated.changes));
      judged = await judge();
    }
    const errors = judged.findings.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
      io.stderr.write(findingsText(errors, io.stderr.isTTY));
      io.stderr.write("nothing was written: the repository would have these errors\n");
      return exitCode.findings;
    }
    if (dryRun) {
      for (const change of real) io.stdout.write(preview(change, repository.tree));
      return exitCode.done;
    }
    if (pr) {
      await propose(io, text, real, { sign, reviewers: reviewer });
      return exitCode.done;
    }
    await applyChanges(io.cwd, real);
    // Where stdout is for something else, what was written is said beside it.
    for (const { path, content } of real)
      (quiet ? io.stderr : io.stdout).write(`${content === null ? "removed " : ""}${path}\n`);
    io.stderr.write(`next: ${next}\n`);
    return exitCode.done;
  });
}

/** The changes, and .sops.yaml as it follows from them: it names every place and key of the facts. */
async function withSopsConfig({ cwd, env }: CommandIo, before: Tree, changes: readonly Change[]): Promise<Change[]> {
  if (changes.length === 0 || !before.has(sopsConfigFile)) return [...changes];
  const { tree, documents } = await readRepository(cwd, env, true, changes);
  return realChanges(before, [...changes, { path: sopsConfigFile, content: sopsConfig(tree, documents) }]);
}

/** Changes that change something, in the order of their paths. */
function realChanges(tree: Tree, changes: readonly Change[]): Change[] {
  return changes
    .filter(({ path, content }) => (tree.has(path) ? tree.text(path) : null) !== content)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Refuses changes to files that are there with other content, and shows the difference. For what only adds. */
export function refuseDifferences(tree: Tree, changes: readonly Change[]): void {
  const different = changes.filter(({ path, content }) => tree.has(path) && tree.text(path) !== content);
  if (different.length === 0) return;
  const patches = different.map(({ path, content }) => patch(path, tree.text(path), content ?? ""));
  const names = different.map(({ path }) => path).join(", ");
  throw new UsageError(
    `${names}: there already, and different\n${patches.join("")}change it with its own command, or by hand`,
  );
}

function preview({ path, content }: Change, tree: Tree): string {
  const before = tree.has(path) ? tree.text(path) : undefined;
  if (isSecretFile(path)) {
    const state = content === null ? "removed" : before === undefined ? "encrypted" : "changed, encrypted";
    return `${path} (${state})\n${indent(secretDifference(before, content ?? undefined).join("\n"))}`;
  }
  if (content === null) return `${path} (removed)\n`;
  if (before !== undefined) return `${path} (changed)\n${indent(patch(path, before, content))}`;
  return `${path}\n${indent(content)}`;
}

function patch(path: string, before: string, after: string): string {
  const whole = createTwoFilesPatch(path, path, before, after, "", "", { context: 1 });
  return whole.split("\n").slice(3).join("\n");
}

function indent(text: string): string {
  return `${text.trimEnd().replaceAll(/^(?=.)/gm, "  ")}\n`;
}
