import type { PageData, Version, VersionRow } from "../scripts/lib/report/page/data.ts";
import type { ClusterRow } from "../scripts/lib/report/summary.ts";
import { Command, Filter, isChosen, matches, Step, Tag } from "./parts.tsx";
import { linkTo, type Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";

/** What runs where, and what comes next. */
export function Overview({ data, route }: { data: PageData; route: Route }) {
  const { clusters, promotions, versions } = data;
  const rows = versions.rows.filter(
    (row) => matches(searchText(row), route.options["f"]) && isChosen(row.environment, route.options["environment"]),
  );
  return (
    <>
      <Figures data={data} />
      {promotions.length > 0 && (
        <section>
          <h2>Promotions</h2>
          <ol class="promotions">
            {promotions.map(({ from, to, state, command }) => (
              <li key={to}>
                <b>
                  {from} → {to}
                </b>
                <span>{state}</span>
                {command !== undefined && <Command text={command} />}
              </li>
            ))}
          </ol>
        </section>
      )}
      <section>
        <h2>Versions</h2>
        <Filter
          route={route}
          shown={rows.length}
          all={versions.rows.length}
          what="places"
          choices={[
            {
              key: "environment",
              label: "environment",
              values: [...new Set(versions.rows.map((row) => row.environment))],
            },
          ]}
        />
        <Matrix label="Versions of services" names={versions.services} rows={rows} of={(row) => row.services} />
        {versions.orphans.length > 0 && <p class="empty">runs nowhere: {versions.orphans.join(", ")}</p>}
      </section>
      {versions.addons.length > 0 && (
        <section>
          <h2>Addons</h2>
          <Matrix
            label="Versions of addons"
            names={versions.addons}
            rows={rows.filter(({ tenant }) => tenant === undefined)}
            of={(row) => row.addons}
          />
        </section>
      )}
      <section>
        <h2>Clusters</h2>
        <Table
          label="Clusters"
          columns={clusterColumns}
          rows={clusters}
          empty="No cluster is expanded."
          width="46rem"
        />
      </section>
    </>
  );
}

function Figures({ data: { applications, clusters, findings, tenants } }: { data: PageData }) {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const rendered = applications.filter(({ notRendered }) => notRendered === undefined).length;
  const figures: [string, string, string][] = [
    ["clusters", String(clusters.length), "overview"],
    ["tenants", String(tenants.length), "tenants"],
    ["Applications rendered", `${rendered} of ${applications.length}`, "applications"],
    ["objects", String(clusters.reduce((sum, { objects }) => sum + objects, 0)), "applications"],
    ["errors", String(errors), "findings"],
  ];
  return (
    <ul class="figures">
      {figures.map(([what, figure, view]) => (
        <li key={what}>
          <a href={linkTo(view)}>
            <b class={what === "errors" && errors > 0 ? "bad" : ""}>{figure}</b> <span>{what}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

interface MatrixProps {
  label: string;
  names: readonly string[];
  rows: readonly VersionRow[];
  of: (row: VersionRow) => Record<string, Version>;
}

function Matrix({ label, names, rows, of }: MatrixProps) {
  const columns: Column<VersionRow>[] = [
    {
      title: "place",
      width: "13rem",
      cell: ({ cluster, tenant }) =>
        tenant === undefined ? (
          <Step to={linkTo("applications", "", { cluster })}>{cluster}</Step>
        ) : (
          <>
            <Step to={linkTo("tenants", tenant)}>{tenant}</Step> <small class="under">on {cluster}</small>
          </>
        ),
    },
    { title: "environment", width: "8rem", cell: ({ environment, ring }) => `${environment} ${ring}` },
    ...names.map((name): Column<VersionRow> => ({
      title: name.replace(/-service$/, ""),
      cell: (row) => <VersionCell version={of(row)[name]} />,
    })),
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={rows}
      empty="No place matches."
      isMatrix
      width={`${21 + names.length * 7}rem`}
    />
  );
}

function VersionCell({ version }: { version: Version | undefined }) {
  if (version === undefined) return <span class="none">–</span>;
  const { tag, state, note } = version;
  if (state === undefined) return <>{tag}</>;
  return (
    <span title={note}>
      <span class={state}>{tag}</span> <small class={state}>{state}</small>
      <span class="hidden">: {note}</span>
    </span>
  );
}

const clusterColumns: Column<ClusterRow>[] = [
  {
    title: "cluster",
    width: "13rem",
    cell: ({ cluster }) => <Step to={linkTo("applications", "", { cluster })}>{cluster}</Step>,
  },
  { title: "environment", cell: ({ environment }) => environment },
  { title: "model", cell: ({ model }) => model },
  { title: "Kubernetes", cell: ({ kubernetes }) => kubernetes },
  { title: "Applications", cell: ({ applications }) => applications, isNumber: true },
  { title: "rendered", cell: ({ rendered }) => rendered, isNumber: true },
  { title: "objects", cell: ({ objects }) => objects, isNumber: true },
  {
    title: "findings",
    isNumber: true,
    cell: ({ cluster, findings }) =>
      findings === 0 ? (
        0
      ) : (
        <a href={linkTo("findings", "", { f: cluster })}>
          <Tag text={String(findings)} tone="bad" />
        </a>
      ),
  },
];

const searchText = ({ cluster, tenant = "", environment, services, addons }: VersionRow) =>
  [
    cluster,
    tenant,
    environment,
    ...[services, addons].flatMap((own) => Object.values(own).map(({ tag, state = "" }) => `${tag} ${state}`)),
  ].join(" ");
