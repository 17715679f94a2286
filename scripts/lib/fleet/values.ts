import type { SchemaObject } from "ajv";

import type { Finding } from "../core/finding.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { type Check, compile } from "../model/schema.ts";
import { removeLine } from "../model/violation.ts";
import type { Application } from "../render/application.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { type Layer, mergeValues, winner } from "../repo/values.ts";

export interface MergedValues {
  merged: JsonObject;
  layers: readonly Layer[];
}

/** How a chart's own layer and the last one are called among the layers. */
export const valuesObject = "valuesObject";

/** Schemas compiled by their content: a command that looks at two sides, or judges what it plans, meets the same one again. */
const compiled = new Map<string, Check>();
const mostCompiled = 16;

/**
 * Values as Helm will merge them, and their findings against the chart's schema: Helm would find the same and say
 * neither the file nor the line.
 */
export class ValuesChecker {
  readonly #tree: Tree;
  readonly #sources: Sources;
  readonly #checks = new Map<string, Check | undefined>();
  readonly #merged = new Map<Application, MergedValues>();

  constructor(tree: Tree, sources: Sources) {
    this.#tree = tree;
    this.#sources = sources;
  }

  /** Values of an Application that renders a chart which has a schema. */
  values = (application: Application): MergedValues | undefined => {
    const { request } = application;
    if (request?.tool !== "helm" || this.#check(request.chart) === undefined) return undefined;
    let found = this.#merged.get(application);
    if (found === undefined) {
      const files = [`${request.chart}/values.yaml`, ...request.valueFiles].filter((file) => this.#tree.has(file));
      const layers = files.map((name): Layer => {
        const data = this.#sources.data(name);
        return { name, values: isObject(data) ? data : {} };
      });
      layers.push({ name: valuesObject, values: request.values });
      found = { merged: mergeValues(layers), layers };
      this.#merged.set(application, found);
    }
    return found;
  };

  findings(application: Application): Finding[] {
    const values = this.values(application);
    if (values === undefined || application.request?.tool !== "helm") return [];
    const { chart } = application.request;
    return this.#check(chart)!(values.merged).map(({ path, at, message, fix }) => {
      const { name } = winner(values.layers, path);
      const place = name === valuesObject ? {} : { file: name, ...this.#sources.locate(name, path, at) };
      return {
        rule: "values-schema",
        severity: "error",
        application: application.id,
        ...place,
        message,
        fix: fixOf(fix),
      };
    });
  }

  #check(chart: string): Check | undefined {
    if (!this.#checks.has(chart)) this.#checks.set(chart, this.#compile(`${chart}/values.schema.json`));
    return this.#checks.get(chart);
  }

  #compile(file: string): Check | undefined {
    if (!this.#tree.has(file)) return undefined;
    const hash = this.#tree.hash(file);
    const known = compiled.get(hash);
    if (known !== undefined) return known;
    if (compiled.size === mostCompiled) compiled.clear();
    try {
      const check = compile(JSON.parse(this.#tree.text(file)) as SchemaObject);
      compiled.set(hash, check);
      return check;
    } catch (error) {
      const message = `${file} is not a valid JSON Schema: ${(error as Error).message}`;
      return () => [{ path: [], at: "value", message, fix: "correct the schema" }];
    }
  }
}

/** In a layer of values null does one thing. */
function fixOf(fix: string): string {
  return fix === removeLine ? `${fix}; null only deletes what a lower layer sets` : fix;
}
