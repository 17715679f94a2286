import type { SchemaObject } from "ajv";

/** A value of a label (kubernetes.io, concepts/overview/working-with-objects/labels). */
const labelValue = { type: "string", pattern: "^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$" };
const labelKey = { pattern: "^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$" };
const labels = { type: "object", propertyNames: labelKey, additionalProperties: labelValue };
const port = { type: "integer", minimum: 1, maximum: 65535 };
const portOrName = {
  type: ["integer", "string"],
  minimum: 1,
  maximum: 65535,
  pattern: "^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$",
};
const count = { type: "integer", minimum: 0 };
const positive = { type: "integer", minimum: 1 };
const named = { type: "string", minLength: 1 };
const oneOf = (...values: string[]) => ({ enum: values });

const core = "io.k8s.api.core.v1.";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const protocol = oneOf("TCP", "UDP", "SCTP");
const probe = {
  failureThreshold: positive,
  initialDelaySeconds: count,
  periodSeconds: positive,
  successThreshold: positive,
  timeoutSeconds: positive,
};

/**
 * What the API server checks and the OpenAPI definitions do not say, for the fields this fleet sets: found by holding
 * random mutations of the fleet's objects against a real server.
 */
const refinements: Record<string, Record<string, SchemaObject>> = {
  [`${meta}ObjectMeta`]: { labels },
  [`${meta}LabelSelector`]: { matchLabels: labels },
  [`${core}ServiceSpec`]: { selector: labels },
  [`${core}ServicePort`]: { port, targetPort: portOrName, protocol },
  [`${core}EnvVar`]: { name: named },
  [`${core}SecretKeySelector`]: { key: named, name: named },
  [`${core}VolumeMount`]: { name: named },
  [`${core}Container`]: { imagePullPolicy: oneOf("Always", "IfNotPresent", "Never") },
  [`${core}ContainerPort`]: { containerPort: port, protocol },
  [`${core}HTTPGetAction`]: { port: portOrName },
  [`${core}PodSpec`]: {
    nodeSelector: labels,
    restartPolicy: oneOf("Always", "OnFailure", "Never"),
    terminationGracePeriodSeconds: count,
  },
  [`${core}PodSecurityContext`]: { fsGroup: count, runAsGroup: count, runAsUser: count },
  [`${core}SecurityContext`]: { runAsGroup: count, runAsUser: count },
  [`${core}Probe`]: probe,
  [`${core}TopologySpreadConstraint`]: {
    maxSkew: positive,
    whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
  },
  "io.k8s.api.apps.v1.DeploymentSpec": { minReadySeconds: count, replicas: count, revisionHistoryLimit: count },
  "io.k8s.api.apps.v1.DeploymentStrategy": { type: oneOf("Recreate", "RollingUpdate") },
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec": { maxReplicas: positive, minReplicas: positive },
  "io.k8s.api.batch.v1.JobSpec": { activeDeadlineSeconds: count, backoffLimit: count },
  "io.k8s.api.networking.v1.NetworkPolicyPort": { port: portOrName, protocol },
  "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": {
    unhealthyPodEvictionPolicy: oneOf("AlwaysAllow", "IfHealthyBudget"),
  },
};

/** Fields without which the server refuses an object. */
const requirements: Record<string, readonly string[]> = {
  [`${core}Container`]: ["name", "image"],
  [`${core}SecretKeySelector`]: ["key", "name"],
  "io.k8s.api.networking.v1.IPBlock": ["cidr"],
};

/** The definitions with what is known beyond them. A field that a version does not have stays unknown to it. */
export function refine(definitions: Readonly<Record<string, SchemaObject>>): Record<string, SchemaObject> {
  const refined = { ...definitions };
  for (const [name, fields] of Object.entries(refinements)) {
    const definition = definitions[name];
    if (definition === undefined) continue;
    const properties = { ...(definition["properties"] as Record<string, SchemaObject>) };
    for (const [field, schema] of Object.entries(fields))
      if (properties[field] !== undefined) properties[field] = schema;
    refined[name] = { ...definition, properties };
  }
  for (const [name, required] of Object.entries(requirements)) {
    if (refined[name] !== undefined) refined[name] = { ...refined[name], required: [...required] };
  }
  return refined;
}
