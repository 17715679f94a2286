import type { SchemaObject } from "ajv";

import type { HelmRequest } from "../argocd/application.ts";
import type { Finding } from "../core/finding.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { type Check, check, compile, newAjv } from "../model/schema.ts";
import { removeLine } from "../model/violation.ts";
import type { Application } from "../render/application.ts";
import { isInArchive } from "../repo/layout.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { type Layer, mergeValues, winner } from "../repo/values.ts";
import { readsOfChart, unreadValues } from "./chart-values.ts";

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

  /** Values of an Application that renders a chart of ours which has a schema. */
  values = (application: Application): MergedValues | undefined => {
    const { request } = application;
    if (request?.tool !== "helm" || isInArchive(request.chart) || this.#check(request.chart) === undefined)
      return undefined;
    return this.#valuesOf(application, request);
  };

  /** The same of whatever chart an Application renders, of ours or of upstream. */
  ofAnyChart = (application: Application): MergedValues | undefined =>
    application.request?.tool === "helm" ? this.#valuesOf(application, application.request) : undefined;

  #valuesOf(application: Application, request: HelmRequest): MergedValues {
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
  }

  findings(application: Application): Finding[] {
    const { request } = application;
    if (request?.tool !== "helm") return [];
    const isForeign = isInArchive(request.chart);
    const own = this.#check(request.chart);
    if (own === undefined && !isForeign) return [];
    const values = this.#valuesOf(application, request);
    const unread = isForeign ? this.#unread(application, request.chart, values) : [];
    return [
      ...unread,
      ...(own?.(values.merged) ?? []).map(({ path, at, message, fix }): Finding => {
        const { name } = winner(values.layers, path);
        // What a chart's own values break, nobody here can mend there.
        const isOurs = name !== valuesObject && !isInArchive(name);
        const place = isOurs ? { file: name, ...this.#sources.locate(name, path, at) } : {};
        return {
          rule: "values-schema",
          severity: "error",
          application: application.id,
          ...place,
          message,
          fix: fixOf(fix),
        };
      }),
    ];
  }

  /** Values of ours that an upstream chart does not read. */
  #unread(application: Application, chart: string, { layers }: MergedValues): Finding[] {
    const reads = readsOfChart(this.#tree, chart);
    return layers
      .filter(({ name }) => name !== valuesObject && !isInArchive(name))
      .flatMap(({ name, values }) =>
        unreadValues(values, reads).map(({ path, meant }) => ({
          rule: "chart-values" as const,
          severity: "error" as const,
          application: application.id,
          file: name,
          ...this.#sources.locate(name, path, "key"),
          message: `sets ${path.join(".")}, which the chart does not read`,
          fix: meant === undefined ? "remove it, or correct its name" : `did you mean ${meant}?`,
        })),
      );
  }

  #check(chart: string): Check | undefined {
    if (!this.#checks.has(chart)) this.#checks.set(chart, this.#compile(`${chart}/values.schema.json`));
    return this.#checks.get(chart);
  }

  #compile(file: string): Check | undefined {
    if (!this.#tree.has(file)) return undefined;
    if (isInArchive(file)) return foreign(this.#tree.bytes(file));
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

/**
 * The schema of an upstream chart, of whatever draft: as far as it is understood here. Helm holds the values against all
 * of it when it renders.
 */
function foreign(bytes: Uint8Array): Check | undefined {
  try {
    const { $schema: _draft, ...schema } = JSON.parse(new TextDecoder().decode(bytes)) as SchemaObject;
    return check(newAjv({ validateSchema: false }).compile(schema));
  } catch {
    return undefined;
  }
}

/** In a layer of values null does one thing. */
function fixOf(fix: string): string {
  return fix === removeLine ? `${fix}; null only deletes what a lower layer sets` : fix;
}
