import type { ReachabilityData } from "../scripts/lib/report/page/data.ts";
import { Filter, matches } from "./parts.tsx";
import { Picture } from "./picture.tsx";
import type { Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";

interface Way {
  from: string;
  to: string;
  ports: string;
}

/** Who may talk to whom in a cluster: drawn, then in lines. */
export function ReachabilityView({ clusters, route }: { clusters: readonly ReachabilityData[]; route: Route }) {
  const { cluster: name, namespace = "", f } = route.options;
  const cluster = clusters.find((own) => own.cluster === name) ?? clusters[0];
  if (cluster === undefined) return <p class="empty">No cluster is expanded, so nothing is known.</p>;
  const all = waysOf(cluster);
  const ways = all.filter(
    ({ from, to, ports }) =>
      (namespace === "" || [from, to].some((end) => namespaceOf(end) === namespace)) &&
      matches(`${from} ${to} ${ports}`, f),
  );
  const namespaces = [...new Set(all.flatMap(({ from, to }) => [from, to]).map(namespaceOf))].toSorted();
  return (
    <section>
      <h2>Who may talk to whom in {cluster.cluster}</h2>
      <p class={cluster.isolated ? "verdict good" : "verdict bad"}>{verdictOf(cluster)}</p>
      {cluster.leaks.length > 0 && (
        <ul class="lines">
          {cluster.leaks.map(({ from, to, out, into }) => (
            <li key={`${from} ${to}`}>
              {from} → {to} ({out}, {into})
            </li>
          ))}
        </ul>
      )}
      <Filter
        route={route}
        shown={ways.length}
        all={all.length}
        what="ways"
        choices={[
          { key: "cluster", label: "cluster", values: clusters.map((own) => own.cluster), isRequired: true },
          { key: "namespace", label: "namespace", values: namespaces },
        ]}
      />
      <Picture
        ways={ways}
        isFine={namespace !== "" || (f ?? "") !== ""}
        groupOf={namespaceOf}
        route={{ ...route, options: { ...route.options, cluster: cluster.cluster } }}
      />
      <Table label="Ways" columns={columns} rows={ways} empty="No way matches." width="46rem" />
      <details>
        <summary>What this rests on, and what it does not prove</summary>
        <ul class="lines">
          {[...cluster.assumptions, ...cluster.unproven.map((line) => `not proven: ${line}`)].map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const columns: Column<Way>[] = [
  { title: "from", cell: ({ from }) => from },
  { title: "to", cell: ({ to }) => to },
  { title: "ports", width: "14rem", cell: ({ ports }) => ports },
];

/** What is no pod is outside; its names have no namespace. */
const outside = "outside: ";

const namespaceOf = (end: string) => (end.startsWith(outside) ? end : end.split("/")[0]!);

function waysOf({ flows, outside: out }: ReachabilityData): Way[] {
  return [
    ...flows.map(({ from, to, ports, dependsOnPlugin }) => ({
      from,
      to,
      ports: dependsOnPlugin === undefined ? ports : `${ports}; on some plugins ${dependsOnPlugin}`,
    })),
    ...out.map(({ from, to, ports }) => ({ from, to: `${outside}${to}`, ports })),
  ];
}

function verdictOf({ tenants, isolated, leaks }: ReachabilityData): string {
  if (!isolated) return `${leaks.length} ways from one tenant to another`;
  return tenants.length === 0
    ? "No tenant is placed here."
    : "No pod of a tenant reaches another's, whatever its labels.";
}
