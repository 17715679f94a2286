import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "commander";

import { collect } from "../command/options.ts";
import { UsageError } from "../core/errors.ts";
import type { ImageSelection } from "../image/select.ts";

/** Options of the commands about images, as commander gives them. */
export interface ImageOptions {
  service: string[];
  addon?: string[];
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
const serviceOption = new Option("--service <name>", "this service (can be repeated); all if none is named")
  .argParser(collect)
  .default([] as string[]);
/** For the commands that serve charts as well. */
export const addonOption = new Option("--addon <name>", "this addon (can be repeated)")
  .argParser(collect)
  .default([] as string[]);
const clusterOption = new Option("--cluster <name>", "on this cluster (can be repeated)")
  .argParser(collect)
  .default([] as string[]);
const environmentOption = new Option("--environment <name>", "in this environment (can be repeated)")
  .argParser(collect)
  .default([] as string[]);
const ringOption = new Option("--ring <number>", "only this ring (can be repeated)")
  .argParser((value: string, previous: number[]) => [...previous, ringOf(value)])
  .default([] as number[]);
const tenantOption = new Option("--tenant <id>", "this tenant's own copies (can be repeated)")
  .argParser(collect)
  .default([] as string[]);

/** Everything everywhere is never meant by saying nothing. */
export function selectionOf({ service, addon = [], cluster, environment, ring, tenant }: ImageOptions): ImageSelection {
  if (cluster.length + environment.length + tenant.length === 0)
    throw new UsageError("select where: --cluster, --environment or --tenant (--ring narrows what they select)");
  return {
    services: service,
    addons: addon,
    clusters: cluster,
    environments: environment,
    rings: ring,
    tenants: tenant,
  };
}

/** The options that say which images a command is about. */
export function imageOptions<A extends unknown[], O extends OptionValues, G extends OptionValues>(
  command: Command<A, O, G>,
) {
  return command
    .addOption(serviceOption)
    .addOption(clusterOption)
    .addOption(environmentOption)
    .addOption(ringOption)
    .addOption(tenantOption);
}
