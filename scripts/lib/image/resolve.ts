import { UsageError } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { serviceChart } from "../repo/layout.ts";
import type { Target } from "./bump.ts";
import type { ImageFile } from "./deployed.ts";
import { defaultPlatforms, indexProblem } from "./manifest.ts";
import { isRange, latestTag } from "./versions.ts";

/** What a registry can be asked; io has the one that asks over the network. */
export interface AskRegistry {
  manifest(host: string, name: string, reference: string): Promise<{ digest: string; body: Json }>;
  tags(host: string, name: string): Promise<string[]>;
}

/** What images are to be: a tag, or the newest that a range takes; a digest if it is known already. */
export interface Wanted {
  tag?: string | undefined;
  latest?: string | undefined;
  digest?: string | undefined;
  /** The one registry to ask; every cluster's own if none is named. */
  registry?: string | undefined;
}

/** Refuses options that contradict each other, before anything is read. */
export function checkWanted({ tag, latest, digest }: Wanted, services: readonly string[]): void {
  if ((tag === undefined) === (latest === undefined)) throw new UsageError("give either --tag or --latest");
  if (latest !== undefined && !isRange(latest))
    throw new UsageError(`--latest ${JSON.stringify(latest)} is not a valid range: write one like "^1.4"`);
  if (digest === undefined) return;
  if (latest !== undefined) throw new UsageError("--digest goes with --tag: a range has many digests");
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new UsageError(`--digest takes sha256: and 64 hexadecimal digits, not ${JSON.stringify(digest)}`);
  if (services.length !== 1) throw new UsageError("--digest belongs to one service: name it with --service");
}

/**
 * Finds what each image is to be. The registries of all clusters have to agree on a tag's digest, and the index has to be
 * built for every cluster that gets it.
 */
export async function resolveTargets(
  content: Content,
  images: readonly ImageFile[],
  { tag, latest, digest, registry }: Wanted,
  ask: AskRegistry,
): Promise<Target[]> {
  const { documents, sources } = content;
  const prefix = stringAt(sources.data(`${serviceChart}/values.yaml`), "image", "prefix") ?? "";
  const specOf = (image: ImageFile) => documents.clusters.get(image.cluster)!.document.spec;
  const hostOf = (image: ImageFile) => registry ?? specOf(image).registry;
  const targets: Target[] = [];
  for (const [service, own] of Map.groupBy(images, (image) => image.service)) {
    const name = `${prefix}/${service}`;
    const tagOf = new Map<string, string>();
    for (const environment of new Set(own.map((image) => image.environment))) {
      if (tag !== undefined) tagOf.set(environment, tag);
      else {
        const host = hostOf(own.find((image) => image.environment === environment)!);
        const rule = documents.environments.get(environment)!.document.spec.images;
        const found = latestTag(await ask.tags(host, name), latest!, environment, rule);
        if (found === undefined)
          throw new UsageError(`${host}/${name} has no version in ${latest} that may run in ${environment}`);
        tagOf.set(environment, found);
      }
    }
    for (const [wanted, group] of Map.groupBy(own, (image) => tagOf.get(image.environment)!)) {
      const found =
        digest ?? (await agreed(name, wanted, [...Map.groupBy(group, hostOf)], (image) => specOf(image).platforms));
      targets.push(...group.map((image) => ({ image, tag: wanted, digest: found })));
    }
  }
  return targets;

  async function agreed(
    name: string,
    wanted: string,
    hosts: [host: string, images: ImageFile[]][],
    platformsOf: (image: ImageFile) => readonly string[] | undefined,
  ): Promise<string> {
    const answers = await Promise.all(
      hosts.map(async ([host, group]) => {
        const answer = await ask.manifest(host, name, wanted);
        const platforms = [...new Set(group.flatMap((image) => platformsOf(image) ?? defaultPlatforms))].toSorted();
        const problem = indexProblem(answer.body, platforms);
        if (problem !== undefined) throw new UsageError(`${host}/${name}:${wanted} ${problem}`);
        return { host, digest: answer.digest };
      }),
    );
    const [first, ...others] = answers;
    const other = others.find((answer) => answer.digest !== first!.digest);
    if (other !== undefined)
      throw new UsageError(
        `${name}:${wanted} is ${first!.digest} in ${first!.host} and ${other.digest} in ${other.host}: mirror it again, or name the one to believe with --registry`,
      );
    return first!.digest;
  }
}
