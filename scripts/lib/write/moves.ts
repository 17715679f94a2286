import { type CommandIo, lookOf } from "../command/io.ts";
import type { Omission } from "../core/finding.ts";
import { describeMoves, type ImagePlan, type Move } from "../image/bump.ts";
import { type ImageFile, whereOf } from "../image/deployed.ts";
import { plainTable } from "../report/table.ts";

/** A plan for people, before anything is done. */
function movesText(moves: readonly Move[], colour: boolean): string {
  const rows = moves.map(({ image, tag, digest, isOlder }) => [
    image.service,
    whereOf(image),
    image.environment,
    String(image.ring),
    image.tag,
    `${tag}${isOlder ? " (older)" : ""}`,
    digest.slice("sha256:".length, "sha256:".length + 12),
  ]);
  return plainTable(["service", "where", "environment", "ring", "from", "to", "digest"], rows, colour);
}

/** Says what a plan about images changes, and what it skips. */
export function reportPlan(io: CommandIo, { moves, skipped }: Pick<ImagePlan, "moves" | "skipped">): void {
  if (moves.length > 0) io.stderr.write(movesText(moves, lookOf(io.stderr).colour));
  reportSkipped(io, skipped);
}

export function reportSkipped({ stderr }: CommandIo, skipped: readonly Omission[]): void {
  for (const { what, reason } of skipped) stderr.write(`skipped: ${what}: ${reason}\n`);
}

/** Subject of the commit of a plan about images. */
export const titleOf = (scope: string, verb: string, moves: readonly Move[]) =>
  `feat(${scope}): ${verb} ${moves.length === 0 ? "nothing" : describeMoves(moves)}`;

/** The services of some images, for a title: by name where there are few. */
export function servicesText(images: readonly ImageFile[]): string {
  const services = [...new Set(images.map(({ service }) => service))];
  return services.length <= 2 ? services.join(" and ") : `${services.length} services`;
}
