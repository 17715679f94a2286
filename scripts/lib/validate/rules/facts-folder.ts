import { stringAt } from "../../core/json.ts";
import type { Rule } from "../rule.ts";

const factKinds = new Set(["Cluster", "Environment", "Tenant", "Tombstone"]);

export const factsFolder: Rule = {
  id: "facts-folder",
  severity: "error",
  holds:
    "A folder of facts holds one document, which Kustomize reads and leaves out, and its kustomization; facts lie nowhere else.",
  because: "Whatever else lay there would be deployed by every overlay that only wanted the facts.",
  *check({ tree, sources }) {
    for (const folder of [
      ...tree.folders("clusters/*/facts"),
      ...tree.folders("tenants/*/facts"),
      ...tree.folders("environments/*/facts"),
    ]) {
      for (const file of tree.below(folder)) {
        if (file === `${folder}/kustomization.yaml`) continue;
        const data = sources.data(file);
        const isLocal = stringAt(data, "metadata", "annotations", "config.kubernetes.io/local-config") === "true";
        const expected = { clusters: "cluster", tenants: "tenant", environments: "environment" }[folder.split("/")[0]!];
        if (isLocal && file === `${folder}/${expected}.yaml`) continue;
        yield {
          file,
          message: `is no fact: ${folder} holds ${expected}.yaml and nothing else`,
          fix: "move it out of the folder",
        };
      }
    }
    for (const file of tree.paths) {
      if (!file.endsWith(".yaml") || /^(clusters|tenants|environments)\/[^/]+\/(facts\/|tombstone\.yaml$)/.test(file))
        continue;
      if (/\/templates\//.test(file) || file.endsWith(".sops.yaml")) continue;
      const data = sources.data(file);
      const isFact =
        stringAt(data, "apiVersion") === "gitops.murima2025.com/v1" && factKinds.has(stringAt(data, "kind") ?? "");
      if (isFact)
        yield {
          file,
          line: 1,
          message: "is a fact outside the folders of facts",
          fix: "remove it: what reads it would believe it",
        };
    }
  },
};
