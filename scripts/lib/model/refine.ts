import type { SchemaObject } from "ajv";

const labelKey = {
  pattern:
    "^((?=[^/]{1,253}/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$",
  "x-means":
    "a key of a label is a name of at most 63 letters, digits, dots, hyphens and underscores, before it at most one DNS name and a slash",
};
/** Of annotations the DNS name may be in capitals as well. */
const annotationKey = {
  pattern: labelKey.pattern.replaceAll("a-z0-9", "a-zA-Z0-9"),
  "x-means": labelKey["x-means"].replace("a label", "an annotation"),
};
/** A value of a label (kubernetes.io, concepts/overview/working-with-objects/labels). */
const labelValue = {
  type: "string",
  pattern: "^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$",
  "x-means":
    "a value of a label is at most 63 letters, digits, dots, hyphens and underscores, and begins and ends with a letter or digit",
};
const labels = { type: "object", propertyNames: labelKey, additionalProperties: labelValue };
const annotations = { type: "object", propertyNames: annotationKey, additionalProperties: { type: "string" } };
const dnsLabel = {
  type: "string",
  pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
  "x-means": "use at most 63 lower-case letters, digits and hyphens, no hyphen first or last",
};
/** RFC 6335, as the API server reads it. */
const portName = {
  pattern: "^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$",
  "x-means":
    "a name of a port is at most 15 lower-case letters, digits and single hyphens, with a letter in it, no hyphen first or last",
};
const dataKeys = {
  pattern: "^(?!\\.\\.)(?!\\.$)[-._a-zA-Z0-9]{1,253}$",
  "x-means": "a key is at most 253 letters, digits, dots, hyphens and underscores, and does not begin with two dots",
};
/** Line breaks are passed over. */
const base64 = {
  type: "string",
  pattern: "^[A-Za-z0-9+/\\r\\n]*={0,2}[\\r\\n]*$",
  "x-means": "write it in base64",
};
const data = { type: "object", propertyNames: dataKeys, additionalProperties: { type: "string" } };
const port = { type: "integer", minimum: 1, maximum: 65535 };
const portOrName = { type: ["integer", "string"], minimum: 1, maximum: 65535, ...portName };
const count = { type: "integer", minimum: 0 };
const positive = { type: "integer", minimum: 1 };
/** Rights of a file: 420 is 0644. YAML 1.2 reads 0644 as six hundred and forty-four. */
const fileMode = { type: "integer", minimum: 0, maximum: 0o777 };
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
 * What the API server checks and the OpenAPI definitions do not say, one field at a time. What takes two fields to see is in
 * model/objects.
 */
const refinements: Record<string, Record<string, SchemaObject>> = {
  [`${meta}ObjectMeta`]: { annotations, labels },
  [`${meta}LabelSelector`]: { matchLabels: labels },
  [`${meta}LabelSelectorRequirement`]: {
    key: { type: "string", ...labelKey },
    operator: oneOf("In", "NotIn", "Exists", "DoesNotExist"),
    values: { type: "array", items: labelValue },
  },
  [`${core}NodeSelectorRequirement`]: { key: { type: "string", ...labelKey } },
  [`${core}ConfigMap`]: { data, binaryData: { ...data, additionalProperties: base64 } },
  [`${core}Secret`]: { data: { ...data, additionalProperties: base64 }, stringData: data },
  [`${core}ServiceSpec`]: { selector: labels },
  [`${core}ServicePort`]: { name: dnsLabel, port, targetPort: portOrName, protocol },
  [`${core}EnvVar`]: {
    name: {
      type: "string",
      pattern: "^[ -<>-~]+$",
      "x-means": "a name of a variable is printable ASCII without an equals sign",
    },
  },
  [`${core}SecretKeySelector`]: { key: named, name: named },
  [`${core}ConfigMapKeySelector`]: { key: named, name: named },
  [`${core}Volume`]: { name: dnsLabel },
  [`${core}VolumeMount`]: { name: named, mountPath: named },
  [`${core}ConfigMapVolumeSource`]: { defaultMode: fileMode },
  [`${core}SecretVolumeSource`]: { defaultMode: fileMode },
  [`${core}ProjectedVolumeSource`]: { defaultMode: fileMode },
  [`${core}DownwardAPIVolumeSource`]: { defaultMode: fileMode },
  [`${core}KeyToPath`]: { mode: fileMode },
  [`${core}Container`]: { image: named, name: dnsLabel, imagePullPolicy: oneOf("Always", "IfNotPresent", "Never") },
  [`${core}ContainerPort`]: {
    containerPort: port,
    hostPort: { ...port, minimum: 0 },
    name: { type: "string", ...portName },
    protocol,
  },
  [`${core}HTTPGetAction`]: { port: portOrName },
  [`${core}TCPSocketAction`]: { port: portOrName },
  [`${core}PodSpec`]: {
    nodeSelector: labels,
    restartPolicy: oneOf("Always", "OnFailure", "Never"),
    terminationGracePeriodSeconds: count,
  },
  [`${core}PodSecurityContext`]: { fsGroup: count, runAsGroup: count, runAsUser: count },
  [`${core}SecurityContext`]: { runAsGroup: count, runAsUser: count },
  [`${core}Probe`]: probe,
  [`${core}Toleration`]: { operator: oneOf("Equal", "Exists") },
  [`${core}TopologySpreadConstraint`]: {
    maxSkew: positive,
    whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
  },
  "io.k8s.api.apps.v1.DeploymentSpec": { minReadySeconds: count, replicas: count, revisionHistoryLimit: count },
  "io.k8s.api.apps.v1.DeploymentStrategy": { type: oneOf("Recreate", "RollingUpdate") },
  "io.k8s.api.apps.v1.StatefulSetSpec": { minReadySeconds: count, replicas: count, revisionHistoryLimit: count },
  "io.k8s.api.apps.v1.StatefulSetUpdateStrategy": { type: oneOf("OnDelete", "RollingUpdate") },
  "io.k8s.api.apps.v1.DaemonSetUpdateStrategy": { type: oneOf("OnDelete", "RollingUpdate") },
  "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec": { maxReplicas: positive, minReplicas: positive },
  "io.k8s.api.autoscaling.v2.HPAScalingPolicy": { periodSeconds: { ...positive, maximum: 1800 }, value: positive },
  "io.k8s.api.autoscaling.v2.HPAScalingRules": { stabilizationWindowSeconds: { ...count, maximum: 3600 } },
  "io.k8s.api.autoscaling.v2.MetricTarget": { averageUtilization: positive },
  "io.k8s.api.batch.v1.JobSpec": {
    activeDeadlineSeconds: count,
    backoffLimit: count,
    completions: count,
    parallelism: count,
    ttlSecondsAfterFinished: count,
  },
  "io.k8s.api.batch.v1.CronJobSpec": {
    failedJobsHistoryLimit: count,
    startingDeadlineSeconds: count,
    successfulJobsHistoryLimit: count,
  },
  "io.k8s.api.networking.v1.NetworkPolicyPort": { port: portOrName, protocol },
  "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": {
    unhealthyPodEvictionPolicy: oneOf("AlwaysAllow", "IfHealthyBudget"),
  },
  "io.k8s.api.scheduling.v1.PriorityClass": { value: { type: "integer", maximum: 1_000_000_000 } },
};

/** Fields without which the server refuses an object. */
const requirements: Record<string, readonly string[]> = {
  [`${core}Container`]: ["name", "image"],
  [`${core}SecretKeySelector`]: ["key", "name"],
  [`${core}ConfigMapKeySelector`]: ["key", "name"],
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
      if (properties[field] !== undefined) properties[field] = { ...defaultOf(properties[field]), ...schema };
    refined[name] = { ...definition, properties };
  }
  for (const [name, required] of Object.entries(requirements)) {
    if (refined[name] !== undefined) refined[name] = { ...refined[name], required: [...required] };
  }
  for (const [name, definition] of Object.entries(refined))
    if (needsSpec(definition, definitions)) refined[name] = withSpec(definition);
  return refined;
}

/** What a list keys its items by may have a default. */
function defaultOf(schema: SchemaObject): SchemaObject {
  return schema["default"] === undefined ? {} : { default: schema["default"] as unknown };
}

/** Whether a kind's spec has to say something: then an object without it says nothing, and no server takes it. */
function needsSpec({ properties }: SchemaObject, definitions: Readonly<Record<string, SchemaObject>>): boolean {
  const fields = (properties ?? {}) as Record<string, SchemaObject>;
  if (fields["apiVersion"] === undefined || fields["kind"] === undefined) return false;
  const reference = fields["spec"]?.["$ref"] as string | undefined;
  const spec = definitions[reference?.replace("#/definitions/", "") ?? ""];
  return spec !== undefined && ((spec["required"] ?? []) as string[]).length > 0;
}

function withSpec(definition: SchemaObject): SchemaObject {
  return { ...definition, required: [...new Set([...((definition["required"] ?? []) as string[]), "spec"])] };
}
