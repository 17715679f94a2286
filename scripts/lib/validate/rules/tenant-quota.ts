import { at as valueAt, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type DeployedObject, renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { tenantName, tenantPartOf } from "../../fleet/ownership.ts";
import { type ResourceRequests, resourceRequests } from "../../fleet/resource-requests.ts";
import { parseQuantity, quantityText } from "../../model/quantity.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule, RuleFinding } from "../rule.ts";

/** What a tenant's namespace is limited in. */
const needed = [
  "count/configmaps",
  "count/secrets",
  "limits.cpu",
  "limits.memory",
  "persistentvolumeclaims",
  "pods",
  "requests.cpu",
  "requests.memory",
  "requests.storage",
  "services.loadbalancers",
  "services.nodeports",
];

export const tenantQuota: Rule = {
  id: "tenant-quota",
  severity: "error",
  needs: "clusters",
  holds:
    "A tenant's namespace has a quota of everything that costs, in plain integer quantities, and its own services fit in it at their largest, while they are replaced.",
  because:
    "Without one a tenant takes the cluster; in one that is too small the rollout stalls half way (D-20, S-05, B-13).",
  *check(fleet) {
    const quotas = Map.groupBy(
      standingObjects(fleet, "ResourceQuota"),
      ({ cluster, id }) => `${cluster}/${id.namespace}`,
    );
    const use = resourceRequests(fleet);
    for (const { application, cluster, id, at } of renderedObjects(fleet, "Namespace")) {
      const part = tenantPartOf(application);
      if (part?.kind !== "grant" || id.name !== tenantName(part.tenant)) continue;
      const own = quotas.get(`${cluster}/${id.name}`) ?? [];
      if (own.length !== 1) {
        yield { ...at, message: `has ${own.length} quotas`, fix: `include one of ${pathOf("plan", { plan: "PLAN" })}` };
        continue;
      }
      yield* judge(own[0]!, use.get(`${cluster}/${id.name}`));
    }
    for (const deployed of renderedObjects(fleet, "LimitRange"))
      yield* limits(deployed, quotas.get(`${deployed.cluster}/${deployed.id.namespace}`)?.[0]);
  },
};

function* judge({ object, at }: DeployedObject, use: ResourceRequests | undefined): Iterable<RuleFinding> {
  const hard = objectAt(object, "spec", "hard");
  for (const name of needed)
    if (hard[name] === undefined) yield { ...at, message: `sets no limit of ${name}`, fix: "set one, if only 0" };
  for (const [name, value] of Object.entries(hard)) {
    const problem = quantityProblem(name, value);
    if (problem !== undefined)
      yield { ...at, message: `${name} is ${JSON.stringify(value)}, ${problem}`, fix: "write it plainly" };
  }
  for (const [name, amount] of Object.entries(use ?? {})) {
    const limit = parseQuantity(hard[name]);
    if (limit === undefined || amount <= limit) continue;
    const message = `gives ${JSON.stringify(hard[name])} of ${name}, but its services take ${quantityText(amount)} at their largest`;
    yield { ...at, message, fix: "give the tenant a larger plan, or its services less" };
  }
}

/** What is a quantity to Kubernetes and surely not meant here. */
function quantityProblem(name: string, value: unknown): string | undefined {
  const amount = parseQuantity(value);
  if (amount === undefined) return "which is not a valid quantity";
  if (amount < 0) return "which is less than nothing";
  const text = String(value);
  if (/[eE][0-9+-]/.test(text)) return "which is hard to read";
  if (/memory|storage/.test(name) && (text.endsWith("m") || (amount > 0 && amount < 2 ** 20)))
    return "which is next to nothing of it";
  if (/^count\/|^pods$|claims$|^services\./.test(name) && !/^\d+$/.test(text)) return "which is not a whole number";
  return undefined;
}

function* limits({ object, at }: DeployedObject, quota: DeployedObject | undefined): Iterable<RuleFinding> {
  const hard = objectAt(quota?.object, "spec", "hard");
  for (const entry of listAt(object, "spec", "limits")) {
    for (const name of ["cpu", "memory"]) {
      const amount = (field: string) => parseQuantity(valueAt(entry, field, name));
      const [fallback, request, max] = [amount("default"), amount("defaultRequest"), amount("max")];
      if (fallback !== undefined && max !== undefined && fallback > max)
        yield { ...at, message: `a container gets more ${name} by default than it may have`, fix: "lower default" };
      if (request !== undefined && fallback !== undefined && request > fallback)
        yield {
          ...at,
          message: `a container asks for more ${name} by default than it gets`,
          fix: "lower defaultRequest",
        };
      const whole = parseQuantity(hard[`limits.${name}`]);
      if (whole !== undefined && whole > 0 && fallback !== undefined && fallback > whole) {
        const message = `one container's default ${name} is more than the whole quota (${stringAt(hard, `limits.${name}`)})`;
        yield { ...at, message, fix: "lower default" };
      }
    }
  }
}
