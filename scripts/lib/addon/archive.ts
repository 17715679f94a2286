import { gunzipSync } from "node:zlib";

import { gzipSync } from "fflate";

import { isObject, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { ArchiveError, readTar, tarLimits, writeTar } from "./tar.ts";

/** An upstream chart as its archive has it. */
export interface Chart {
  name: string;
  version: string;
  /** By path from the chart's own folder. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** How deep charts may be within charts. */
const depth = 3;

/**
 * Reads a chart's archive, which is what a stranger made of it: one folder, no links, nothing outside, no end of data; and
 * every chart that it depends on is in it, since nothing else pins them.
 */
export function readChart(bytes: Uint8Array, level = 0): Chart {
  if (level > depth) throw new ArchiveError(`holds charts within charts, more than ${depth} deep`);
  const all = readTar(unzip(bytes));
  const folders = new Set([...all.keys()].map((path) => path.split("/")[0]!));
  const [folder] = folders;
  if (folder === undefined || folders.size > 1) throw new ArchiveError("does not hold one folder");
  const files = new Map([...all].map(([path, data]) => [path.slice(folder.length + 1), data] as const));
  if (files.has("")) throw new ArchiveError("does not hold one folder");
  const metadata = metadataOf(files.get("Chart.yaml"), "Chart.yaml");
  const [name, version] = [stringAt(metadata, "name"), stringAt(metadata, "version")];
  if (name === undefined || version === undefined) throw new ArchiveError("has a Chart.yaml without name or version");
  checkDependencies(metadata, files, level);
  return { name, version, files };
}

/** Reads an archive of plain manifests, as our own mirror packs them. */
export function readManifests(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return readTar(unzip(bytes));
}

function unzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: tarLimits.bytes });
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new ArchiveError(isLarge ? "holds more than 64 MiB" : "is not a whole gzip file");
  }
}

function metadataOf(bytes: Uint8Array | undefined, what: string): JsonObject {
  if (bytes === undefined) throw new ArchiveError(`has no ${what}`);
  let data: unknown;
  try {
    data = Bun.YAML.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ArchiveError(`has a ${what} that is not YAML`);
  }
  if (!isObject(data)) throw new ArchiveError(`has a ${what} that is not a mapping`);
  return data;
}

/** What a chart depends on and does not hold, Argo CD would fetch when it renders, in whatever version there is then. */
function checkDependencies(metadata: JsonObject, files: ReadonlyMap<string, Uint8Array>, level: number): void {
  const held = heldCharts(files, level);
  const dependencies = listAt(metadata, "dependencies");
  for (const dependency of dependencies) {
    const name = stringAt(dependency, "name") ?? "";
    if (!held.has(name)) throw new ArchiveError(`depends on the chart ${name}, which is not in it`);
  }
  if (!files.has("Chart.lock")) return;
  const locked = new Map(
    listAt(metadataOf(files.get("Chart.lock"), "Chart.lock"), "dependencies").map((entry) => [
      stringAt(entry, "name") ?? "",
      stringAt(entry, "version") ?? "",
    ]),
  );
  for (const [name, found] of held) {
    const wanted = locked.get(name);
    if (wanted === undefined) throw new ArchiveError(`holds the chart ${name}, which its Chart.lock does not name`);
    if (wanted.replace(/^v/, "") !== found.replace(/^v/, ""))
      throw new ArchiveError(`holds the chart ${name} ${found}, where its Chart.lock names ${wanted}`);
  }
}

/** Charts within a chart, folders and archives, with their versions. */
function heldCharts(files: ReadonlyMap<string, Uint8Array>, level: number): Map<string, string> {
  const held = new Map<string, string>();
  for (const [path, data] of files) {
    if (/^charts\/[^/]+\.tgz$/.test(path)) {
      const { name, version } = readChart(data, level + 1);
      held.set(name, version);
    } else if (/^charts\/[^/]+\/Chart\.yaml$/.test(path)) {
      const own = metadataOf(data, path);
      held.set(stringAt(own, "name") ?? "", stringAt(own, "version") ?? "");
      const folder = path.slice(0, -"Chart.yaml".length);
      const below = [...files].filter(([file]) => file.startsWith(folder));
      if (level < depth)
        checkDependencies(own, new Map(below.map(([file, bytes]) => [file.slice(folder.length), bytes])), level + 1);
    }
  }
  return held;
}

/** An archive of some files in one folder: the same files make the same bytes, whoever packs them. */
export function packArchive(folder: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const all = new Map([...files].map(([path, data]) => [folder === "" ? path : `${folder}/${path}`, data] as const));
  return gzipSync(writeTar(all), { mtime: 0, level: 6 });
}
