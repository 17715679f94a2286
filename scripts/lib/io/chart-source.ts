import { readFile } from "node:fs/promises";
import path from "node:path";

import { manifestChart, releasedFile } from "../addon/manifest-chart.ts";
import { tarLimits } from "../addon/tar.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import { at, listAt, stringAt, stringsAt } from "../core/json.ts";
import type { Addon } from "../model/generated.ts";
import { ChartRegistry } from "./chart-registry.ts";
import { loopback, RegistryClient, type RegistryOptions } from "./registry-client.ts";

/** Where archives of upstream charts come from. */
export interface ChartSource {
  /** Every version that there is, in any order. */
  versions(): Promise<string[]>;
  archive(version: string): Promise<Uint8Array>;
}

/** Indexes of repositories with hundreds of charts are large. */
const indexLimit = 64 * 1024 * 1024;
const anybody = (options: RegistryOptions): RegistryOptions => ({
  ...options,
  // An account is for our own registries: upstream is asked as anybody.
  env: { ...options.env, REGISTRY_USERNAME: undefined, REGISTRY_PASSWORD: undefined },
});

/** Upstream of an addon: a repository with an index, or a registry; a folder or another repository in its place. */
export function chartSource(
  { repository, chart, manifests }: Addon["spec"]["source"],
  options: RegistryOptions,
  instead?: string,
): ChartSource {
  const from = instead ?? repository;
  if (from.startsWith("oci://")) return registrySource(from.slice("oci://".length), chart, anybody(options));
  if (instead === undefined && manifests !== undefined)
    return manifestSource(repository, chart, manifests, anybody(options));
  if (/^https?:\/\//.test(from)) return indexSource(from, chart, anybody(options));
  return folderSource(from, chart);
}

/** What lies at an address, of at most so many bytes. */
async function download(client: RegistryClient, url: string, what: string, limit: number): Promise<Uint8Array> {
  const response = await client.fetch(url, what);
  if (!response.ok) throw new ToolError(`${what}: ${new URL(url).host} answers ${response.status}`);
  return client.bytes(response, what, limit);
}

/** A version in a tag: OCI knows no plus. */
const tagOf = (version: string) => version.replaceAll("+", "_");

function registrySource(place: string, chart: string, options: RegistryOptions): ChartSource {
  const [host, ...folders] = place.split("/");
  const registry = new ChartRegistry(host!, options);
  const name = [...folders, chart].join("/");
  return {
    versions: async () => (await registry.tags(name)).map((tag) => tag.replaceAll("_", "+")),
    archive: async (version) => (await registry.pull(name, tagOf(version))).archive,
  };
}

function indexSource(address: string, chart: string, options: RegistryOptions): ChartSource {
  const base = `${address.replace(/\/$/, "")}/`;
  const client = new RegistryClient(new URL(base).host, options);
  const what = `${chart} in ${base}`;
  const isLocal = loopback.test(new URL(base).host);
  if (!base.startsWith("https://") && !isLocal) throw new UsageError(`${base} is without encryption: name it by https`);
  let index: Promise<unknown> | undefined;
  const get = (url: string, limit: number) => download(client, url, what, limit);
  const read = async () => {
    const bytes = await get(new URL("index.yaml", base).href, indexLimit);
    try {
      return Bun.YAML.parse(new TextDecoder().decode(bytes));
    } catch {
      throw new ToolError(`${what}: its index.yaml is not YAML`);
    }
  };
  const entries = async () => listAt(await (index ??= read()), "entries", chart);
  return {
    versions: async () => (await entries()).flatMap((entry) => stringAt(entry, "version") ?? []),
    async archive(version) {
      const entry = (await entries()).find((one) => at(one, "version") === version);
      const [url] = stringsAt(entry, "urls");
      if (url === undefined) throw new ToolError(`${what}: its index has no version ${version}`);
      const target = new URL(url, base);
      if (target.protocol !== "https:" && !isLocal)
        throw new ToolError(`${what}: its index sends us to ${target.origin}, without encryption`);
      return get(target.href, tarLimits.bytes);
    },
  };
}

/** Plain manifests of a release, VERSION/FILE below an address, made a chart here. Nothing there lists its versions. */
function manifestSource(
  address: string,
  chart: string,
  paths: readonly string[],
  options: RegistryOptions,
): ChartSource {
  const client = new RegistryClient(new URL(address).host, options);
  return {
    versions: () => Promise.resolve([]),
    async archive(version) {
      const files = new Map<string, Uint8Array>();
      for (const file of paths) {
        const what = `${chart} ${version}, ${file}`;
        const url = `${address}/${encodeURIComponent(version)}/${releasedFile(file, version)}`;
        files.set(file, await download(client, url, what, tarLimits.fileBytes));
      }
      return manifestChart({ chart, version, files });
    },
  };
}

/** A folder of archives, NAME-VERSION.tgz, as helm package names them. */
function folderSource(folder: string, chart: string): ChartSource {
  return {
    versions: () => Promise.resolve([]),
    async archive(version) {
      const file = path.join(folder, `${chart}-${version}.tgz`);
      const bytes = await readFile(file).catch(() => undefined);
      if (bytes === undefined) throw new ToolError(`there is no ${path.basename(file)} in the folder of --from`);
      return bytes;
    },
  };
}
