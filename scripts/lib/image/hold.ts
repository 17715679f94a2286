import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Content } from "../repo/content.ts";
import { editYaml } from "../yaml/emit.ts";
import { type Hold, type ImageFile, pathIn } from "./deployed.ts";

/** What a person asks for, as options have it. */
export interface HoldOptions {
  reason?: string | undefined;
  expires?: string | undefined;
  release: boolean;
}

/** The hold that is asked for, undefined to release one; `until` is its last day where none is given. */
export function holdRequest(
  { reason, expires, release }: HoldOptions,
  { today, until }: { today: string; until: string },
): Hold | undefined {
  if (release && (reason !== undefined || expires !== undefined))
    throw new UsageError("--release takes neither --reason nor --expires: the pull request says why");
  if (release) return undefined;
  if (reason === undefined) throw new UsageError("--reason is missing: say why, for whoever finds the hold later");
  return checkHold({ reason, expires: expires ?? until }, today);
}

/** A hold that can be kept: with a reason, and a last day that is not over. */
export function checkHold({ reason, expires }: Hold, today: string): Hold {
  if (reason.trim() === "") throw new UsageError("--reason is empty: say why, for whoever finds the hold later");
  const date = new Date(`${expires}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== expires)
    throw new UsageError(`--expires takes a day as YYYY-MM-DD, not ${JSON.stringify(expires)}`);
  if (expires < today) throw new UsageError(`--expires ${expires} is in the past: give a day from ${today} on`);
  return { reason, expires };
}

/** The images whose hold changes: all of the selection, or those of it that are held when it is released. */
export function imagesToHold(selected: readonly ImageFile[], hold: Hold | undefined): readonly ImageFile[] {
  const images = hold === undefined ? selected.filter((image) => image.hold !== undefined) : selected;
  if (images.length === 0) throw new UsageError("nothing in the selection is held: bun run status lists what is");
  return images;
}

/** Holds images at their version, or releases them (undefined). */
export function holdImages({ tree }: Content, images: readonly ImageFile[], hold: Hold | undefined): Change[] {
  return images.map((image) => ({
    path: image.file,
    content: editYaml(tree.text(image.file), [
      { path: pathIn(image, "hold"), value: hold === undefined ? undefined : { ...hold } },
    ]),
  }));
}
