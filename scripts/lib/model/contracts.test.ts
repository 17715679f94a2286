import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { at, isObject, type Json, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { kubernetesVersions, readContracts, readKubernetes } from "../io/schemas.ts";
import type { Contract } from "./kinds.ts";
import { refine } from "./refine.ts";
import { newAjv } from "./schema.ts";

/** Real CustomResourceDefinitions, GROUP/PLURAL.yaml. Not part of this repository. */
const folder = process.env["CRDS_DIR"] ?? "";

interface Upstream {
  scope: string;
  schema: Json;
}

async function upstreamOf(contract: Contract): Promise<Upstream | undefined> {
  const [group, version] = contract.properties.apiVersion.const.split("/") as [string, string];
  for (const file of await readdir(path.join(folder, group))) {
    const crd = Bun.YAML.parse(await readFile(path.join(folder, group, file), "utf8")) as Json;
    if (stringAt(crd, "spec", "names", "kind") !== contract.properties.kind.const) continue;
    const found = listAt(crd, "spec", "versions").find((item) => stringAt(item, "name") === version);
    return { scope: stringAt(crd, "spec", "scope") ?? "", schema: at(found, "schema", "openAPIV3Schema") ?? {} };
  }
  return undefined;
}

/** Every way in which a contract accepts what the CRD refuses: fields, types, enums, requirements, limits. */
function looser(contract: Json, crd: Json, where: string, root: Contract): string[] {
  const reference = stringAt(contract, "$ref");
  if (reference !== undefined) {
    const path = reference.slice(2).split("/");
    return looser(at(root, ...path)!, crd, where, root);
  }
  if (at(crd, "x-kubernetes-preserve-unknown-fields") === true) return [];
  const found: string[] = [];
  const types = [at(contract, "type") ?? typeOf(at(contract, "const") ?? listAt(contract, "enum")[0])].flat();
  const allowed =
    at(crd, "x-kubernetes-int-or-string") === true ? ["integer", "string"] : [at(crd, "type") ?? "any"].flat();
  const fits = (type: Json) =>
    allowed.includes("any") || allowed.includes(type) || (type === "integer" && allowed.includes("number"));
  for (const type of types)
    if (!fits(type)) found.push(`${where} may be ${JSON.stringify(type)}, the CRD wants ${JSON.stringify(allowed)}`);
  const values = [
    ...listAt(contract, "enum"),
    ...(at(contract, "const") === undefined ? [] : [at(contract, "const")!]),
  ];
  const known = listAt(crd, "enum");
  if (known.length > 0) {
    if (values.length === 0) found.push(`${where} is open, the CRD has an enum`);
    for (const value of values)
      if (!known.includes(value))
        found.push(`${where} may be ${JSON.stringify(value)}, which is not in the CRD's enum`);
  }
  for (const limit of ["maxLength", "maxItems", "maximum"]) {
    const theirs = at(crd, limit);
    const ours = at(contract, limit);
    if (typeof theirs === "number" && values.length === 0 && !(typeof ours === "number" && ours <= theirs))
      found.push(`${where} lacks ${limit} ${theirs}`);
  }
  const required = stringsAt(contract, "required");
  const properties = objectAt(contract, "properties");
  for (const name of stringsAt(crd, "required")) {
    if (Object.keys(properties).length > 0 && !required.includes(name)) found.push(`${where} does not require ${name}`);
  }
  for (const [name, value] of Object.entries(properties)) {
    if (where === "" && ["apiVersion", "kind", "metadata"].includes(name)) continue;
    const field = at(crd, "properties", name) ?? at(crd, "additionalProperties");
    if (field === undefined) found.push(`${where}.${name} is no field of the CRD`);
    else found.push(...looser(value, field, `${where}.${name}`, root));
  }
  const items = at(contract, "items");
  if (items !== undefined) found.push(...looser(items, at(crd, "items") ?? {}, `${where}[]`, root));
  const others = at(contract, "additionalProperties");
  if (isObject(others)) found.push(...looser(others, at(crd, "additionalProperties") ?? {}, `${where}.*`, root));
  return found;
}

function typeOf(value: Json | undefined): Json {
  return value === undefined ? "object" : typeof value;
}

const contracts = await readContracts();

describe.skipIf(!existsSync(folder))("what a contract accepts the real CRD accepts (CRDS_DIR)", () => {
  for (const contract of contracts) {
    const name = `${contract.properties.apiVersion.const} ${contract.properties.kind.const}`;
    // Not every group is there: those of ECK and trust-manager come with their addons' archives.
    const group = contract.properties.apiVersion.const.split("/")[0]!;
    test.skipIf(!existsSync(path.join(folder, group)))(name, async () => {
      const upstream = await upstreamOf(contract);
      expect([name, upstream !== undefined]).toEqual([name, true]);
      expect(contract["x-scope"]).toBe(upstream!.scope as "Cluster");
      expect(looser(contract as Json, upstream!.schema, "", contract)).toEqual([]);
    });
  }
});

test("every contract names its upstream version, and is closed", async () => {
  for (const contract of contracts) {
    expect(contract["description"]).toMatch(/ of .+ \d+\.\d+\.\d+\.$/);
    const open = [
      ...JSON.stringify(contract).matchAll(/"type":"object"(?!,"(additionalProperties|minProperties|maxProperties)")/g),
    ];
    expect([contract["title"], open.length <= 1]).toEqual([contract["title"], true]);
  }
});

test("every schema of ours is a JSON Schema", async () => {
  const ajv = newAjv();
  for (const contract of contracts)
    expect([contract["title"], ajv.validateSchema(contract)]).toEqual([contract["title"], true]);
  for (const version of await kubernetesVersions()) {
    const { definitions } = await readKubernetes(version);
    expect([version, ajv.validateSchema({ definitions: refine(definitions) })]).toEqual([version, true]);
  }
});
