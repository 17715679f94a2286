import type { Rule } from "../rule.ts";

/** Guide 1.1: vCPUs, GiB of memory and of storage. Load balancers need no storage. */
const minimum = {
  applications: [4, 16, 100],
  loadBalancers: [2, 4, 0],
  postgresql: [8, 32, 500],
  redis: [2, 8, 50],
  elasticsearch: [4, 16, 200],
  mongodb: [4, 16, 200],
  allInOne: [8, 32, 500],
} as const;

const stores = [minimum.postgresql, minimum.redis, minimum.elasticsearch, minimum.mongodb];

export const hardwareMinimum: Rule = {
  id: "hardware-minimum",
  severity: "error",
  holds:
    "A cluster offers at least what the guide asks for: one server of all in dev and testing, one of each role above.",
  because: "Pods that find no node wait, and a store without memory loses its cache before it loses data.",
  *check({ documents, sources }) {
    for (const { file, document } of documents.clusters.values()) {
      const { environment, stores: kept, capacity } = document.spec;
      const isSmall = (documents.environments.get(environment)?.document.spec.rank ?? 9) <= 2;
      // A cloud's managed stores are no load of the cluster.
      const roles = isSmall
        ? [minimum.allInOne]
        : [minimum.applications, minimum.loadBalancers, ...(kept.mode === "operator" ? stores : [])];
      for (const [index, name] of (["cpu", "memory", "storage"] as const).entries()) {
        const needed = roles.reduce((sum, role) => sum + role[index]!, 0);
        const offered = Number.parseInt(capacity[name], 10);
        if (offered >= needed) continue;
        const unit = name === "cpu" ? "CPUs" : "GiB";
        const message = `offers ${offered} ${unit} of ${name}, less than the ${needed} that are needed`;
        yield {
          file,
          ...sources.locate(file, ["spec", "capacity", name]),
          message,
          fix: "add nodes, or correct the figure",
        };
      }
    }
  },
};
