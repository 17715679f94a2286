import type { Finding } from "../core/finding.ts";
import { isObject, type JsonObject, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import type { Cluster, Environment, Exceptions, External, SecretRules, Tenant, Tombstone } from "../model/generated.ts";
import type { Check } from "../model/schema.ts";
import {
  clusterFacts,
  clusterOf,
  type documentSchemas,
  environmentFacts,
  exceptionsFile,
  externalFile,
  secretRulesFile,
  tenantFacts,
  tombstoneFile,
} from "./layout.ts";
import type { Sources } from "./sources.ts";
import type { Tree } from "./tree.ts";

/** A document that keeps to its schema, and where it lies. */
export interface Located<T> {
  file: string;
  document: T;
}

/** Our own documents, by name. Only those that keep to their schema are in it; findings tell of the others. */
export interface Documents {
  clusters: Map<string, Located<Cluster>>;
  environments: Map<string, Located<Environment>>;
  tenants: Map<string, Located<Tenant>>;
  tombstones: Map<string, Located<Tombstone>>;
  external: Located<External> | undefined;
  exceptions: Located<Exceptions> | undefined;
  secretRules: Located<SecretRules> | undefined;
}

export type DocumentChecks = Record<keyof typeof documentSchemas, Check>;

/** Loads every document of the tree. */
export function loadDocuments(
  tree: Tree,
  sources: Sources,
  checks: DocumentChecks,
): { documents: Documents; findings: Finding[] } {
  const findings: Finding[] = [];
  const clusters = new Map<string, Located<Cluster>>();
  const environments = new Map<string, Located<Environment>>();
  for (const name of tree
    .list("clusters")
    .filter((folder) => tree.isFolder(`clusters/${folder}`) && clusterOf(`clusters/${folder}/`) !== undefined)) {
    const cluster = load<Cluster>("Cluster", clusterFacts(name), name);
    if (cluster !== undefined) clusters.set(name, cluster);
  }
  for (const name of tree.list("environments").filter((folder) => tree.isFolder(`environments/${folder}`))) {
    const environment = load<Environment>("Environment", environmentFacts(name), name);
    if (environment !== undefined) environments.set(name, environment);
  }
  const tenants = new Map<string, Located<Tenant>>();
  const tombstones = new Map<string, Located<Tombstone>>();
  for (const name of tree.list("tenants").filter((folder) => tree.isFolder(`tenants/${folder}`))) {
    if (tree.has(tombstoneFile(name))) {
      const tombstone = load<Tombstone>("Tombstone", tombstoneFile(name), name);
      if (tombstone !== undefined) tombstones.set(name, tombstone);
    } else {
      const tenant = load<Tenant>("Tenant", tenantFacts(name), name);
      if (tenant !== undefined) tenants.set(name, tenant);
    }
  }
  const external = tree.has(externalFile) ? load<External>("External", externalFile, "external") : undefined;
  const exceptions = tree.has(exceptionsFile)
    ? load<Exceptions>("Exceptions", exceptionsFile, "exceptions")
    : undefined;
  const secretRules = tree.has(secretRulesFile)
    ? load<SecretRules>("SecretRules", secretRulesFile, "secrets")
    : undefined;
  return { documents: { clusters, environments, tenants, tombstones, external, exceptions, secretRules }, findings };

  function load<T extends Cluster | Environment | Exceptions | External | SecretRules | Tenant | Tombstone>(
    kind: T["kind"],
    file: string,
    name: string,
  ): Located<T> | undefined {
    if (!tree.has(file)) {
      const message = `there is no ${file}, so ${name} has no facts`;
      findings.push({
        rule: "missing-file",
        severity: "error",
        file,
        message,
        fix: `add ${file}, or remove the folder`,
      });
      return undefined;
    }
    const data = sources.data(file);
    if (data === undefined) return undefined; // The finding about its syntax is enough.
    if (!isObject(data)) {
      findings.push({
        rule: "document-schema",
        severity: "error",
        file,
        line: 1,
        message: "holds no object",
        fix: `write a ${kind}`,
      });
      return undefined;
    }
    const broken = checks[kind](data);
    for (const { path, at, message, fix } of broken) {
      findings.push({
        rule: "document-schema",
        severity: "error",
        file,
        ...sources.locate(file, path, at),
        message,
        fix,
      });
    }
    if (!hasName(file, data, name) || broken.length > 0) return undefined;
    return { file, document: data as unknown as T };
  }

  function hasName(file: string, data: JsonObject, name: string): boolean {
    const own = stringAt(data, "metadata", "name");
    if (own === undefined || own === name) return true;
    const message = `is named ${own}, but its place is that of ${name}`;
    const place = sources.locate(file, ["metadata", "name"]);
    findings.push({
      rule: "document-name",
      severity: "error",
      file,
      ...place,
      message,
      fix: `name it ${name}, or move its folder`,
    });
    return false;
  }
}

/** "there is no prodd; did you mean prod?" */
export function unknownName(what: string, name: string, known: Iterable<string>): { message: string; fix: string } {
  const names = [...known].toSorted();
  const meant = suggest(name, names);
  const fix =
    meant === undefined ? `use one of ${names.join(", ")}` : `did you mean ${meant}? There is ${names.join(", ")}`;
  return { message: `there is no ${what} ${name}`, fix };
}
