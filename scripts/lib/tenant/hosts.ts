import { sharedNamespace } from "../core/company.ts";
import { modelOf } from "../model/deployment-model.ts";
import type { Tenant } from "../model/generated.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";

/** Listeners and certificate of the hosts of a tenant's own domain, beside its grant. */
export const hostsFile = (tenant: string, cluster: string) => pathOf("grant", { cluster, tenant }, "hosts.yaml");

/** Whether it can be told which hosts are a tenant's own: by facts that have no error. */
export function knowsHosts({ documents }: Content, cluster: string): boolean {
  const facts = documents.clusters.get(cluster)?.document;
  return facts !== undefined && documents.environments.has(facts.spec.environment);
}

/** Hosts that no wildcard of the cluster's certificate covers. */
export function ownHosts({ documents }: Content, hosts: readonly string[], cluster: string): string[] {
  const facts = documents.clusters.get(cluster)?.document;
  // Facts with an error have a finding of their own.
  if (facts === undefined) return [];
  const tenantDomain = documents.environments.get(facts.spec.environment)?.document.spec.tenantDomain;
  if (modelOf(facts).hosts !== "platform" || tenantDomain === undefined) return [...hosts];
  return hosts.filter((host) => host.slice(host.indexOf(".") + 1) !== tenantDomain);
}

/** The file as it has to be; null where no host needs it. */
export function hostsContent(content: Content, tenant: Tenant, cluster: string, routed: boolean): string | null {
  const own = routed ? ownHosts(content, tenant.spec.hosts, cluster) : [];
  if (own.length === 0) return null;
  const file = hostsFile(tenant.metadata.name, cluster);
  const name = `tenant-${tenant.metadata.name}`;
  const namespace = tenant.spec.isolation === "dedicated" ? name : sharedNamespace;
  const secret = `${name}-tls`;
  const annotations = {
    "argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true",
    // With the route, after the project.
    "argocd.argoproj.io/sync-wave": "2",
  };
  const certificate = {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name, namespace, annotations },
    spec: {
      secretName: secret,
      dnsNames: own,
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "public" },
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["server auth"],
    },
  };
  const listeners = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "ListenerSet",
    metadata: { name, namespace, annotations },
    spec: {
      parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "public", namespace: "gateway" },
      listeners: own.map((hostname, index) => ({
        name: `https-${index + 1}`,
        hostname,
        port: 443,
        protocol: "HTTPS",
        tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: secret }] },
        allowedRoutes: {
          kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
          namespaces: { from: "Same" },
        },
      })),
    },
  };
  return `${heading(file)}# Generated from the hosts of the tenant's facts: bun run validate --fix writes it.\n${emitYaml({ apiVersion: "v1", kind: "List", items: [certificate, listeners] })}`;
}
