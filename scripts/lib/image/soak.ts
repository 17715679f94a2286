import { UsageError } from "../core/errors.ts";
import { type ImageFile, whereOf } from "./deployed.ts";

/** An image of an earlier ring, and since when it runs there: UTC, undefined where it is not committed yet. */
export interface Running {
  image: ImageFile;
  since: Date | undefined;
}

/** Refuses a step of a promotion before what it takes has run long enough in the rings before it. */
export function refuseUnsoaked(running: readonly Running[], soak: number, soakText: string, now: Date): void {
  const young = running
    .map(({ image, since = now }) => ({ image, over: new Date(since.getTime() + soak * 60_000) }))
    .filter(({ over }) => over > now)
    .toSorted((a, b) => b.over.getTime() - a.over.getTime());
  const [last, ...others] = young;
  if (last === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new UsageError(
    `${last.image.service} ${last.image.tag} has not run for ${soakText} on ${whereOf(last.image)} yet${more}: at ${last.over.toISOString().slice(0, 16)}Z it has; --skip-soak with a --reason goes before`,
  );
}
