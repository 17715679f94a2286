import { UsageError } from "../core/errors.ts";
import { type Application, isTouchedBy } from "../render/application.ts";
import { expectName } from "../repo/content.ts";

/** What of the fleet a command is asked for. Everything where nothing is said. */
export interface Selection {
  clusters: readonly string[];
  applications: readonly string[];
  /** Files that changed; only Applications that read one of them. */
  changed?: { since: string; files: ReadonlySet<string> };
  /** One of several parts of about the same size: machines that share the work take a part each. */
  shard?: Shard;
}

/** The part `index` of `count`, from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** Reads I/N. */
export function shardOf(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count)
    throw new UsageError(`--shard takes I/N, the part I of N: ${JSON.stringify(text)} is not one, 1/4 is`);
  return { index, count };
}

/** Which part an Application is in, by its name: the same on every machine, whatever else there is. */
function isInShard({ index, count }: Shard, id: string): boolean {
  return Bun.hash.crc32(id) % count === index - 1;
}

/** Nothing is left out. */
export const everything: Selection = { clusters: [], applications: [] };

/** Clusters that are asked for, out of all. */
export function selectedClusters({ clusters }: Selection, all: readonly string[]): string[] {
  for (const name of clusters) expectName("cluster", name, all);
  return clusters.length === 0 ? [...all] : all.filter((name) => clusters.includes(name));
}

/** Why an Application is left out; undefined if it is asked for. An Application is named NAME or CLUSTER/NAME. */
export function skipReason({ applications, changed, shard }: Selection, application: Application): string | undefined {
  if (applications.length > 0 && !applications.includes(application.name) && !applications.includes(application.id)) {
    return "not asked for";
  }
  if (shard !== undefined && !isInShard(shard, application.id)) return "it is in another part";
  if (changed !== undefined && !isTouchedBy(application, changed.files)) {
    return `reads nothing that changed since ${changed.since}`;
  }
  return undefined;
}

/** Names that no Application has. */
export function checkApplicationNames({ applications }: Selection, all: readonly Application[]): void {
  const ids = new Set(all.map(({ id }) => id));
  const names = new Set(all.map(({ name }) => name));
  for (const name of applications) {
    if (ids.has(name) || names.has(name)) continue;
    const slash = name.indexOf("/");
    const cluster = slash === -1 ? undefined : name.slice(0, slash);
    const own = name.slice(slash + 1);
    const isChosen = cluster === undefined || all.some((application) => application.cluster === cluster);
    if (!isChosen)
      throw new UsageError(`${name} is not on a cluster that is selected: leave --cluster out, or name ${cluster}`);
    const here = new Set(
      all.filter((application) => [undefined, application.cluster].includes(cluster)).map((one) => one.name),
    );
    const meant = ["service", "platform", "grant", "tenant"]
      .map((kind) => `${kind}-${own}`)
      .find((one) => here.has(one));
    const where = cluster === undefined ? "" : `${cluster}/`;
    if (meant !== undefined) throw new UsageError(`there is no Application ${name}: did you mean ${where}${meant}?`);
    expectName("Application", own, here, cluster === undefined ? "" : ` on ${cluster}`);
  }
}
