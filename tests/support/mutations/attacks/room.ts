import { type Attack, copies, template } from "./attack.ts";

/** S-05: room. */
export const room: Attack[] = [
  {
    name: "S-05 no requests under a quota",
    clusters: ["prod-shared-us"],
    rule: "pod-resources",
    attack: (fleet) => fleet.edit(template("deployment.yaml"), /          resources:\n.*\n/, ""),
  },
  {
    name: "S-05 the priority of the cluster",
    clusters: ["prod-shared-us"],
    rule: "priority-class",
    attack: (fleet) =>
      fleet.edit(
        template("deployment.yaml"),
        "priorityClassName: {{ $workload.priorityClassName | quote }}",
        "priorityClassName: system-node-critical",
      ),
  },
  {
    name: "S-05 more replicas than the quota",
    clusters: ["prod-shared-us"],
    rule: "tenant-quota",
    attack: (fleet) =>
      fleet.write(
        `${copies}/prod-shared-us/services/auth-service/values.yaml`,
        "---\n# yaml-language-server: $schema=../../../../../schemas/tenant-values.json\nautoscaling:\n  maxReplicas: 500\n",
      ),
  },
  ...(
    [
      ["pods", "-1"],
      ["count/secrets", "1.5"],
      ["requests.memory", "100m"],
      ["limits.memory", "1k"],
      ["requests.cpu", "1e3"],
    ] as const
  ).map(([name, value]): Attack => ({
    name: `B-13 ${name} ${value}`,
    clusters: ["prod-shared-us"],
    rule: "tenant-quota",
    attack: (fleet) =>
      fleet.edit(
        "apps/tenant/components/plans/enterprise/resourcequota.yaml",
        new RegExp(`${name}: .*`),
        `${name}: "${value}"`,
      ),
  })),
  {
    name: "B-13 a quota without pods",
    rule: "tenant-quota",
    attack: (fleet) =>
      fleet.edit("apps/tenant/components/plans/starter/resourcequota.yaml", /    count\/secrets: .*\n/, ""),
  },
  {
    name: "B-13 a default above the largest",
    rule: "tenant-quota",
    attack: (fleet) =>
      fleet.edit("apps/tenant/components/plans/starter/limitrange.yaml", "memory: 512Mi", "memory: 16Gi"),
  },
  ...["NodePort", "LoadBalancer"].map((type): Attack => ({
    name: `S-05 ${type}`,
    rule: "service-exposure",
    attack: (fleet) => fleet.edit(template("service.yaml"), "type: ClusterIP", `type: ${type}`),
  })),
];
