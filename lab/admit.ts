import type { CommandIo } from "../scripts/lib/command/io.ts";
import { ToolError } from "../scripts/lib/core/errors.ts";
import { type Finding, sortFindings } from "../scripts/lib/core/finding.ts";
import { inParallel } from "../scripts/lib/core/in-parallel.ts";
import { at, type Json, type JsonObject, stringAt } from "../scripts/lib/core/json.ts";
import type { Fleet } from "../scripts/lib/fleet/fleet.ts";
import { type DeployedObject, renderedObjects } from "../scripts/lib/fleet/objects.ts";
import { enforceLabel } from "../scripts/lib/model/pod-security.ts";
import { formatResource, resourceId } from "../scripts/lib/model/resource.ts";
import { onlyKubernetes } from "../scripts/lib/validate/rules/object-validation.ts";
import type { Validation } from "../scripts/lib/validate/validate.ts";
import type { Api } from "./api.ts";
import { apiOf } from "./control-plane.ts";
import { definitionsFor } from "./definitions.ts";
import { policyKinds, underPolicies } from "./policies.ts";
import { requireRunningLab } from "./state.ts";

/** Requests at once: enough to keep two cores of a server busy. */
const atOnce = 24;

/** How long the API server may take to serve new definitions, in milliseconds. */
const patience = 300_000;

/** Argo CD's own name of its finalizer is older than the advice. */
const expectedWarning =
  /^metadata\.finalizers: \\?"resources-finalizer\.argocd\.argoproj\.io\\?": prefer a domain-qualified/;

/** What Pod Security warns of. In a namespace for work on the node itself, validate holds each to an allowance. */
const ofPods = /^would violate PodSecurity/;

function privilegedNamespaces(objects: readonly DeployedObject[]): Set<string> {
  const level = (object: JsonObject) => at(object, "metadata", "labels", enforceLabel);
  const found = objects.filter(({ id, object }) => id.kind === "Namespace" && level(object) === "privileged");
  return new Set(found.map(({ id }) => id.name));
}

export interface Admission {
  objects: number;
  milliseconds: number;
  findings: Finding[];
  /** Objects of kinds that the server was not given a definition of. */
  notAsked: string[];
}

/** Installs definitions of custom resources for good, and waits until the server serves them. */
export async function installDefinitions(api: Api, definitions: readonly JsonObject[]): Promise<void> {
  for (const definition of definitions) await api.keep(definition);
  const end = performance.now() + patience;
  for (const definition of definitions) {
    const path = (await api.pathOf(definition))!;
    while (!isEstablished((await api.request("GET", path)).body)) {
      if (performance.now() > end)
        throw new ToolError(
          `the API server does not serve ${formatResource(resourceId(definition))} within ${patience / 1000} s of ${definitions.length} definitions: try again when the machine has less to do`,
        );
      await Bun.sleep(50);
    }
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
async function createNamespaces(api: Api, fleet: Fleet, cluster: string): Promise<void> {
  const own = [...renderedObjects(fleet)].filter((subject) => subject.cluster === cluster);
  const rendered = own.filter(({ id }) => id.kind === "Namespace").map(({ object }) => object);
  const named = new Set(own.map(({ id }) => id.namespace).filter((name) => name !== ""));
  const others = [...named].filter((name) => !rendered.some((object) => at(object, "metadata", "name") === name));
  const plain = others.map((name): JsonObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  for (const object of [...rendered, ...plain]) await api.keep(object);
}

/** Asks the server about every object of every cluster: server-side apply as a dry run, fields strictly. */
export async function admitFleet(api: Api, fleet: Fleet, missing: readonly string[]): Promise<Admission> {
  const whole: Admission = { objects: 0, milliseconds: 0, findings: [], notAsked: [] };
  for (const cluster of new Set(fleet.applications.map((application) => application.cluster))) {
    await createNamespaces(api, fleet, cluster);
    const started = performance.now();
    const all = [...renderedObjects(fleet)].filter((subject) => subject.cluster === cluster);
    const own = all.filter(({ id }) => !missing.includes(id.group));
    whole.notAsked.push(
      ...all.filter((subject) => !own.includes(subject)).map(({ at: { object } }) => `${cluster} ${object}`),
    );
    const open = privilegedNamespaces(own);
    const deployers = deployersOf(api, own);
    const policies = own.filter(({ id }) => policyKinds.includes(id.kind)).map(({ object }) => object);
    await underPolicies(api, policies, () =>
      inParallel(own, atOnce, async (subject) => {
        const said = await verdicts(deployers(subject), subject);
        whole.findings.push(...said.filter(({ message }) => !(ofPods.test(message) && open.has(subject.id.namespace))));
      }),
    );
    whole.objects += own.length;
    whole.milliseconds += performance.now() - started;
  }
  return whole;
}

/** The server as the account that Argo CD acts as for an object: a policy may ask who it is. Rights are not asked for. */
function deployersOf(api: Api, objects: readonly DeployedObject[]): (subject: DeployedObject) => Api {
  const accounts = new Map<string, Api>();
  for (const { id, object } of objects.filter(({ id }) => id.kind === "AppProject")) {
    const account = stringAt(object, "spec", "destinationServiceAccounts", 0, "defaultServiceAccount");
    if (account !== undefined) accounts.set(id.name, api.as(`system:serviceaccount:${account}`));
  }
  return ({ application }) => accounts.get(stringAt(application.manifest, "spec", "project") ?? "") ?? api;
}

async function verdicts(api: Api, { object, at: where }: DeployedObject): Promise<Finding[]> {
  const { accepted, message, warnings } = await api.apply(object, { dryRun: true });
  const finding = { rule: "lab-admit", ...where } as const;
  const refusal: Finding[] = accepted
    ? []
    : [{ ...finding, severity: "error", message, fix: "correct what the API server refuses" }];
  const warned = warnings.filter((text) => !expectedWarning.test(text));
  return [
    ...refusal,
    ...warned.map((warning): Finding => ({
      ...finding,
      severity: "warning",
      message: warning,
      fix: "correct what the API server warns of",
    })),
  ];
}

/** How much was asked, how fast, and what was not. */
export function admissionText({ objects, milliseconds, notAsked }: Admission, findings: number): string {
  const rate = Math.round((objects / milliseconds) * 1000);
  const left =
    notAsked.length === 0
      ? ""
      : `${notAsked.length} objects not asked about: there is no definition of their kind (${notAsked.slice(0, 2).join(", ")}, ...)\n`;
  return `${left}${objects} objects asked about in ${(milliseconds / 1000).toFixed(1)} s (${rate} a second), ${findings} findings\n`;
}

/** Asks the lab that is up about every object, and puts what it says among the findings. */
export async function addAdmission(validation: Validation, { env, stderr }: CommandIo): Promise<void> {
  const { kubeconfig } = await requireRunningLab(env);
  const api = await apiOf(kubeconfig);
  const { missing } = await definitionsFor(validation.fleet, env);
  const admission = await admitFleet(api, validation.fleet, missing);
  // Now they were.
  validation.notChecked = validation.notChecked.filter(({ what }) => what !== onlyKubernetes);
  validation.findings = sortFindings([...validation.findings, ...admission.findings]);
  stderr.write(admissionText(admission, admission.findings.length));
}
