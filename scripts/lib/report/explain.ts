import type { RenderRequest } from "../argocd/application.ts";
import { UsageError } from "../core/errors.ts";
import { at, type JsonObject, listAt, stringAt } from "../core/json.ts";
import { visibleLines } from "../core/visible.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { valuesObject } from "../fleet/values.ts";
import { absentLayers } from "../render/application.ts";
import { explainValue, originsOf, parsePath, pathText, readersOf } from "../render/explain.ts";
import { named } from "../repo/content.ts";
import { isInArchive } from "../repo/layout.ts";
import { unknownKey } from "../repo/schema-paths.ts";

/** What a command prints: for people, for programs, and a remark beside it. */
export interface Explanation {
  text: string;
  data: unknown;
  note: string;
}

/** Every value of an Application, and where it is written. */
export function allValuesExplanation(fleet: Fleet, name: string): Explanation {
  const { application, values } = valuesOf(fleet, name);
  const origins = [...originsOf(values.layers, values.merged, fleet.sources)].map(({ path, ...origin }) => ({
    path: pathText(path),
    ...origin,
  }));
  const column = Math.min(48, Math.max(...origins.map(({ path }) => path.length)));
  const lines = origins.map(({ path, value, layer, line }) => {
    const place = isInArchive(layer) ? "values.yaml of the chart" : line === undefined ? layer : `${layer}:${line}`;
    return `${path.padEnd(column)}  ${JSON.stringify(value)}  ${place}\n`;
  });
  return {
    text: lines.map(visibleLines).join(""),
    data: { application: application.id, values: origins },
    note: `${origins.length} values of ${name}\n`,
  };
}

function valuesOf(fleet: Fleet, name: string) {
  const application = named("Application", name, new Map(fleet.applications.map((own) => [own.id, own])));
  const values = fleet.valuesOfAnyChart(application);
  if (values === undefined)
    throw new UsageError(
      `${name} does not render a chart that is on this machine, so it has no values: bun run explain --file ${application.folder ?? "FILE"} says who reads a file, bun run render --application ${name} what comes of it`,
    );
  return { application, values };
}

/** Where a value of an Application comes from: what each layer says of it, the winner marked. */
export function valueExplanation(fleet: Fleet, name: string, path: string): Explanation {
  const { application, values } = valuesOf(fleet, name);
  refuseUnknown(fleet, application.request, path);
  const explained = explainValue(values.layers, values.merged, parsePath(path), fleet.sources);
  // The strongest layer is written in an ApplicationSet, or by the components that fill it.
  const set = fleet.applications
    .find(({ cluster, name: own }) => cluster === application.cluster && own === "root")
    ?.objects.find(({ id, object }) => id.kind === "ApplicationSet" && isSetOf(object, application.folder));
  const lines = explained.layers.map(({ layer, line, value, wins }) => {
    if (isInArchive(layer))
      return `${wins ? "*" : " "} values.yaml of the chart${value === undefined ? "" : `  ${JSON.stringify(value)}`}\n`;
    const named = layer === valuesObject && set?.file !== undefined ? `${layer} of ${set.file}` : layer;
    const place = line === undefined ? named : `${named}:${line}`;
    return `${wins ? "*" : " "} ${place}${value === undefined ? "" : `  ${JSON.stringify(value)}`}\n`;
  });
  const result =
    explained.value === undefined ? "no layer sets it\n" : `${path} is ${JSON.stringify(explained.value)}\n`;
  const absent = absentLayers(application);
  const isScaled = path === "replicas" && at(values.merged, "autoscaling", "enabled") === true;
  const scaled = isScaled
    ? "replicas has no effect: autoscaling is on, and keeps between autoscaling.minReplicas and maxReplicas\n"
    : "";
  return {
    text: `${lines.join("")}${result}`,
    data: { application: name, path, ...explained },
    note: scaled + (absent.length === 0 ? "" : `layers without a file: ${absent.join(", ")}\n`),
  };
}

/** A path that the chart's schema does not know sets nothing. */
function refuseUnknown({ tree }: Fleet, request: RenderRequest | undefined, path: string): void {
  const file = request?.tool === "helm" ? `${request.chart}/values.schema.json` : "";
  if (!tree.has(file)) return;
  const unknown = unknownKey(JSON.parse(tree.text(file)) as JsonObject, parsePath(path));
  if (unknown === undefined) return;
  const { key, meant, known } = unknown;
  const fix = meant === undefined ? `there is ${known.join(", ")}` : `did you mean ${meant.join(".")}?`;
  throw new UsageError(`${path}: ${key} is no value that the chart reads: ${fix}`);
}

/** Whether a set made the Application of a folder: one of its directories is the folder's place. */
function isSetOf(object: JsonObject, folder: string | undefined): boolean {
  const parts = folder?.split("/") ?? [];
  return listAt(object, "spec", "generators").some((generator) =>
    listAt(generator, "git", "directories").some((entry) => {
      const pattern = (stringAt(entry, "path") ?? "").split("/");
      return pattern.length === parts.length && pattern.every((one, index) => one === "*" || one === parts[index]);
    }),
  );
}

/** Which Applications read a file, or would if it were there. */
export function readersExplanation({ applications, tree }: Fleet, file: string): Explanation {
  const readers = readersOf(applications, file);
  const isThere = tree.has(file) || tree.isFolder(file);
  if (!isThere && readers.length === 0) throw new UsageError(`there is no ${file} in the fleet`);
  return {
    text: readers.map((reader) => `${reader}\n`).join(""),
    data: { file, readers },
    note: `${readers.length} Applications ${isThere ? "read" : "would read"} ${file}\n`,
  };
}
