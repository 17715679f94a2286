import { within } from "../../repo/address.ts";
import { clusterFacts, environmentFacts, publishedKeyFile, tenantFacts } from "../../repo/layout.ts";
import { recipientOf } from "../../secret/age-wrapping.ts";
import { publishes } from "../../secret/published.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const publishedKey: Rule = {
  id: "published-key",
  severity: "error",
  absolute: true,
  holds:
    "A private key lies in the repository only where the environment allows it: one key in its file, that of its own cluster, and nothing else is encrypted to it.",
  because: "Everybody has it: what is encrypted to it anywhere else is public (FM-26).",
  *check({ tree, documents, sources }) {
    const published = new Map<string, string>();
    for (const file of tree.paths.filter((path) => path.endsWith(".agekey"))) {
      const cluster = within("cluster", file)?.cluster;
      const facts = cluster === undefined ? undefined : documents.clusters.get(cluster)?.document.spec;
      if (cluster === undefined || file !== publishedKeyFile(cluster)) {
        const fix = `remove it, and replace the key; a published one is ${publishedKeyFile("CLUSTER")}`;
        yield { file, message: "is not where a private key may be", fix };
        continue;
      }
      if (facts === undefined) continue; // Its facts have errors; those are told.
      const lines = tree
        .text(file)
        .split("\n")
        .filter((text) => text.trim() !== "" && !text.startsWith("#"));
      const recipient = lines.length === 1 ? recipientOf(lines[0]!.trim()) : undefined;
      if (recipient !== undefined) published.set(recipient, cluster);
      if (!publishes(documents, cluster))
        yield {
          file,
          line: 1,
          message: `publishes a key, which ${facts.environment} does not allow`,
          fix: `remove it, and make ${cluster} a new key: bun run secrets keygen --cluster ${cluster}`,
        };
      else if (recipient !== facts.ageRecipient)
        yield {
          file,
          line: 1,
          message: `does not hold exactly one key, the private half of the key of ${cluster}`,
          fix: `put the key that bun run secrets keygen --cluster ${cluster} showed here, or remove the file`,
        };
    }
    if (published.size === 0) return;
    const refuse = (file: string, key: string, recipient: string | undefined, own?: string): RuleFinding[] => {
      const cluster = recipient === undefined ? undefined : published.get(recipient);
      if (cluster === undefined || cluster === own) return [];
      const message = `is the published key of ${cluster}: everybody has its private half`;
      return [{ file, ...sources.locate(file, ["spec", key]), message, fix: "bun run secrets keygen makes another" }];
    };
    for (const [name, { document }] of documents.clusters)
      yield* refuse(clusterFacts(name), "ageRecipient", document.spec.ageRecipient, name);
    for (const [name, { document }] of documents.environments)
      yield* refuse(environmentFacts(name), "recoveryRecipient", document.spec.recoveryRecipient);
    for (const [name, { document }] of documents.tenants)
      yield* refuse(tenantFacts(name), "ageRecipient", document.spec.ageRecipient);
  },
};
