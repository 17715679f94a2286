import { counted } from "../core/count.ts";
import { visible } from "../core/visible.ts";
import { type Content, expectName } from "../repo/content.ts";
import { clustersOf } from "../tenant/lookup.ts";
import { fittingTable, type Look } from "./table.ts";

/** Every tenant, or those that are placed on a cluster: as a table, or as JSON. */
export function tenantsReport(
  content: Content,
  cluster: string | undefined,
  format: "text" | "json",
  look: Look,
): string {
  const { clusters, tenants } = content.documents;
  if (cluster !== undefined) expectName("cluster", cluster, clusters.keys());
  const rows = [...tenants]
    .map(([tenant, { document }]) => {
      const { state, plan, isolation, ring, hosts } = document.spec;
      return { tenant, state, plan, isolation, ring, clusters: clustersOf(content, tenant), hosts };
    })
    .filter((row) => cluster === undefined || row.clusters.includes(cluster))
    .toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  const cells = rows.map(({ tenant, state, plan, isolation, ring, clusters: placed, hosts }) => [
    tenant,
    state,
    plan,
    isolation,
    String(ring),
    placed.join(" "),
    visible(hosts.join(" ")),
  ]);
  const head = ["tenant", "state", "plan", "isolation", "ring", "clusters", "hosts"];
  const table = fittingTable(head, cells, look, {
    right: ["ring"],
    expendable: ["hosts", "ring", "isolation", "plan"],
  });
  return `${table}\n${counted(rows.length, "tenants")}\n`;
}
