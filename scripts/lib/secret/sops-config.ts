import { pathOf, placesIn } from "../repo/address.ts";
import type { Documents } from "../repo/documents.ts";
import { secretsFolder } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { recipientsFor } from "./recipients.ts";

/** What it is made from: each has to be read, or a rule would go missing. */
export const sopsConfigDocuments = ["Cluster", "Environment", "Tenant"] as const;

/** The file as it has to be. Places without all their keys are left out: nothing can be encrypted for them yet. */
export function sopsConfig(tree: Tree, documents: Documents): string {
  const tenants = placesIn(tree, "placement").map((placement) => pathOf("placement", placement));
  const clusters = [...documents.clusters.keys()].map((cluster) => secretsFolder(cluster));
  const rules = [...clusters, ...tenants].toSorted().flatMap((folder) => {
    const recipients = recipientsFor(`${folder}/x.sops.yaml`, documents);
    if (typeof recipients === "string") return [];
    return [
      `  - path_regex: ^${folder}/[a-z0-9-]+\\.sops\\.yaml$`,
      "    encrypted_regex: ^(data|stringData)$",
      "    mac_only_encrypted: true",
      "    age:",
      ...recipients.map((recipient) => `      - ${recipient}`),
    ];
  });
  const head = [
    "---",
    "# Whom a new encrypted file is for, by its place. Generated from the facts (bun run validate --fix); read by sops.",
    "stores:",
    "  yaml:",
    "    indent: 2",
  ];
  return `${[...head, ...(rules.length === 0 ? ["creation_rules: []"] : ["creation_rules:", ...rules])].join("\n")}\n`;
}
