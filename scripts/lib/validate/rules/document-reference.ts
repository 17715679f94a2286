import { unknownName } from "../../repo/documents.ts";
import type { Rule } from "../rule.ts";

export const documentReference: Rule = {
  id: "document-reference",
  severity: "error",
  holds: "What a document names exists, and promotion goes up one rung at a time.",
  because: "A cluster of an environment that is not there is deployed by nobody's rules.",
  *check({ documents: { clusters, environments }, kubernetesVersions, sources }) {
    for (const { file, document } of clusters.values()) {
      const { environment, kubernetesVersion, peer, stores } = document.spec;
      if (!environments.has(environment)) {
        yield {
          file,
          ...sources.locate(file, ["spec", "environment"]),
          ...unknownName("environment", environment, environments.keys()),
        };
      }
      for (const [path, other] of [
        [["peer", "cluster"], peer?.cluster],
        ...(stores.shared?.with ?? []).map((name, index) => [["stores", "shared", "with", index], name] as const),
      ] as const) {
        if (other === undefined || clusters.has(other)) continue;
        yield {
          file,
          ...sources.locate(file, ["spec", ...path]),
          ...unknownName("cluster", other, clusters.keys()),
        };
      }
      if (!kubernetesVersions.includes(kubernetesVersion)) {
        const fix = `use one of ${kubernetesVersions.join(", ")}, or add the version to tools/schemas/generate.ts and run it`;
        const message = `there is no schema for Kubernetes ${kubernetesVersion}`;
        yield { file, ...sources.locate(file, ["spec", "kubernetesVersion"]), message, fix };
      }
    }
    const ranks = new Map<number, string>();
    for (const [name, { file, document }] of environments) {
      const { rank, promotesFrom, mirrors } = document.spec;
      const place = (...path: string[]) => ({ file, ...sources.locate(file, ["spec", ...path]) });
      const same = ranks.get(rank);
      if (same !== undefined)
        yield { ...place("rank"), message: `${same} has the rank ${rank} as well`, fix: "give each a rank of its own" };
      ranks.set(rank, name);
      for (const [path, other] of [
        ["promotesFrom", promotesFrom],
        ["mirrors", mirrors?.environment],
      ] as const) {
        if (other === undefined || environments.has(other)) continue;
        yield { ...place(path), ...unknownName("environment", other, environments.keys()) };
      }
      const below = promotesFrom === undefined ? undefined : environments.get(promotesFrom)?.document.spec.rank;
      if (below !== undefined && below !== rank - 1) {
        const message = `${name} (rank ${rank}) promotes from ${promotesFrom} (rank ${below})`;
        yield { ...place("promotesFrom"), message, fix: "promote from the environment one rank below" };
      }
    }
  },
};
