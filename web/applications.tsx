import type { JsonObject } from "../scripts/lib/core/json.ts";
import { manifestText } from "../scripts/lib/render/output-files.ts";
import type { ApplicationRow, ValueRow } from "../scripts/lib/report/page/data.ts";
import { ApplicationLink, Filter, isChosen, matches, Step, Tag, valuesOf } from "./parts.tsx";
import { linkTo, type Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";
import { useObject, useUnpacked } from "./unpack.ts";

/** Every Application, or one. */
export function Applications({ applications, route }: { applications: readonly ApplicationRow[]; route: Route }) {
  const { f, cluster, rendered } = route.options;
  if (route.name !== "") {
    const application = applications.find(({ id }) => id === route.name);
    if (application === undefined) return <p class="empty">There is no Application {route.name}.</p>;
    return <Application application={application} route={route} />;
  }
  const rows = applications.filter(
    (row) =>
      isChosen(row.cluster, cluster) &&
      isChosen(row.notRendered === undefined ? "yes" : "no", rendered) &&
      matches(`${row.id} ${row.project} ${row.namespace} ${row.source}`, f),
  );
  return (
    <section>
      <h2>Applications</h2>
      <Filter
        route={route}
        shown={rows.length}
        all={applications.length}
        what="Applications"
        choices={[
          { key: "cluster", label: "cluster", values: valuesOf(applications, (row) => row.cluster) },
          { key: "rendered", label: "rendered", values: ["yes", "no"] },
        ]}
      />
      <Table label="Applications" columns={columns} rows={rows} empty="No Application matches." width="54rem" />
    </section>
  );
}

const columns: Column<ApplicationRow>[] = [
  { title: "Application", width: "24rem", cell: ({ id }) => <ApplicationLink id={id} /> },
  { title: "project", width: "10rem", cell: ({ project }) => project },
  { title: "namespace", width: "10rem", cell: ({ namespace }) => namespace },
  { title: "source", cell: ({ source }) => <code>{source}</code> },
  {
    title: "objects",
    width: "9rem",
    isNumber: true,
    cell: ({ objects, notRendered }) =>
      notRendered === undefined ? objects.length : <Tag text="not rendered" tone="warn" />,
  },
];

function Application({ application, route }: { application: ApplicationRow; route: Route }) {
  const { id, notRendered, objects, cluster } = application;
  const isValues = route.options["tab"] === "values";
  const number = Number(route.options["object"] ?? 0);
  const shown = objects
    .map((object, index) => ({ ...object, index }))
    .filter((object) =>
      matches(`${object.kind} ${object.namespace} ${object.name} ${object.file}`, route.options["f"]),
    );
  const row = objects[number];
  const object = useObject(row?.at);
  const all = useUnpacked("values", application.values)?.[id] ?? [];
  const values = all.filter((row) =>
    matches(`${row.path} ${JSON.stringify(row.value)} ${row.from}`, route.options["f"]),
  );
  return (
    <section>
      <p class="trail">
        <a href={linkTo("applications")}>Applications</a> /{" "}
        <a href={linkTo("applications", "", { cluster })}>{cluster}</a>
      </p>
      <h2>{id}</h2>
      {notRendered !== undefined && <p class="notice warning">It is not rendered: {notRendered}</p>}
      <p class="quiet">
        project {application.project}, namespace {application.namespace}, out of <code>{application.source}</code>
      </p>
      <nav class="tabs" aria-label="Parts of the Application">
        <a href={linkTo("applications", id)} aria-current={isValues ? undefined : "page"}>
          Objects <small>{objects.length}</small>
        </a>
        <a href={linkTo("applications", id, { tab: "values" })} aria-current={isValues ? "page" : undefined}>
          Values <small>{all.length}</small>
        </a>
      </nav>
      <Filter
        route={route}
        shown={isValues ? values.length : shown.length}
        all={isValues ? all.length : objects.length}
        what={isValues ? "values" : "objects"}
      />
      {isValues ? (
        <Table
          label="Values"
          columns={valueColumns}
          rows={values}
          empty="It renders no chart whose values are known."
          width="46rem"
        />
      ) : (
        <div class="split">
          <ul class="list">
            {shown.map(({ kind, namespace, name, index }) => (
              <li key={index}>
                <Step
                  to={linkTo("applications", id, { ...route.options, object: String(index) })}
                  current={index === number}
                >
                  <small>{kind}</small> {namespace === "" ? name : `${namespace}/${name}`}
                </Step>
              </li>
            ))}
          </ul>
          {object !== undefined && (
            <figure>
              <figcaption>{row?.file === "" ? "The file it is written in is not known." : row?.file}</figcaption>
              <pre tabIndex={0}>{manifestText(object as JsonObject)}</pre>
            </figure>
          )}
        </div>
      )}
    </section>
  );
}

const valueColumns: Column<ValueRow>[] = [
  { title: "value", cell: ({ path }) => <code>{path}</code> },
  { title: "is", cell: ({ value }) => <code>{JSON.stringify(value)}</code> },
  { title: "comes from", cell: ({ from }) => <code>{from}</code> },
];
