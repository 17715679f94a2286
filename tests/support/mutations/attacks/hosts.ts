import { tombstone } from "../tenants.ts";
import { type Attack, commit, copies, facts, object } from "./attack.ts";

/** S-06: hosts and names. */
export const hosts: Attack[] = [
  ...[
    "stark.customers.murima2025.com",
    "api.shared.murima2025.com",
    "murima2025.com",
    "xn--mnchen-3ya.example",
    "10.0.0.1",
    "help.stark.example",
  ].map((host): Attack => ({
    name: `S-06 B-11 host ${host}`,
    rule: "tenant-hosts",
    attack: (fleet) => fleet.edit(facts, "- wonka.customers.murima2025.com", `- ${host}`),
  })),
  ...[
    "*",
    "*.customers.murima2025.com",
    "Wonka.example",
    "wonka.example.",
    "wonka.example:443",
    `${"a".repeat(64)}.example`,
    "",
  ].map((host): Attack => ({
    name: `S-06 B-11 no host: ${host.slice(0, 30)}`,
    rule: "document-schema",
    attack: (fleet) => fleet.edit(facts, "- wonka.customers.murima2025.com", `- ${JSON.stringify(host)}`),
  })),
  {
    name: "S-06 a host of a customer that has left",
    rule: "tenant-hosts",
    attack: (fleet) =>
      fleet.write("tenants/umbrella/tombstone.yaml", tombstone("umbrella", "wonka.customers.murima2025.com")),
  },
  {
    name: "S-06 the host of another for its own copies",
    clusters: ["prod-shared-us"],
    rule: "tenant-hosts",
    attack: (fleet) =>
      fleet.edit(`${copies}/values.yaml`, /publicHost: .*/, "publicHost: wonka.customers.murima2025.com"),
  },
  {
    name: "S-06 a route of its own",
    rule: "project-allows",
    attack: commit(
      object(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        'spec:\n  parentRefs:\n    - group: gateway.networking.k8s.io\n      kind: Gateway\n      name: public\n      namespace: gateway\n      sectionName: https\n  hostnames:\n    - help.stark.example\n  rules:\n    - matches:\n        - path:\n            type: PathPrefix\n            value: /x\n      backendRefs:\n        - group: ""\n          kind: Service\n          name: frontend\n          port: 80\n          weight: 1\n',
      ),
    ),
  },
  {
    name: "S-06 an ExternalName",
    rule: "service-exposure",
    attack: commit(
      object("v1", "Service", "spec:\n  type: ExternalName\n  externalName: frontend.tenant-stark.svc.cluster.local\n"),
    ),
  },
  {
    name: "S-06 external addresses",
    rule: "service-exposure",
    attack: commit(object("v1", "Service", "spec:\n  externalIPs:\n    - 10.28.0.1\n  ports:\n    - port: 80\n")),
  },
  {
    name: "S-06 an EndpointSlice with another's pods",
    rule: "service-exposure",
    attack: commit(
      object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "addressType: IPv4\nendpoints:\n  - addresses:\n      - 10.29.0.7\nports:\n  - port: 8080\n",
      ),
    ),
  },
  {
    name: "S-06 a grant that leads another's host",
    rule: "grant-scope",
    attack: (fleet) =>
      fleet.edit("apps/tenant/components/facts/kustomization.yaml", "fieldPath: spec.hosts", "fieldPath: spec.owners"),
  },
  {
    name: "S-06 another tenant's header",
    rule: "grant-scope",
    attack: (fleet) =>
      fleet.edit(
        "apps/tenant/components/routes/open/kustomization.yaml",
        "          - spec.rules.*.filters.0.requestHeaderModifier.set.0.value\n",
        "          - spec.rules.0.filters.0.requestHeaderModifier.set.0.value\n",
      ),
  },
];
