/** Whatever a value holds, it stays a value: every leaf of the chart's schema, in text and in numbers. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { at, isObject, type Json, type JsonObject, type JsonPath, stringAt } from "../scripts/lib/core/json.ts";
import { type ServiceChart, serviceChart } from "./support/chart.ts";
import { checkout } from "./support/fleet.ts";
import { fullValues } from "./support/full-values.ts";

let chart: ServiceChart;
beforeAll(async () => {
  chart = await serviceChart();
});
afterAll(async () => {
  await chart[Symbol.asyncDispose]();
});

/** With another value at a path. */
function withValue(data: Json | undefined, [key, ...rest]: JsonPath, value: Json): Json {
  if (key === undefined) return value;
  if (Array.isArray(data)) return data.map((item, index) => (index === key ? withValue(item, rest, value) : item));
  return { ...(data as JsonObject), [key]: withValue(at(data, key), rest, value) };
}

/** Places of every leaf, and of every key of a map that has names of its own. */
function leaves(value: Json, path: JsonPath = []): { path: JsonPath; value: Json }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
    : [{ path, value }];
}

/** Leaves of a schema, a name each; references are followed, maps and lists have a star. */
function schemaLeaves(schema: Json | undefined, name = ""): string[] {
  if (!isObject(schema)) return [];
  const ref = schema["$ref"];
  if (typeof ref === "string") return schemaLeaves(at(chart.schema, ...ref.slice(2).split("/")), name);
  const parts = [
    ...(["allOf", "anyOf"] as const)
      .flatMap((word) => (schema[word] as Json[] | undefined) ?? [])
      .flatMap((part) => schemaLeaves(part, name)),
    ...Object.entries((schema["properties"] ?? {}) as JsonObject).flatMap(([key, part]) =>
      schemaLeaves(part, `${name}.${key}`),
    ),
    ...schemaLeaves(schema["additionalProperties"], `${name}.*`),
    ...schemaLeaves(schema["items"], `${name}.*`),
  ];
  const isLeaf =
    ["string", "integer", "number", "boolean"].includes(stringAt(schema, "type") ?? "") ||
    "enum" in schema ||
    "const" in schema;
  return [...new Set(isLeaf ? [name] : parts)];
}

/** The name that a place has in the schema: keys of maps are stars. */
function nameOf(path: JsonPath, schema: ReadonlySet<string>): string | undefined {
  const names = path.reduce<string[]>(
    (found, key) =>
      found
        .flatMap((name) => [`${name}.${key}`, `${name}.*`])
        .filter((name) => [...schema].some((leaf) => `${leaf}.`.startsWith(`${name}.`))),
    [""],
  );
  return names.find((name) => schema.has(name));
}

const identities = (objects: readonly JsonObject[]) =>
  objects.map((object) => `${stringAt(object, "kind")}/${stringAt(object, "metadata", "name")}`).toSorted();

/** Texts of objects, those inside config.json as well. */
function texts(objects: readonly JsonObject[]): string[] {
  return objects.flatMap((object) => {
    const config = at(object, "data", "config.json");
    return [object, typeof config === "string" ? (JSON.parse(config) as Json) : null].flatMap((data) =>
      leaves(data).flatMap(({ path, value }) => [...(typeof value === "string" ? [value] : []), ...path.map(String)]),
    );
  });
}

test("every leaf of the schema is among the values that these tests use", () => {
  for (const values of fullValues) expect(chart.violations(values)).toEqual([]);
  const all = new Set(schemaLeaves(chart.schema));
  expect(all.size).toBeGreaterThan(150);
  const used = new Set(fullValues.flatMap((values) => leaves(values).map(({ path }) => nameOf(path, all))));
  // Set by the ApplicationSet and image.yaml, the same in every test.
  const given = /^\.(facts\.(cluster|environment|domain|nodes|repository)|image\.(registry|tag|digest)|env\.[A-Z_]+)$/;
  expect([...all].filter((name) => !used.has(name) && !given.test(name))).toEqual([]);
});

describe("R3: a text is refused or stays one text, at every leaf and in every key", () => {
  const evil = ["x\n---\na: b", "x: y", "{{", '"', "#", "'", "- x", "&a", "*a x", "\\n", "/h\n  host: 169.254.169.254"];
  /** Read by people and by validate alone. */
  const unrendered = /^(image\.hold\.|secretStamps\.)/;

  test.each(fullValues.map((values, index) => [index, values] as const))(
    "of the values %i",
    async (_index, values) => {
      const before = identities(await chart.render(values));
      let accepted = 0;
      const extra: JsonPath[] = [
        ["facts", "cluster"],
        ["facts", "domain"],
        ["image", "tag"],
        ["image", "registry"],
        ["facts", "nodes"],
      ];
      for (const path of [
        ...leaves(values)
          .filter(({ value }) => typeof value === "string")
          .map((leaf) => leaf.path),
        ...extra,
      ]) {
        for (const text of evil) {
          const changed = withValue(values, path, text) as JsonObject;
          if (chart.violations(changed).length > 0) continue;
          accepted += 1;
          const objects = await chart.render(changed);
          expect([path.join("."), text, identities(objects)]).toEqual([path.join("."), text, before]);
          if (!unrendered.test(path.join(".")))
            expect([path.join("."), texts(objects)]).toEqual([path.join("."), expect.arrayContaining([text])]);
        }
      }
      for (const map of [
        "env",
        "workers",
        "cronJobs",
        "remoteServices",
        "secretStamps",
        "serviceAccount.annotations",
        "scheduling.nodeSelector",
        "config.featureFlags",
        "config.roles",
      ]) {
        const path = map.split(".");
        const own = at(values, ...path);
        if (!isObject(own)) continue;
        for (const text of evil) {
          const changed = withValue(values, path, { [text]: Object.values(own)[0]! }) as JsonObject;
          expect([map, text, chart.violations(changed).length > 0]).toEqual([map, text, true]);
        }
      }
      // The loop has to reach something: commands, descriptions, annotations.
      expect(accepted).toBeGreaterThan(_index === 0 ? 20 : -1);
    },
    120_000,
  );

  test("the inputs as they were found", () => {
    const probe = "/h\n              host: 169.254.169.254\n              scheme: HTTP";
    for (const path of [probe, "/a//b", "/a/../b", "/a b", "/a{b"])
      for (const values of [
        { probes: { livePath: path } },
        { route: { enabled: true, gateway: "public", host: "a", paths: [{ type: "Exact", value: path }] } },
        { config: { routes: [{ path, service: "a" }] } },
      ] as JsonObject[])
        expect([path, chart.violations(values).length > 0]).toEqual([path, true]);
    // Benign twins.
    for (const path of ["/", "/health", "/health/", "/.well-known/jwks.json", "/api/v1/cases_a-b~c"])
      expect([path, chart.violations({ probes: { livePath: path } })]).toEqual([path, []]);
  });

  test("no template prints a value without quoting it", async () => {
    const folder = path.join(checkout, "apps/charts/service/templates");
    /** Written for its effect, or with quotes and line breaks of its own. */
    const structure =
      /^(\/\*|(if|else|end|range|with|define|fail)\b|\$\w+ :?= |\. \| nindent)|\| nindent \d+$|\| (quote|toJson)$|^(toJson|add|div) |^include "service\.(storeEgress)" /;
    /** A boolean by its schema; constants; what is quoted where it is included. */
    const plain = new Set([".Values.dependsOn.kubernetes", "$pods", "."]);
    let printed = 0;
    for (const file of (await readdir(folder)).filter(
      (name) => name.endsWith(".yaml") || name === "_job.tpl" || name === "_networkpolicy.tpl",
    ))
      for (const [, expression] of (await Bun.file(path.join(folder, file)).text()).matchAll(
        /\{\{-? ?(.*?) ?-?\}\}/g,
      )) {
        printed += 1;
        expect([file, expression, structure.test(expression!) || plain.has(expression!)]).toEqual([
          file,
          expression,
          true,
        ]);
      }
    expect(printed).toBeGreaterThan(150);
  });

  test("every pattern of the schema has both ends", () => {
    const patterns = leaves(chart.schema).filter(({ path }) => path.at(-1) === "pattern");
    expect(patterns.length).toBeGreaterThan(30);
    for (const { value } of patterns) expect(value).toMatch(/^\^.*\$$/);
  });
});

test("K3: every number is refused or printed whole: in env, in config.json, in PromQL", async () => {
  let accepted = 0;
  for (const values of fullValues) {
    for (const { path } of leaves(values).filter(({ value }) => typeof value === "number")) {
      for (const number of [1e6, 1e7, 2 ** 31, 2 ** 53]) {
        const changed = withValue(values, path, number) as JsonObject;
        if (chart.violations(changed).length > 0) continue;
        accepted += 1;
        const text = await chart.text(changed);
        const replaced = path.join(".") === "replicas" && at(values, "autoscaling", "enabled") === true;
        const isMerged = path.join(".").startsWith("database.") && at(values, "config", "database") !== undefined;
        const isUnused = /^workers\.worker\.(autoscaling|queues)\./.test(path.join("."));
        if (!replaced && !isMerged && !isUnused)
          expect([path.join("."), text.includes(String(number))]).toEqual([path.join("."), true]);
        expect([path.join("."), /\de\+\d/.test(text)]).toEqual([path.join("."), false]);
      }
    }
  }
  expect(accepted).toBeGreaterThan(30);
}, 120_000);

test("K13: env can't have what the chart sets", async () => {
  const made = [
    "LOG_LEVEL",
    "TENANT_ID",
    "RATE_LIMIT_MAX",
    "RATE_LIMIT_WINDOW",
    "DB_HOST",
    "REDIS_PASSWORD",
    "MONGODB_CA_FILE",
    "DB_SSLMODE",
    "JWT_PRIVATE_KEY",
    "OAUTH_GOOGLE_CLIENT_ID",
    "NODE_EXTRA_CA_CERTS",
  ];
  for (const name of made)
    expect([name, chart.violations({ env: { [name]: "trace" } })]).toEqual([
      name,
      [expect.objectContaining({ path: ["env", name], fix: expect.stringContaining("The chart sets it") as string })],
    ]);
  const calls = { dependsOn: { services: ["auth-service"] } };
  const failure = await chart
    .render({ ...calls, env: { AUTH_SERVICE_URL: "http://x" } })
    .catch((error: unknown) => (error as Error).message);
  expect(failure).toContain("env.AUTH_SERVICE_URL is set by the chart");
  // Benign twins.
  const other = { ...calls, env: { LOG_COLOUR: "no", WEBHOOK_URL: "https://a.example", CASE_SERVICE_URL: "http://x" } };
  expect(chart.violations(other)).toEqual([]);
  expect(await chart.text(other)).toContain("WEBHOOK_URL: https://a.example");
});
