/**
 * Read in cloud-on-k8s v3.5.0: pkg/apis/{elasticsearch,kibana}/v1/name.go, pkg/controller/elasticsearch/{label,network,nodespec,services,user,volume}/*.go,
 * pkg/controller/kibana/{driver,pod}.go, pkg/controller/common/certificates/secret.go, pkg/controller/common/labels/*.go.
 * Labels of the roles of nodes are not described.
 */
import { at, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { container, keyed, type Labels, nameOf, numberAt, service, withGiven, workload } from "./made.ts";

const memory = { requests: { memory: "2Gi" }, limits: { memory: "2Gi" } };

/** The scheme, which is the name of the port, and the Secret that the certificate comes from if it is given. */
const httpOf = (spec: JsonObject) => ({
  scheme:
    at(spec, "http", "tls", "selfSignedCertificate", "disabled") === true && certificateOf(spec) === undefined
      ? "http"
      : "https",
  certificate: certificateOf(spec),
});

const certificateOf = (spec: JsonObject) => stringAt(spec, "http", "tls", "certificate", "secretName");

const secureSettings = (spec: JsonObject) => listAt(spec, "secureSettings").map((own) => stringAt(own, "secretName"));

export function elasticsearch(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const { scheme, certificate } = httpOf(spec);
  const labels: Labels = {
    "common.k8s.elastic.co/type": "elasticsearch",
    "elasticsearch.k8s.elastic.co/cluster-name": name,
  };
  const pods = (set: Json) => {
    const own = `${name}-es-${stringAt(set, "name") ?? ""}`;
    const template = objectAt(set, "podTemplate");
    const claims = listAt(set, "volumeClaimTemplates");
    return workload({
      name: own,
      replicas: numberAt(set, 1, "count"),
      labels: {
        ...(objectAt(template, "metadata", "labels") as Labels),
        ...labels,
        "elasticsearch.k8s.elastic.co/http-scheme": scheme,
        "elasticsearch.k8s.elastic.co/statefulset-name": own,
        "elasticsearch.k8s.elastic.co/version": stringAt(spec, "version") ?? "",
      },
      account: stringAt(template, "spec", "serviceAccountName"),
      containers: withGiven(
        [container("elasticsearch", { [scheme]: 9200, transport: 9300 }, at(set, "resources") ?? memory)],
        listAt(template, "spec", "containers"),
      ),
      secrets: [certificate, ...secureSettings(spec), ...fileRealms(spec)],
      claims:
        claims.length > 0
          ? claims
          : [{ metadata: { name: "elasticsearch-data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
    });
  };
  return [
    ...listAt(spec, "nodeSets").map(pods),
    service(`${name}-es-http`, labels, { [scheme]: 9200 }),
    service(`${name}-es-internal-http`, labels, { [scheme]: 9200 }),
    service(`${name}-es-transport`, labels, { "tls-transport": 9300 }),
    keyed("Secret", `${name}-es-elastic-user`, "elastic"),
    keyed("Secret", `${name}-es-internal-users`, "elastic-internal-monitoring"),
    keyed("Secret", `${name}-es-http-certs-public`, "ca.crt", "tls.crt"),
    keyed("Secret", `${name}-es-http-certs-internal`, "ca.crt", "tls.crt", "tls.key"),
  ];
}

/** Secrets with users and roles of ours. */
const fileRealms = (spec: JsonObject) =>
  ["fileRealm", "roles"].flatMap((field) => listAt(spec, "auth", field).map((own) => stringAt(own, "secretName")));

export function kibana(resource: JsonObject): JsonObject[] {
  const name = nameOf(resource);
  const spec = objectAt(resource, "spec");
  const { scheme, certificate } = httpOf(spec);
  const labels: Labels = { "common.k8s.elastic.co/type": "kibana", "kibana.k8s.elastic.co/name": name };
  const template = objectAt(spec, "podTemplate");
  return [
    workload({
      kind: "Deployment",
      name: `${name}-kb`,
      replicas: numberAt(spec, 0, "count"),
      labels: {
        ...(objectAt(template, "metadata", "labels") as Labels),
        ...labels,
        "kibana.k8s.elastic.co/version": stringAt(spec, "version") ?? "",
      },
      account: stringAt(template, "spec", "serviceAccountName"),
      containers: withGiven(
        [container("kibana", { [scheme]: 5601 }, at(spec, "resources") ?? memory)],
        listAt(template, "spec", "containers"),
      ),
      secrets: [certificate, ...secureSettings(spec)],
    }),
    service(`${name}-kb-http`, labels, { [scheme]: 5601 }),
    keyed("Secret", `${name}-kb-http-certs-public`, "ca.crt", "tls.crt"),
  ];
}
