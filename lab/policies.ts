import { ToolError } from "../scripts/lib/core/errors.ts";
import type { JsonObject } from "../scripts/lib/core/json.ts";
import type { Api } from "./api.ts";

/** How long the server may take to go by new policies, in milliseconds: it looks at them every second. */
const patience = 60_000;

const group = "admissionregistration.k8s.io/v1";
export const policyKinds: readonly string[] = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/** Refuses one name: once it does, the server goes by all that was there before it. */
const canary = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "lab-canary", namespace: "default" } };
const ofCanary: readonly JsonObject[] = [
  {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: canary.metadata.name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
      },
      matchConditions: [{ name: "canary", expression: `object.metadata.name == '${canary.metadata.name}'` }],
      validations: [{ expression: "false" }],
    },
  },
  {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: canary.metadata.name },
    spec: { policyName: canary.metadata.name, validationActions: ["Deny"] },
  },
];

/** Has the server go by these policies and bindings while something is asked of it, and no longer. */
export async function underPolicies<T>(api: Api, policies: readonly JsonObject[], ask: () => Promise<T>): Promise<T> {
  const all = [...policies, ...ofCanary];
  for (const object of all) await api.keep(object);
  await until(api, false);
  try {
    return await ask();
  } finally {
    for (const object of all) await api.request("DELETE", (await api.pathOf(object))!);
    await until(api, true);
  }
}

async function until(api: Api, accepted: boolean): Promise<void> {
  const end = performance.now() + patience;
  while ((await api.apply(canary, { dryRun: true })).accepted !== accepted) {
    if (performance.now() > end)
      throw new ToolError(`the API server does not go by new policies within ${patience / 1000} s`);
    await Bun.sleep(100);
  }
}
