import { at as valueAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

const confirm = ["Prune=confirm", "Delete=confirm"];
const never = ["Prune=false", "Delete=false"];

/** What its end takes with it, and so what has to stand before it. */
const options: Record<string, readonly string[]> = {
  Namespace: confirm,
  PersistentVolumeClaim: confirm,
  "addons.projectcapsule.dev/SopsProvider": confirm,
  "elasticsearch.k8s.elastic.co/Elasticsearch": confirm,
  "postgresql.cnpg.io/Cluster": confirm,
  "psmdb.percona.com/PerconaServerMongoDB": confirm,
  "rabbitmq.com/RabbitmqCluster": confirm,
  "redis.redis.opstreelabs.in/RedisReplication": confirm,
  "apiextensions.k8s.io/CustomResourceDefinition": never,
  "argoproj.io/ApplicationSet": never,
};

export const protectedObject: Rule = {
  id: "protected-object",
  severity: "error",
  holds:
    "What holds data goes only after somebody confirmed it; definitions and ApplicationSets don't go by themselves at all, nor does anything of root.",
  because: "A namespace takes everything in it, a definition every object of its kind (FM-05 to FM-07).",
  *check(fleet) {
    for (const { application, id, object, at } of renderedObjects(fleet)) {
      const kind = id.group === "" ? id.kind : `${id.group}/${id.kind}`;
      const wanted = application.name === "root" ? never : options[kind];
      if (wanted === undefined) continue;
      // An Application that prunes nothing protects all that it has; Argo CD never deletes a definition but by pruning it.
      const prunes = valueAt(application.manifest, "spec", "syncPolicy", "automated", "prune");
      if (id.kind === "CustomResourceDefinition" && prunes === false) continue;
      const set = (stringAt(object, "metadata", "annotations", "argocd.argoproj.io/sync-options") ?? "")
        .split(",")
        .map((option) => option.trim());
      if (wanted.every((option) => set.includes(option))) continue;
      const fix = `annotate it with argocd.argoproj.io/sync-options: ${wanted.join(",")}`;
      yield {
        ...at,
        message: `may be deleted without a word (lacks ${wanted.filter((option) => !set.includes(option)).join(", ")})`,
        fix,
      };
    }
  },
};
