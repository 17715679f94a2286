import type { QuotaUse, TenantPlacement, TenantRow } from "../scripts/lib/report/page/data.ts";
import { Filter, isChosen, matches, Step, Tag, valuesOf } from "./parts.tsx";
import { linkTo, type Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";

/** Every customer, or one. */
export function Tenants({ tenants, route }: { tenants: readonly TenantRow[]; route: Route }) {
  const { f, state, cluster } = route.options;
  if (route.name !== "")
    return <Tenant tenant={tenants.find(({ tenant }) => tenant === route.name)} name={route.name} />;
  const rows = tenants.filter(
    (row) =>
      matches(`${row.tenant} ${row.called} ${row.plan} ${row.isolation} ${row.state} ${row.hosts.join(" ")}`, f) &&
      isChosen(row.state, state) &&
      ((cluster ?? "") === "" || row.placements.some((placement) => placement.cluster === cluster)),
  );
  return (
    <section>
      <h2>Tenants</h2>
      <Filter
        route={route}
        shown={rows.length}
        all={tenants.length}
        what="tenants"
        choices={[
          { key: "state", label: "state", values: valuesOf(tenants, (row) => row.state) },
          {
            key: "cluster",
            label: "cluster",
            values: [...new Set(tenants.flatMap(({ placements }) => placements.map((own) => own.cluster)))].toSorted(),
          },
        ]}
      />
      <Table label="Tenants" columns={columns} rows={rows} empty="No tenant matches." width="62rem" />
    </section>
  );
}

const columns: Column<TenantRow>[] = [
  {
    title: "tenant",
    width: "13rem",
    cell: ({ tenant, called }) => (
      <>
        <Step to={linkTo("tenants", tenant)}>{tenant}</Step>
        <small class="under">{called}</small>
      </>
    ),
  },
  {
    title: "state",
    width: "7rem",
    cell: ({ state }) => <Tag text={state} tone={state === "active" ? "good" : "warn"} />,
  },
  { title: "plan", width: "7rem", cell: ({ plan }) => plan },
  { title: "isolation", width: "7rem", cell: ({ isolation }) => isolation },
  { title: "ring", width: "4rem", cell: ({ ring }) => ring, isNumber: true },
  { title: "placements", cell: ({ placements }) => placements.map(({ cluster }) => cluster).join(", ") },
  { title: "hosts", cell: ({ hosts }) => hosts.join(", ") },
  { title: "quota used", width: "9rem", cell: ({ placements }) => <Fullest placements={placements} /> },
  { title: "recovery point", width: "8rem", cell: ({ recoveryPoint }) => recoveryPoint },
];

/** Of all that is limited, what is fullest. */
function Fullest({ placements }: { placements: readonly TenantPlacement[] }) {
  const fullest = placements.flatMap(({ quota }) => quota).toSorted((a, b) => b.share - a.share)[0];
  return fullest === undefined ? <span class="none">–</span> : <Share use={fullest} />;
}

function Share({ use: { name, share } }: { use: QuotaUse }) {
  return (
    <span class="share">
      <meter min={0} max={100} high={90} value={share} aria-label={name} /> {share} %
    </span>
  );
}

function Tenant({ tenant, name }: { tenant: TenantRow | undefined; name: string }) {
  if (tenant === undefined) return <p class="empty">There is no tenant {name}.</p>;
  const { called, state, plan, isolation, ring, hosts, recoveryPoint, placements, file } = tenant;
  const facts: [string, string][] = [
    ["state", state],
    ["plan", plan],
    ["isolation", isolation],
    ["ring", String(ring)],
    ["hosts", hosts.join(", ") || "none of its own"],
    ["recovery point", recoveryPoint],
    ["written in", file],
  ];
  return (
    <section>
      <p class="trail">
        <a href={linkTo("tenants")}>Tenants</a> / {tenant.tenant}
      </p>
      <h2>{called}</h2>
      <dl class="facts">
        {facts.map(([what, text]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {placements.map(({ cluster, isRouted, recovery, quota }) => (
        <section key={cluster}>
          <h3>
            <Step to={linkTo("applications", "", { cluster, f: tenant.tenant })}>{cluster}</Step>{" "}
            {isRouted && <Tag text="hosts lead here" />}
          </h3>
          <p class="quiet">
            {recovery === "" ? "Nothing is known of its stores." : `Its stores can lose ${recovery}.`}
          </p>
          <Table
            label={`Quota on ${cluster}`}
            columns={quotaColumns}
            rows={quota}
            empty="It has no quota here, or it is not rendered."
          />
        </section>
      ))}
    </section>
  );
}

const quotaColumns: Column<QuotaUse>[] = [
  { title: "quota", cell: ({ name }) => name },
  { title: "used at most", cell: ({ used }) => used, isNumber: true },
  { title: "limit", cell: ({ limit }) => limit, isNumber: true },
  { title: "share", width: "11rem", cell: (use) => <Share use={use} /> },
];
