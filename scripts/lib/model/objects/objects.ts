import { at, type JsonObject, objectAt } from "../../core/json.ts";
import { type PodSpec, podSpecs } from "../pods.ts";
import { resourceId } from "../resource.ts";
import { autoscaler, scaledObject } from "./autoscalers.ts";
import { budget } from "./budgets.ts";
import { keyedData } from "./data.ts";
import { metadata } from "./metadata.ts";
import { podProblems } from "./pods.ts";
import type { Problem, Problems } from "./problem.ts";
import { binding, role } from "./rights.ts";
import { httpRoute } from "./routes.ts";
import { selectors } from "./selectors.ts";
import { service } from "./services.ts";
import { claim, quota } from "./storage.ts";
import { cronJob, daemonSet, deployment, job, statefulSet } from "./workloads.ts";

/** What only the fields of one kind together show. Kinds of Kubernetes by group and kind; those of CRDs by their rules and webhooks. */
const kinds: Readonly<Record<string, (object: JsonObject) => Problems>> = {
  "/ConfigMap": keyedData,
  "/PersistentVolumeClaim": (object) => claim(objectAt(object, "spec")),
  "/ResourceQuota": quota,
  "/Secret": keyedData,
  "/Service": service,
  "apps/DaemonSet": daemonSet,
  "apps/Deployment": deployment,
  "apps/ReplicaSet": deployment,
  "apps/StatefulSet": statefulSet,
  "autoscaling/HorizontalPodAutoscaler": autoscaler,
  "batch/CronJob": cronJob,
  "batch/Job": job,
  "gateway.networking.k8s.io/HTTPRoute": httpRoute,
  "keda.sh/ScaledObject": scaledObject,
  "policy/PodDisruptionBudget": budget,
  "rbac.authorization.k8s.io/ClusterRole": role,
  "rbac.authorization.k8s.io/ClusterRoleBinding": binding,
  "rbac.authorization.k8s.io/Role": role,
  "rbac.authorization.k8s.io/RoleBinding": binding,
};

/**
 * Why an API server refuses an object whose fields are each in order: what it says of values that have to fit one another.
 * Not all that a server checks; what is here is what people get wrong.
 */
export function objectProblems(object: JsonObject, pods: readonly PodSpec[] = podSpecs(object)): Problem[] {
  const { group, kind } = resourceId(object);
  const volumes = listNames(object);
  return [
    ...metadata(object),
    ...selectors(object, kind),
    ...(kinds[`${group}/${kind}`]?.(object) ?? []),
    ...pods.flatMap(({ spec }) => [...podProblems(spec, volumes)]),
  ];
}

/** Volumes that a StatefulSet makes for its pods. */
function listNames(object: JsonObject): string[] {
  const templates = at(object, "spec", "volumeClaimTemplates");
  if (!Array.isArray(templates)) return [];
  return templates.flatMap((template) => {
    const name = at(template, "metadata", "name");
    return typeof name === "string" ? [name] : [];
  });
}
