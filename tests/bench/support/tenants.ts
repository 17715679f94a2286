import type { Change } from "../../../scripts/lib/core/change.ts";
import type { JsonObject } from "../../../scripts/lib/core/json.ts";
import { parseCidr, type Range } from "../../../scripts/lib/model/cidr.ts";
import type { Network, PodClass } from "../../../scripts/lib/network/network.ts";
import { parsePolicy } from "../../../scripts/lib/network/policy.ts";
import type { Content } from "../../../scripts/lib/repo/content.ts";
import { codeownersChange } from "../../../scripts/lib/tenant/lookup.ts";
import { newTenant } from "../../../scripts/lib/tenant/new-tenant.ts";

/** What a generated tenant is: of the shared services, as most are. */
export function tenantSpec(id: string) {
  return {
    displayName: `Tenant ${id}`,
    owners: [`@murima2025/${id}`] as [string],
    contacts: { technical: `it@${id}.example` },
    plan: "starter" as const,
    isolation: "schema" as const,
    residency: "eu" as const,
    ring: 1,
    recoveryPoint: "24h" as const,
    limits: { agents: "10" },
    rateLimit: { requests: 600, unit: "Minute" as const },
    state: "active" as const,
  };
}

const settings = { locale: "en", timezone: "UTC" };

/** The files of so many tenants on one cluster, by new-tenant's own plan; CODEOWNERS once, for all of them. */
export function generatedTenants(fleet: Content, cluster: string, count: number): Change[] {
  const owners = new Map<string, readonly string[]>();
  const changes: Change[] = [];
  for (let number = 0; number < count; number++) {
    const id = `t${String(number).padStart(5, "0")}`;
    const plan = newTenant(fleet, { id, spec: tenantSpec(id), clusters: [cluster], settings });
    changes.push(...plan.filter(({ path }) => !path.endsWith("CODEOWNERS")));
    owners.set(id, [`@murima2025/${id}`]);
  }
  return [...changes, codeownersChange(fleet, owners)];
}

/** A network of so many tenants with their own copies of services: each closed, each with policies of its workloads. */
export function generatedNetwork(tenants: number, workloads: number): { network: Network; names: string[] } {
  const names = Array.from({ length: tenants }, (_, index) => `tenant-t${index}`);
  const object = (namespace: string, name: string, spec: JsonObject): JsonObject => ({
    metadata: { name, namespace },
    spec,
  });
  const byName = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
  const pods: PodClass[] = [
    { namespace: "gateway", name: "envoy", labels: { app: "envoy" }, ports: [], expected: true },
    { namespace: "monitoring", name: "prometheus", labels: { app: "prometheus" }, ports: [], expected: true },
  ];
  const policies: JsonObject[] = [];
  for (const namespace of names) {
    policies.push(object(namespace, "default-deny", { podSelector: {}, policyTypes: ["Egress", "Ingress"] }));
    policies.push(
      object(namespace, "allow-dns", {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to: [byName("kube-system")], ports: [{ protocol: "UDP", port: 53 }] }],
      }),
    );
    for (let index = 0; index < workloads; index++) {
      const callee = { podSelector: { matchLabels: { app: `w${(index + 1) % workloads}` } } };
      const caller = { podSelector: { matchLabels: { app: `w${(index + workloads - 1) % workloads}` } } };
      const http = [{ protocol: "TCP", port: "http" }];
      policies.push(
        object(namespace, `w${index}`, {
          podSelector: { matchLabels: { app: `w${index}` } },
          policyTypes: ["Egress", "Ingress"],
          ingress: [{ from: [caller, byName("gateway"), byName("monitoring")], ports: http }],
          egress: [{ to: [callee, { ipBlock: { cidr: "10.28.128.0/20" } }], ports: http }],
        }),
      );
      pods.push({
        namespace,
        name: `w${index}`,
        labels: { app: `w${index}` },
        expected: false,
        ports: [{ name: "http", protocol: "TCP", port: 8080 }],
      });
    }
  }
  const known = ["kube-system", "gateway", "monitoring", ...names];
  const network = {
    namespaces: new Map(known.map((name) => [name, {}])),
    pods,
    policies: policies.map((policy) => parsePolicy(policy).policy),
    podRanges: [parseCidr("10.29.0.0/16") as Range],
  };
  return { network, names };
}
