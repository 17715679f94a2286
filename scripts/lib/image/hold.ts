import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Content } from "../repo/content.ts";
import { editYaml } from "../yaml/emit.ts";
import type { Hold, ImageFile } from "./deployed.ts";

/** Holds images where they are, or lets them go again (undefined). */
export function holdImages({ tree }: Content, images: readonly ImageFile[], hold: Hold | undefined): Change[] {
  return images.map(({ file }) => ({
    path: file,
    content: editYaml(tree.text(file), [
      { path: ["image", "hold"], value: hold === undefined ? undefined : { ...hold } },
    ]),
  }));
}

/** A hold that can be kept: a reason, and a day that is not over. */
export function checkHold({ reason, expires }: Hold, today: string): Hold {
  if (reason.trim() === "") throw new UsageError("--reason is empty: say why, for who finds it later");
  const date = new Date(`${expires}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== expires)
    throw new UsageError(`--expires takes a day as YYYY-MM-DD, not ${JSON.stringify(expires)}`);
  if (expires < today) throw new UsageError(`--expires ${expires} is over: name a day from ${today} on`);
  return { reason, expires };
}
