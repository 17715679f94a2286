import { readChart } from "../addon/archive.ts";
import { digestOf } from "../addon/artifact.ts";
import { mirroredImage } from "../addon/cluster-values.ts";
import { definitionsArchive } from "../addon/definitions.ts";
import type { LockedChart } from "../addon/placements.ts";
import { ArchiveError } from "../addon/tar.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { AskRegistry } from "../image/resolve.ts";
import { keepArchive } from "../io/archives.ts";
import { kubernetesVersions } from "../io/schemas.ts";
import { findTools } from "../io/tools.ts";
import type { Addon } from "../model/generated.ts";
import { renderChart } from "../render/chart.ts";
import { RenderError } from "../render/renderer.ts";
import { pathOf } from "../repo/address.ts";
import type { Repository } from "./repository.ts";

/** Whom to ask for the digests of images: their own registries, or one of ours that mirrors them. */
export interface ImageRegistries {
  ask: AskRegistry;
  registry?: string | undefined;
  /** Also where the lock knows the digest of that tag: a tag can be moved. */
  renew?: boolean;
  /** Other bytes take the place of what is locked for this version, and its images are asked for anew. */
  replace?: boolean;
}

/**
 * Everything that is pinned of an archive, computed from its bytes: the chart, its definitions, its images. Both archives
 * are kept on this machine. Refused where the archive is not what it was asked for, or not what it was before.
 */
export async function lockChart(
  repository: Repository,
  addon: string,
  version: string,
  archive: Uint8Array,
  /** Without them images are left out. */
  registries?: ImageRegistries,
): Promise<LockedChart> {
  const { document } = repository.documents.addons.get(addon)!;
  const what = `${addon} ${version}`;
  const chart = readableChart(archive, what);
  const { source, definitions } = document.spec;
  if (chart.name !== source.chart || chart.version !== version)
    throw new ToolError(`${what}: the archive holds ${chart.name} ${chart.version}: nothing of it is used`);
  const known = repository.documents.addonLocks.get(addon)?.document.spec.charts ?? [];
  const before = known.find((entry) => entry.version === version);
  const sum = digestOf(archive);
  const isOther = before !== undefined && before.archive !== sum;
  if (isOther && registries?.replace !== true)
    throw new ToolError(
      `${what}: the archive is ${sum}, and was ${before.archive} when it was locked: upstream moved a version, or what is locked never was upstream's (docs/addons.md says so then); nothing of it is used. --replace-archive with a --reason takes it`,
    );
  const digest = await keepArchive(repository.env, "chart", archive);
  const locked: LockedChart = { version, archive: sum, digest };
  if (definitions !== undefined) {
    const rendered = await manifestsOf(
      repository,
      addon,
      document,
      chart.files,
      (definitions.values ?? {}) as JsonObject,
      true,
    );
    const packed = definitionsArchive(rendered);
    if (packed === undefined)
      throw new UsageError(
        `${what} renders no CustomResourceDefinition: set spec.definitions.values, or take definitions out`,
      );
    locked.definitions = await keepArchive(repository.env, "manifests", packed);
  }
  const images = document.spec.images ?? [];
  if (images.length > 0 && registries !== undefined) {
    const rendered = await manifestsOf(repository, addon, document, chart.files, {}, false);
    const again = await manifestsOf(repository, addon, document, chart.files, {}, false);
    if (again !== rendered)
      throw new UsageError(
        `${what} renders otherwise each time (${differing(rendered, again)}): Argo CD would sync it for ever; give it a Secret that is there`,
      );
    const defaults = await manifestsOf(repository, addon, document, chart.files, undefined, false).catch(() => "");
    const pinned: NonNullable<LockedChart["images"]> = [];
    for (const { image, tag: said } of images.toSorted((a, b) => (a.image < b.image ? -1 : 1))) {
      const tag = said ?? tagIn(`${rendered}\n${defaults}`, image);
      if (tag === undefined)
        throw new UsageError(`${what} renders no ${image}: take it out of images in addon.yaml, or name its tag there`);
      const same =
        registries.renew === true || (isOther && registries.replace === true)
          ? undefined
          : known.flatMap((entry) => entry.images ?? []).find((one) => one.image === image && one.tag === tag);
      pinned.push({ image, tag, digest: same?.digest ?? (await digestOfImage(image, tag, registries)) });
    }
    locked.images = pinned;
  }
  return locked;
}

/** The chart in an archive; refused where no chart should be made of its bytes. */
export function readableChart(archive: Uint8Array, what: string) {
  try {
    return readChart(archive);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new ToolError(`${what}: the archive ${error.message}: nothing of it is used`);
  }
}

/** What a chart renders with our values and some more; with its own alone where none are given. */
async function manifestsOf(
  { tree, documents, env }: Repository,
  addon: string,
  { spec }: Addon,
  files: ReadonlyMap<string, Uint8Array>,
  values: JsonObject | undefined,
  definitions: boolean,
): Promise<string> {
  const own = pathOf("addonDefinition", { addon }, "values.yaml");
  const layers =
    values !== undefined && tree.has(own) ? new Map([[own, tree.bytes(own)] as const]) : new Map<string, Uint8Array>();
  const apis = [...documents.clusters.values()].flatMap(({ document }) => document.spec.apiVersions);
  try {
    return await renderChart(
      {
        name: addon,
        namespace: spec.namespace,
        files,
        valueFiles: layers,
        values: values ?? {},
        kubeVersion: (await kubernetesVersions()).at(-1)!,
        apiVersions: [...new Set(apis)].toSorted(),
        definitions,
      },
      await findTools(env),
    );
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    throw new UsageError(`${addon} does not render with our values: ${error.message}`);
  }
}

/** The first line that two renders have otherwise, without its value: it may be a secret. */
function differing(one: string, other: string): string {
  const [lines, others] = [one.split("\n"), other.split("\n")];
  const index = lines.findIndex((line, position) => line !== others[position]);
  const source = lines.slice(0, index + 1).findLast((line) => line.startsWith("# Source: "));
  return `${source?.slice("# Source: ".length) ?? "its manifests"}: ${lines[index]?.trim().split(":")[0] ?? "its end"}`;
}

/** The tag that a rendered text names an image by, wherever it does. */
function tagIn(text: string, image: string): string | undefined {
  const short = image.replace(/^docker\.io\/(library\/)?/, "");
  const named = [image, short].map((name) => RegExp.escape(name)).join("|");
  return new RegExp(`(?<![\\w./-])(?:${named}):([A-Za-z0-9_][A-Za-z0-9._-]*)`).exec(text)?.[1];
}

async function digestOfImage(image: string, tag: string, { ask, registry }: ImageRegistries): Promise<string> {
  const [host, ...name] = image.split("/");
  // What people call docker.io answers under another name.
  const upstream = host === "docker.io" ? "registry-1.docker.io" : host!;
  const answer =
    registry === undefined
      ? await ask.manifest(upstream, name.join("/"), tag)
      : await ask.manifest(registry, mirroredImage("", image).slice(1), tag);
  return answer.digest;
}
