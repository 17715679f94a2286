/** Read in prometheus-operator v0.94.0: pkg/alertmanager/{operator,statefulset}.go. */
import { at, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../core/json.ts";
import { claimsAt, container, keyed, type Labels, nameOf, numberAt, service, withGiven, workload } from "./made.ts";
import { reloaderResources } from "./prometheus.ts";

export function alertmanager(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const web = stringAt(spec, "portName") ?? "web";
  const isLocal = at(spec, "listenLocal") === true;
  const labels: Labels = {
    ...(objectAt(spec, "podMetadata", "labels") as Labels),
    alertmanager: name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/managed-by": "prometheus-operator",
    "app.kubernetes.io/name": "alertmanager",
  };
  const mesh = { "mesh-tcp": 9094, "mesh-udp": [9094, "UDP"] } as const;
  const containers = [
    container("alertmanager", isLocal ? mesh : { [web]: 9093, ...mesh }, at(spec, "resources")),
    container("config-reloader", isLocal ? {} : { "reloader-web": 8080 }, reloaderResources),
  ];
  const operated = service(
    "alertmanager-operated",
    { "app.kubernetes.io/name": "alertmanager" },
    { [web]: [9093, web], "tcp-mesh": [9094, "mesh-tcp"] },
    { "operated-alertmanager": "true" },
  );
  return [
    workload({
      name: `alertmanager-${name}`,
      replicas: numberAt(spec, 1, "replicas"),
      labels,
      account: stringAt(spec, "serviceAccountName"),
      containers: withGiven(containers, listAt(spec, "containers")),
      secrets: stringsAt(spec, "secrets"),
      claims: claimsAt(spec, "storage", "volumeClaimTemplate"),
    }),
    ...(at(spec, "serviceName") === undefined ? [operated] : []),
    keyed("Secret", `alertmanager-${name}-generated`, "alertmanager.yaml.gz"),
    keyed("Secret", `alertmanager-${name}-web-config`, "web-config.yaml"),
  ];
}
