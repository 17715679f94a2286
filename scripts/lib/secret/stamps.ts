import { createHash } from "node:crypto";

import type { Change } from "../core/change.ts";
import { stringAt } from "../core/json.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { secretStamps } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { storesNamespace } from "../store/account.ts";
import { operatorNamespace, secretsOf } from "./sops-secret.ts";

/**
 * The layers of values that say when a Secret changed: by its name, what follows from the ciphertext of its file. The chart
 * puts those that a service reads onto its pods, so that a new value starts new ones. Gives the content that each layer has
 * to have; null where there has to be none, undefined where a file could not be read and so nothing is known.
 */
export function stampLayers(content: Pick<Content, "tree" | "sources">): Map<string, string | null | undefined> {
  const { tree } = content;
  const layers = new Map<string, string | null | undefined>();
  for (const { cluster } of placesIn(tree, "cluster"))
    layers.set(
      secretStamps({ cluster }),
      layerOf(
        content,
        secretStamps({ cluster }),
        placesIn(tree, "clusterSecret", { cluster }).map((place) => pathOf("clusterSecret", place)),
      ),
    );
  for (const { tenant, cluster } of placesIn(tree, "placement")) {
    const file = secretStamps({ tenant, cluster });
    // Services of all tenants read their secrets while they run: only a tenant's own copies start anew.
    const hasServices = placesIn(tree, "tenantService", { tenant, cluster }).length > 0;
    const secrets = placesIn(tree, "tenantSecret", { tenant, cluster }).map((place) => pathOf("tenantSecret", place));
    layers.set(file, hasServices ? layerOf(content, file, secrets) : null);
  }
  return layers;
}

/** The layers that are not as they have to be, written anew. */
export function stampChanges(content: Pick<Content, "tree" | "sources">): Change[] {
  return [...stampLayers(content)].flatMap(([path, wanted]) => {
    const found = content.tree.has(path) ? content.tree.text(path) : null;
    return wanted === undefined || wanted === found ? [] : [{ path, content: wanted }];
  });
}

const elsewhere: ReadonlySet<string> = new Set([operatorNamespace, storesNamespace]);

function layerOf(
  { sources }: Pick<Content, "sources">,
  file: string,
  secrets: readonly string[],
): string | null | undefined {
  const stamps = new Map<string, string>();
  for (const path of secrets) {
    const data = sources.data(path);
    const [mac, modified] = ["mac", "lastmodified"].map((key) => stringAt(data, "sops", key));
    if (mac === undefined || modified === undefined) return undefined;
    // Keys of the operator are nobody's environment, and a store reads its half of an account while it runs.
    if (elsewhere.has(stringAt(data, "metadata", "namespace") ?? "")) continue;
    const stamp = createHash("sha256").update(`${modified}\n${mac}`).digest("hex").slice(0, 16);
    for (const { name } of secretsOf(data)) stamps.set(name, stamp);
  }
  if (stamps.size === 0) return null;
  const lines = [...stamps].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, stamp]) => `  ${name}: "${stamp}"\n`);
  return `${heading(file)}# Generated: bun run secrets and bun run validate --fix write it.\nsecretStamps:\n${lines.join("")}`;
}
