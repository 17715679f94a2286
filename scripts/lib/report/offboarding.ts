import type { Content } from "../repo/content.ts";
import { tenantFacts, tombstoneFile } from "../repo/layout.ts";
import { clustersOf } from "../tenant/lookup.ts";
import { fittingTable, type Look } from "./table.ts";

/** How far every tenant is, those that are gone too: as a table, or as JSON. */
export function offboardingReport(content: Content, format: "text" | "json", look: Look): string {
  const rows = rowsOf(content);
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  const cells = rows.map(({ tenant, state, since, plan, isolation, clusters, stores }) => [
    tenant,
    state,
    since,
    plan,
    isolation,
    clusters.join(" "),
    stores.join(" "),
  ]);
  const head = ["tenant", "state", "since", "plan", "isolation", "clusters", "stores"];
  return fittingTable(head, cells, look, { expendable: ["plan", "isolation", "stores", "clusters"] });
}

function rowsOf(content: Content) {
  const { tenants, tombstones } = content.documents;
  return [
    ...[...tenants].map(([tenant, { document }]) => {
      const { state, plan, isolation, offboarding } = document.spec;
      const backedUp = offboarding?.backups?.at(-1)?.time.slice(0, 10);
      const since = offboarding?.removed ?? backedUp ?? offboarding?.frozen ?? "";
      const clusters = clustersOf(content, tenant);
      return {
        tenant,
        state: state,
        since,
        plan: plan,
        isolation: isolation,
        clusters,
        stores: offboarding?.stores ?? [],
        file: tenantFacts(tenant),
      };
    }),
    ...[...tombstones].map(([tenant, { document }]) => ({
      tenant,
      state: "erased",
      since: document.spec.erased,
      plan: "",
      isolation: "",
      clusters: [] as string[],
      stores: [...new Set<string>(document.spec.erasures.map(({ store }) => store))].toSorted(),
      file: tombstoneFile(tenant),
    })),
  ].toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
}
