import type { CommandIo } from "../command/io.ts";
import type { Omission } from "../core/finding.ts";
import { describeMoves, type ImagePlan, type Move } from "../image/bump.ts";
import { whereOf } from "../image/deployed.ts";
import { plainTable } from "../report/table.ts";

/** A plan for people, before anything is done. */
export function movesText(moves: readonly Move[], colour: boolean): string {
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

/** What a plan about images writes, and says. Nothing to do, but something held, is a finding. */
export function saidOf(io: CommandIo, { moves, left }: Pick<ImagePlan, "moves" | "left">): void {
  if (moves.length > 0) io.stderr.write(movesText(moves, io.stderr.isTTY));
  sayLeft(io, left);
}

export function sayLeft({ stderr }: CommandIo, left: readonly Omission[]): void {
  for (const { what, reason } of left) stderr.write(`left as it is: ${what}: ${reason}\n`);
}

export const titleOf = (scope: string, verb: string, moves: readonly Move[]) =>
  `feat(${scope}): ${verb} ${moves.length === 0 ? "nothing" : describeMoves(moves)}`;
