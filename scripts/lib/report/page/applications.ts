import { type Json, stringAt } from "../../core/json.ts";
import { shown } from "../../diff/shown.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Application } from "../../render/application.ts";
import { originsOf, pathText } from "../../render/explain.ts";
import { isInArchive } from "../../repo/layout.ts";
import type { ApplicationRow, ObjectBlock, ValueBlock, ValueRow } from "./data.ts";

/** Characters of a block of objects: so few that one is unpacked at once, so many that they compress well. */
const objectBlockSize = 256 * 1024;
/** Applications of a block of values. */
const valueBlockSize = 64;

export interface ApplicationsData {
  rows: ApplicationRow[];
  objectBlocks: ObjectBlock[];
  valueBlocks: ValueBlock[];
}

/** Every Application in a line, and apart from that what it renders and where its values come from. */
export function applicationsData(fleet: Fleet): ApplicationsData {
  // What is alike lies together, and is packed together: one Application of all clusters, then the next.
  const ordered = fleet.applications.toSorted((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1));
  const objects = new ObjectPool();
  const rows = ordered.map(({ id, cluster, manifest, folder, notRendered, objects: own }, index): ApplicationRow => ({
    id,
    cluster,
    project: stringAt(manifest, "spec", "project") ?? "",
    namespace: stringAt(manifest, "spec", "destination", "namespace") ?? "",
    source: folder ?? stringAt(manifest, "spec", "source", "path") ?? "",
    ...(notRendered === undefined ? {} : { notRendered }),
    objects: own.map(({ id: { kind, namespace, name }, file = "", object }) => ({
      kind,
      namespace,
      name,
      file,
      ...objects.add(shown(object)),
    })),
    values: Math.floor(index / valueBlockSize),
  }));
  const valueBlocks: ValueBlock[] = [];
  for (let first = 0; first < ordered.length; first += valueBlockSize) {
    const block = ordered.slice(first, first + valueBlockSize);
    valueBlocks.push(Object.fromEntries(block.map((application) => [application.id, valuesOf(fleet, application)])));
  }
  return { rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)), objectBlocks: objects.blocks, valueBlocks };
}

/** Objects in blocks, each once: clusters have much in common, definitions of custom resources above all. */
class ObjectPool {
  readonly blocks: ObjectBlock[] = [];
  readonly #known = new Map<string, { block: number; index: number }>();
  #size = Number.POSITIVE_INFINITY;

  add(object: Json): { block: number; index: number } {
    const text = JSON.stringify(object);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#size + text.length > objectBlockSize) {
      this.blocks.push([]);
      this.#size = 0;
    }
    const block = this.blocks.at(-1)!;
    const place = { block: this.blocks.length - 1, index: block.length };
    block.push(object);
    this.#size += text.length;
    this.#known.set(text, place);
    return place;
  }
}

function valuesOf(fleet: Fleet, application: Application): ValueRow[] {
  const values = application.notRendered === undefined ? fleet.valuesOfAnyChart(application) : undefined;
  if (values === undefined) return [];
  return [...originsOf(values.layers, values.merged, fleet.sources)].map(({ path, value, layer, line }) => ({
    path: pathText(path),
    value,
    from: isInArchive(layer) ? "values.yaml of the chart" : line === undefined ? layer : `${layer}:${line}`,
  }));
}
