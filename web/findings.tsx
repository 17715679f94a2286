import type { FindingRow, PageData } from "../scripts/lib/report/page/data.ts";
import { ApplicationLink, Filter, isChosen, matches, Tag, valuesOf } from "./parts.tsx";
import type { Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";

/** What is wrong, and what was not judged. */
export function Findings({ data: { findings, left }, route }: { data: PageData; route: Route }) {
  const { f, severity } = route.options;
  const rows = findings.filter(
    (row) =>
      isChosen(row.severity, severity) &&
      matches(`${row.rule} ${row.place} ${row.object} ${row.message} ${row.applications.join(" ")}`, f),
  );
  return (
    <>
      <section>
        <h2>Findings</h2>
        <Filter
          route={route}
          shown={rows.length}
          all={findings.length}
          what="findings"
          choices={[{ key: "severity", label: "severity", values: valuesOf(findings, (row) => row.severity) }]}
        />
        <Table
          label="Findings"
          columns={columns}
          rows={rows}
          empty={findings.length === 0 ? "Nothing is wrong in what was checked." : "No finding matches."}
          width="54rem"
        />
      </section>
      <section>
        <h2>Not checked</h2>
        <ul class="lines">
          {left.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </>
  );
}

const columns: Column<FindingRow>[] = [
  {
    title: "",
    width: "5.5rem",
    cell: ({ severity }) => <Tag text={severity} tone={severity === "error" ? "bad" : "warn"} />,
  },
  { title: "rule", width: "11rem", cell: ({ rule }) => rule },
  {
    title: "what",
    cell: ({ message, fix, object }) => (
      <>
        <span class="text">{message}</span>
        {object !== "" && <small class="under">{object}</small>}
        {fix !== "" && <small class="under">fix: {fix}</small>}
      </>
    ),
  },
  {
    title: "where",
    width: "20rem",
    cell: ({ place, applications }) => (
      <>
        {place !== "" && <code>{place}</code>}
        {applications.slice(0, 3).map((id) => (
          <span class="under" key={id}>
            <ApplicationLink id={id} />
          </span>
        ))}
        {applications.length > 3 && <small class="under">and {applications.length - 3} more</small>}
      </>
    ),
  },
];
