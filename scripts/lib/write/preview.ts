import { createTwoFilesPatch } from "diff";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { isSecretFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { secretDifference } from "../secret/difference.ts";

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

/** A change as a person reads it: new files whole, others as a patch, encrypted ones by key. */
export function preview({ path, content }: Change, tree: Tree): string {
  const before = tree.has(path) ? tree.text(path) : undefined;
  if (isSecretFile(path)) {
    const state = content === null ? "removed" : before === undefined ? "encrypted" : "changed, encrypted";
    return `${path} (${state})\n${indent(secretDifference(before, content ?? undefined).join("\n"))}`;
  }
  if (content === null) return `${path} (removed)\n`;
  if (before !== undefined) return `${path} (changed)\n${indent(patch(path, before, content))}`;
  return `${path}\n${indent(content)}`;
}

/** A change as git apply takes it. Whatever is encrypted stays so. */
export function gitPatch({ path, content }: Change, tree: Tree): string {
  const before = tree.has(path) ? tree.text(path) : undefined;
  const names = [
    before === undefined ? "/dev/null" : `a/${path}`,
    content === null ? "/dev/null" : `b/${path}`,
  ] as const;
  const [, ...lines] = createTwoFilesPatch(...names, before ?? "", content ?? "", undefined, undefined).split("\n");
  return lines.join("\n");
}

/** Changes for programs, without their contents: git has these. The tree is the one before. */
export function changesJson(changes: readonly Change[], tree: Tree, written: boolean, next: string): string {
  const files = changes.map(({ path, content }) => ({
    path,
    change: content === null ? "removed" : tree.has(path) ? "changed" : "added",
  }));
  return `${JSON.stringify({ written, files, next }, null, 2)}\n`;
}

function patch(path: string, before: string, after: string): string {
  const whole = createTwoFilesPatch(path, path, before, after, "", "", { context: 1 });
  return whole.split("\n").slice(3).join("\n");
}

function indent(text: string): string {
  return `${text.trimEnd().replaceAll(/^(?=.)/gm, "  ")}\n`;
}
