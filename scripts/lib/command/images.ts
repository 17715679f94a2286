import { Option } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "commander";

import { UsageError } from "../core/errors.ts";
import type { Omission } from "../core/finding.ts";
import { describeMoves, type ImagePlan, type Move } from "../image/bump.ts";
import { whereOf } from "../image/files.ts";
import type { ImageSelection } from "../image/select.ts";
import type { CommandIo } from "./io.ts";
import { collect } from "./options.ts";
import { plainTable } from "./table.ts";

/** Options of the commands about images, as commander gives them. */
export interface ImageOptions {
  service: string[];
  cluster: string[];
  environment: string[];
  ring: number[];
  tenant: string[];
}

/** A ring, as the facts have them. */
export function ringOf(value: string): number {
  if (!/^[1-9]$/.test(value)) throw new InvalidArgumentError("It takes a number from 1 to 9.");
  return Number(value);
}

/** Which images a command is about. Written out one by one: commander knows their types. */
export const serviceOption = new Option("--service <name>", "this service (can be repeated); all if none is named")
  .argParser(collect)
  .default([] as string[]);
export const clusterOption = new Option("--cluster <name>", "on this cluster (can be repeated)")
  .argParser(collect)
  .default([] as string[]);
export const environmentOption = new Option("--environment <name>", "in this environment (can be repeated)")
  .argParser(collect)
  .default([] as string[]);
export const ringOption = new Option("--ring <number>", "only this ring (can be repeated)")
  .argParser((value: string, previous: number[]) => [...previous, ringOf(value)])
  .default([] as number[]);
export const tenantOption = new Option("--tenant <id>", "this tenant's own copies (can be repeated)")
  .argParser(collect)
  .default([] as string[]);

/** Everything everywhere is never meant by saying nothing. */
export function selectionOf({ service, cluster, environment, ring, tenant }: ImageOptions): ImageSelection {
  if (cluster.length + environment.length + tenant.length === 0)
    throw new UsageError("say where: --cluster, --environment or --tenant");
  return { services: service, clusters: cluster, environments: environment, rings: ring, tenants: tenant };
}

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
