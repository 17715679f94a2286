import { artifactOf, digestOf } from "../addon/artifact.ts";
import type { LockedChart } from "../addon/placements.ts";
import { chartRepository } from "../argocd/pull-source.ts";
import { ToolError } from "../core/errors.ts";
import { keepArchive, readArchive } from "../io/archives.ts";
import { ChartRegistry } from "../io/chart-registry.ts";
import { chartSource } from "../io/chart-source.ts";
import { named } from "../repo/content.ts";
import { lockChart, readableChart } from "./lock-chart.ts";
import type { Repository } from "./repository.ts";

/** Where an archive is had from, in this order; nowhere but on this machine where it is to work without a network. */
export interface PullOptions {
  offline: boolean;
  /** In place of upstream. */
  from?: string | undefined;
  /** A registry of ours that has it already. */
  registry?: string | undefined;
}

/** Brings a locked chart, and its definitions, to this machine. Returns whether anything was missing. */
export async function pullChart(
  repository: Repository,
  addon: string,
  locked: LockedChart,
  { offline, from, registry }: PullOptions,
): Promise<boolean> {
  const { env } = repository;
  const what = `${addon} ${locked.version}`;
  const held = await readArchive(env, "chart", locked.digest);
  const definitions =
    locked.definitions === undefined || (await readArchive(env, "manifests", locked.definitions)) !== undefined;
  if (held !== undefined && definitions) return false;
  if (held === undefined && offline)
    throw new ToolError(`${what} is not on this machine: bun run charts pull, without --offline`);
  const { source } = named("addon", addon, repository.documents.addons).document.spec;
  const archive =
    held ??
    (registry === undefined
      ? await chartSource(source, { env }, from).archive(locked.version)
      : (await new ChartRegistry(registry, { env }).pull(chartRepository("", addon).slice(1), locked.digest)).archive);
  expectLocked(what, archive, locked);
  await keepArchive(env, "chart", archive);
  if (locked.definitions === undefined) return true;
  const again = await lockChart(repository, addon, locked.version, archive);
  if (again.definitions !== locked.definitions)
    throw new ToolError(
      `${what}: its definitions are ${again.definitions}, and were ${locked.definitions} when it was locked: Helm or spec.definitions.values changed; bun run bump-chart --addon ${addon} --version ${locked.version} locks them anew`,
    );
  return true;
}

/** Refuses bytes that are not those of the lock, or that no chart should be made of. */
function expectLocked(what: string, archive: Uint8Array, locked: LockedChart): void {
  const [sum, digest] = [digestOf(archive), artifactOf("chart", archive).digest];
  if (sum !== locked.archive || digest !== locked.digest)
    throw new ToolError(`${what}: what came is ${sum}, and ${locked.archive} is locked: nothing of it is used`);
  readableChart(archive, what);
}
