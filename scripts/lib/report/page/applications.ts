import { stringAt } from "../../core/json.ts";
import { shown } from "../../diff/shown.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Application } from "../../render/application.ts";
import { originsOf, pathText } from "../../render/explain.ts";
import { isInArchive } from "../../repo/layout.ts";
import type { ApplicationRow, ValueBlock, ValueRow } from "./data.ts";
import type { ObjectPool } from "./object-pool.ts";

/** Applications of a block of values. */
const valueBlockSize = 64;

export interface ApplicationsData {
  rows: ApplicationRow[];
  valueBlocks: ValueBlock[];
}

/** Every Application in a line, and apart from that where its values come from; what it renders goes to the pool. */
export function applicationsData(fleet: Fleet, objects: ObjectPool): ApplicationsData {
  // What is alike lies together, and is packed together: one Application of all clusters, then the next.
  const ordered = fleet.applications.toSorted((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1));
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
      at: objects.add(shown(object)),
    })),
    values: Math.floor(index / valueBlockSize),
  }));
  const valueBlocks: ValueBlock[] = [];
  for (let first = 0; first < ordered.length; first += valueBlockSize) {
    const block = ordered.slice(first, first + valueBlockSize);
    valueBlocks.push(Object.fromEntries(block.map((application) => [application.id, valuesOf(fleet, application)])));
  }
  return { rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)), valueBlocks };
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
