import type { Change } from "../core/change.ts";
import type { JsonObject } from "../core/json.ts";
import type { Cluster } from "../model/generated.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { heading } from "../repo/modeline.ts";
import { realChanges } from "../repo/real-changes.ts";
import { emitYaml } from "../yaml/emit.ts";

/** Where the gateways of a cluster are, and those that call the peer. */
const namespace = "gateway";
const gateway = "peer";

/** Services of the peer as this cluster's services call them: beside the gateway's overlay, which lists the file. */
export const peerFile = (cluster: string) => pathOf("platform", { cluster, part: "gateway" }, "peer.yaml");

/** What follows from the peers of clusters, where it is otherwise than it should be. */
export function peerChanges({ documents, tree }: Content): Change[] {
  const changes = [...documents.clusters].map(([cluster, { document }]): Change => {
    const path = peerFile(cluster);
    const { peer } = document.spec;
    if (peer === undefined) return { path, content: null };
    const note = "# Generated from spec.peer of the cluster's facts: bun run validate --fix writes it.\n";
    const items = peer.services.flatMap((service) => ofService(service, peer));
    return { path, content: heading(path) + note + emitYaml({ apiVersion: "v1", kind: "List", items }) };
  });
  return realChanges(tree, changes);
}

/** One service: by which name it is called here, where it is, and by whose certificate it is known. */
function ofService(name: string, { domain }: NonNullable<Cluster["spec"]["peer"]>): JsonObject[] {
  const hostname = `${name}.${domain}`;
  const metadata = { name, namespace };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: "ClusterIP",
        selector: { "gateway.networking.k8s.io/gateway-name": gateway },
        ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 10_080 }],
      },
    },
    {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "Backend",
      metadata,
      spec: { endpoints: [{ fqdn: { hostname, port: 443 } }] },
    },
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "BackendTLSPolicy",
      metadata,
      spec: {
        targetRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name }],
        validation: { hostname, caCertificateRefs: [{ group: "", kind: "Secret", name: "peer-tls" }] },
      },
    },
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata,
      spec: {
        parentRefs: [
          { group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway, namespace, sectionName: "http" },
        ],
        hostnames: [`${name}.${namespace}.svc.cluster.local`],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            filters: [{ type: "URLRewrite", urlRewrite: { hostname } }],
            backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name, weight: 1 }],
            // How long an answer takes, the other side says.
            timeouts: { request: "0s" },
          },
        ],
      },
    },
  ];
}
