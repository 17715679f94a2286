import { kubernetesVersions, readContracts, readKubernetes, readSchema } from "../io/schemas.ts";
import { Kinds } from "../model/kinds.ts";
import { type Check, compile } from "../model/schema.ts";
import { documentSchemas, kustomizationSchema, tenantValuesSchema } from "../repo/layout.ts";

/** The schemas of our own files, compiled. */
export interface Checks {
  kustomization: Check;
  tenantValues: Check;
  documents: Record<keyof typeof documentSchemas, Check>;
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
  const checkOf = async (schema: string) => onceEach(compile(await readSchema(schema)));
  const names = Object.keys(documentSchemas) as (keyof typeof documentSchemas)[];
  const documents = await Promise.all(names.map(async (kind) => [kind, await checkOf(documentSchemas[kind])] as const));
  return {
    kustomization: await checkOf(kustomizationSchema),
    tenantValues: await checkOf(tenantValuesSchema),
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
