import { kubernetesVersions, readContracts, readKubernetes, readSchema } from "../io/schemas.ts";
import { Kinds } from "../model/kinds.ts";
import { type Check, lazily } from "../model/schema.ts";
import { documentEntries } from "../repo/document-kinds.ts";
import type { DocumentChecks } from "../repo/documents.ts";
import {
  chartSchema,
  definitionsSchema,
  imageSchema,
  kustomizationSchema,
  tenantValuesSchema,
} from "../repo/layout.ts";

/** The schemas of our own files, compiled. */
export interface Checks {
  kustomization: Check;
  tenantValues: Check;
  image: Check;
  chart: Check;
  definitions: Check;
  documents: DocumentChecks;
}

/** What API servers know, by minor version of Kubernetes: their own kinds, and those under contract. */
export type KindsByVersion = ReadonlyMap<string, Kinds>;

let checks: Promise<Checks> | undefined;
let kinds: Promise<KindsByVersion> | undefined;

/** Reads and compiles the schemas of our files. They belong to the code: once a process is enough. */
export function readChecks(): Promise<Checks> {
  return (checks ??= compileChecks());
}

/** Reads what each version of Kubernetes knows. It takes its time, and only what renders needs it. */
export function readKinds(): Promise<KindsByVersion> {
  return (kinds ??= compileKinds());
}

async function compileChecks(): Promise<Checks> {
  const checkOf = async (schema: string) => onceEach(lazily(await readSchema(schema)));
  const documents = await Promise.all(
    documentEntries.map(async ([kind, { schema }]) => [kind, await checkOf(schema)] as const),
  );
  return {
    kustomization: await checkOf(kustomizationSchema),
    tenantValues: await checkOf(tenantValuesSchema),
    image: await checkOf(imageSchema),
    chart: await checkOf(chartSchema),
    definitions: await checkOf(definitionsSchema),
    documents: Object.fromEntries(documents) as Checks["documents"],
  };
}

async function compileKinds(): Promise<KindsByVersion> {
  const contracts = await readContracts();
  const versions = await kubernetesVersions();
  return new Map(
    await Promise.all(versions.map(async (name) => [name, new Kinds(await readKubernetes(name), contracts)] as const)),
  );
}

/** A check that judges each piece of data once: repositories of one reading share theirs. */
function onceEach(check: Check): Check {
  const judged = new WeakMap<object, ReturnType<Check>>();
  return (data) => {
    if (typeof data !== "object" || data === null) return check(data);
    let violations = judged.get(data);
    if (violations === undefined) judged.set(data, (violations = check(data)));
    return violations;
  };
}
