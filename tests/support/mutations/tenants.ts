import type { Mutation } from "./mutation.ts";

const grant = "clusters/prod-shared/grants/wonka/kustomization.yaml";
const facts = "tenants/wonka/facts/tenant.yaml";
const components = "apps/tenant/components";
const template = (file: string) => `apps/charts/service/templates/${file}`;
const shared = ["prod-shared"];
const dedicated = ["prod-shared-us"];

/** A policy that opens every tenant to every namespace, both ways. */
export const openPolicy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: open
spec:
  podSelector: {}
  policyTypes:
    - Egress
    - Ingress
  ingress:
    - from:
        - namespaceSelector: {}
  egress:
    - to:
        - namespaceSelector: {}
`;

/** Of rules about tenants: a fixture each, named after the rule. */
export const tenantMutations: Record<string, Mutation> = {
  "application-authority": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit("clusters/base/applicationsets/kustomization.yaml", "- FailOnSharedResource=true", "- Replace=true"),
    expected: { file: "clusters/base/applicationsets/tenants.yaml" },
    also: ["kubernetes-schema"],
  },
  codeowners: {
    clusters: shared,
    break: (fleet) =>
      fleet.edit(".github/CODEOWNERS", "/tenants/wonka/ @murima2025/wonka", "/tenants/wonka/ @murima2025/stark"),
    expected: { file: ".github/CODEOWNERS", line: 8 },
  },
  "grant-scope": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit("apps/tenant/grant/rolebinding.yaml", "name: deployer-tenant\n", "name: tenant-reader\n"),
    expected: { file: "apps/tenant/grant/rolebinding.yaml", application: "prod-shared/grant-wonka" },
    also: ["project-rights"],
  },
  "network-policy": {
    break: (fleet) =>
      fleet.edit(template("networkpolicy.yaml"), "- protocol: TCP\n          port: metrics", "- port: metrics"),
    expected: { file: template("networkpolicy.yaml") },
  },
  "object-metadata": {
    break: (fleet) =>
      fleet.edit(template("serviceaccount.yaml"), "metadata:\n", "metadata:\n  finalizers:\n    - example.com/never\n"),
    expected: { file: template("serviceaccount.yaml") },
  },
  "priority-class": {
    break: (fleet) =>
      fleet.edit(
        template("deployment.yaml"),
        "priorityClassName: {{ $workload.priorityClassName | quote }}",
        "priorityClassName: system-cluster-critical",
      ),
    expected: { file: template("deployment.yaml") },
  },
  "project-rights": {
    clusters: ["prod-shared"],
    break: (fleet) =>
      fleet.edit(
        "clusters/base/deployers/tenants/deployer-tenant.yaml",
        "      - configmaps\n",
        "      - configmaps\n      - pods\n",
      ),
    expected: { file: "clusters/base/deployers/tenants/deployer-tenant.yaml" },
  },
  "project-scope": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit(
        "apps/tenant/grant/appproject.yaml",
        "      kind: ConfigMap\n",
        '      kind: ConfigMap\n    - group: ""\n      kind: ResourceQuota\n',
      ),
    expected: { file: "apps/tenant/grant/appproject.yaml", application: "prod-shared/grant-stark" },
    also: ["project-rights"],
  },
  "host-certificate": {
    clusters: ["prod-shared"],
    break: (fleet) =>
      fleet.edit(
        "clusters/prod-shared/platform/gateway/kustomization.yaml",
        "  - ../../../../apps/platform/gateway/components/tenants\n",
        "",
      ),
    expected: { severity: "error" },
  },
  "token-keys": {
    break: (fleet) => fleet.edit("apps/services/auth-service/values.yaml", "keys: true", "keys: false"),
    expected: { file: "apps/platform/gateway/tokens.yaml" },
  },
  "quota-capacity": {
    clusters: dedicated,
    break: (fleet) =>
      fleet.edit(`${components}/plans/enterprise/resourcequota.yaml`, 'requests.cpu: "64"', 'requests.cpu: "240"'),
    expected: { file: "clusters/prod-shared-us/facts/cluster.yaml", line: 63 },
  },
  "rbac-escalation": {
    break: (fleet) =>
      fleet.edit("clusters/base/deployers/grants/clusterrole.yaml", /    resourceNames:\n(      - .*\n)+/, ""),
    expected: { file: "clusters/base/deployers/grants/clusterrole.yaml" },
  },
  "service-exposure": {
    break: (fleet) => fleet.edit(template("service.yaml"), "type: ClusterIP", "type: LoadBalancer"),
    expected: { file: template("service.yaml") },
  },
  "tenant-components": {
    clusters: shared,
    break: (fleet) => fleet.edit(grant, "plans/starter", "plans/business"),
    expected: { file: grant, line: 9 },
  },
  "tenant-hosts": {
    clusters: shared,
    break: (fleet) => fleet.edit(facts, "wonka.customers.murima2025.com", "wonka.shared.murima2025.com"),
    expected: { file: facts, line: 23 },
    also: ["tenant-components"],
  },
  "tenant-id": {
    clusters: shared,
    break: (fleet) => fleet.write("tenants/stark-eu/tombstone.yaml", tombstone("stark-eu")),
    expected: { file: "tenants/stark-eu/tombstone.yaml" },
  },
  "tenant-isolation": {
    clusters: shared,
    async break(fleet) {
      await fleet.manifest("apps/tenant/grant/open.yaml", openPolicy);
      await fleet.edit(
        "apps/tenant/grant/kustomization.yaml",
        "  - ./namespace.yaml\n",
        "  - ./namespace.yaml\n  - ./open.yaml\n",
      );
    },
    expected: { application: "prod-shared/grant-stark" },
  },
  "tenant-label": {
    break: (fleet) =>
      fleet.edit(template("configmap.yaml"), "  labels:\n", "  labels:\n    murima2025.com/tenant: stark\n"),
    expected: { file: template("configmap.yaml") },
  },
  "tenant-placement": {
    clusters: shared,
    break: (fleet) => fleet.edit("clusters/prod-shared/facts/cluster.yaml", "residency: eu", "residency: us"),
    expected: { file: "tenants/wonka/facts/tenant.yaml", line: 17 },
  },
  "tenant-quota": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit(`${components}/plans/starter/resourcequota.yaml`, 'count/secrets: "40"', 'count/secrets: "1e3"'),
    expected: { file: `${components}/plans/starter/resourcequota.yaml` },
  },
  "tenant-state": {
    clusters: shared,
    break: (fleet) =>
      fleet.edit(
        facts,
        "  state: active\n",
        '  state: active\n  offboarding:\n    reason: none\n    frozen: "2026-11-23"\n',
      ),
    expected: { file: facts },
  },
  "tenant-values": {
    clusters: dedicated,
    break: (fleet) => fleet.edit("tenants/soylent/values.yaml", "publicHost:", "route:\n  enabled: true\npublicHost:"),
    expected: { file: "tenants/soylent/values.yaml", line: 4 },
  },
};

/** What is left of a customer; valid but for what a test changes. */
export function tombstone(id: string, host = `${id}.example`, cidrs = "[]"): string {
  return `---
# yaml-language-server: $schema=../../schemas/tombstone.json
apiVersion: gitops.murima2025.com/v1
kind: Tombstone
metadata:
  name: ${id}
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  hosts:
    - ${host}
  cidrs: ${cidrs}
  erased: "2026-11-23"
  erasures:
    - store: postgresql
      time: "2026-11-22T02:00:00Z"
      evidence: OPS-1
`;
}
