import type { Change } from "../core/change.ts";
import { modelineProblem } from "../repo/modeline.ts";
import { Tree } from "../repo/tree.ts";

/**
 * Every change that is certain: it makes no value other than it was read before. Line ends, byte order marks and first
 * lines; nothing that asks for a judgement.
 */
export function certainFixes(tree: Tree): Change[] {
  const changes: Change[] = [];
  for (const path of tree.paths) {
    const before = textOf(tree.bytes(path));
    if (before === undefined) continue;
    const clean = before.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
    const only = new Tree([[path, new TextEncoder().encode(clean)]]);
    const content = modelineProblem(path, only)?.content ?? clean;
    if (content !== before) changes.push({ path, content });
  }
  return changes;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // No text of ours: a finding says so.
  }
}
