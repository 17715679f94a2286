import type { Finding } from "../core/finding.ts";
import { at, type Json, type JsonObject } from "../core/json.ts";
import { inParallel } from "../render/pool.ts";
import type { Fleet } from "../validate/rule.ts";
import { type Subject, subjects } from "../validate/subjects.ts";
import type { Api } from "./api.ts";

/** Requests at once: enough to keep two cores of a server busy. */
const atOnce = 24;

/** Argo CD's own name of its finalizer is older than the advice. */
const expectedWarning =
  /^metadata\.finalizers: \\?"resources-finalizer\.argocd\.argoproj\.io\\?": prefer a domain-qualified/;

export interface Admission {
  objects: number;
  milliseconds: number;
  findings: Finding[];
}

/** Installs definitions of custom resources for good, and waits until the server serves them. */
export async function installDefinitions(api: Api, definitions: readonly JsonObject[]): Promise<void> {
  for (const definition of definitions) await api.keep(definition);
  for (const definition of definitions) {
    const path = (await api.pathOf(definition))!;
    while (!isEstablished((await api.request("GET", path)).body)) await Bun.sleep(50);
  }
  api.rediscover();
}

function isEstablished(definition: Json): boolean {
  const conditions = at(definition, "status", "conditions");
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => at(condition, "type") === "Established" && at(condition, "status") === "True")
  );
}

/** Creates the namespaces that objects of a cluster are in, those of the fleet as the fleet has them. */
export async function createNamespaces(api: Api, fleet: Fleet, cluster: string): Promise<void> {
  const own = [...subjects(fleet)].filter((subject) => subject.cluster === cluster);
  const rendered = own.filter(({ id }) => id.kind === "Namespace").map(({ object }) => object);
  const named = new Set(own.map(({ id }) => id.namespace).filter((name) => name !== ""));
  const others = [...named].filter((name) => !rendered.some((object) => at(object, "metadata", "name") === name));
  const plain = others.map((name): JsonObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  for (const object of [...rendered, ...plain]) await api.keep(object);
}

/** Asks the server about every object of a cluster: server-side apply as a dry run, fields strictly. */
export async function admit(api: Api, fleet: Fleet, cluster: string): Promise<Admission> {
  const started = performance.now();
  const findings: Finding[] = [];
  const own = [...subjects(fleet)].filter((subject) => subject.cluster === cluster);
  await inParallel(own, atOnce, async ({ object, at: where }: Subject) => {
    const { accepted, message, warnings } = await api.apply(object, { dryRun: true });
    const finding = { rule: "lab-admit", ...where };
    if (!accepted)
      findings.push({ ...finding, severity: "error", message, fix: "correct what the API server refuses" });
    for (const warning of warnings.filter((text) => !expectedWarning.test(text)))
      findings.push({ ...finding, severity: "warning", message: warning, fix: "correct what the API server warns of" });
  });
  return { objects: own.length, milliseconds: performance.now() - started, findings };
}
