import { structuredPatch } from "diff";

import type { Json, JsonObject } from "../scripts/lib/core/json.ts";
import { manifestText } from "../scripts/lib/render/output-files.ts";
import type { ChangeRow, PageDifference } from "../scripts/lib/report/page/data.ts";
import { ApplicationLink, Filter, isChosen, matches, Step, Tag, valuesOf } from "./parts.tsx";
import { linkTo, type Route } from "./route.ts";
import { type Column, Table } from "./table.tsx";
import { useObject } from "./unpack.ts";

const tones = { added: "good", changed: "warn", removed: "bad" } as const;

/** What a change does, what is worst first; then object by object. */
export function DifferenceView({ difference, route }: { difference: PageDifference | undefined; route: Route }) {
  if (difference === undefined) return <p class="empty">This page was made without --base.</p>;
  const { headline, base, sections, changes } = difference;
  const chosen = route.options["object"];
  const change = chosen === undefined ? undefined : changes[Number(chosen)];
  if (change !== undefined) return <SideBySide change={change} route={route} />;
  const rows = changes
    .map((row, index) => ({ ...row, index }))
    .filter(
      (row) =>
        isChosen(row.change, route.options["change"]) &&
        matches(`${row.application} ${row.object}`, route.options["f"]),
    );
  return (
    <>
      <section>
        <h2>{headline}</h2>
        <p class="quiet">Beside commit {base}.</p>
        {sections.map(({ title, isOpen, lines }) => (
          <details key={title} open={isOpen}>
            <summary data-step="">{title}</summary>
            <ul class="lines">
              {lines.map(({ depth, text }, index) => (
                <li key={index} class={`depth-${Math.min(depth, 3)}`}>
                  {text}
                </li>
              ))}
            </ul>
          </details>
        ))}
      </section>
      <section>
        <h2>Objects</h2>
        <Filter
          route={route}
          shown={rows.length}
          all={changes.length}
          what="objects"
          choices={[{ key: "change", label: "change", values: valuesOf(changes, (row) => row.change) }]}
        />
        <Table
          label="Objects that differ"
          columns={columns}
          rows={rows}
          empty="No object differs, or none matches."
          width="46rem"
        />
      </section>
    </>
  );
}

const columns: Column<ChangeRow & { index: number }>[] = [
  { title: "change", width: "7rem", cell: ({ change }) => <Tag text={change} tone={tones[change]} /> },
  {
    title: "object",
    cell: ({ object, index }) => <Step to={linkTo("difference", "", { object: String(index) })}>{object}</Step>,
  },
  { title: "Application", cell: ({ application }) => <ApplicationLink id={application} /> },
];

function SideBySide({ change, route }: { change: ChangeRow; route: Route }) {
  const isWhole = route.options["all"] === "yes";
  const [before, after] = [useObject(change.before), useObject(change.after)];
  const isThere = (change.before === null || before !== undefined) && (change.after === null || after !== undefined);
  const rows = isThere ? sideBySide(textOf(before), textOf(after), isWhole ? Number.MAX_SAFE_INTEGER : 4) : [];
  return (
    <section>
      <p class="trail">
        <a href={linkTo("difference")}>Difference</a> / {change.application}
      </p>
      <h2>
        {change.object} <Tag text={change.change} tone={tones[change.change]} />
      </h2>
      <p class="quiet">
        <a href={linkTo("difference", "", { ...route.options, all: isWhole ? "" : "yes" })}>
          {isWhole ? "Only what differs" : "All lines"}
        </a>
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Before and after">
        <table class="sides" aria-label="Before and after">
          <colgroup>
            <col class="line" />
            <col />
            <col class="line" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" colSpan={2}>
                before
              </th>
              <th scope="col" colSpan={2}>
                after
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ old, now, isGap }, index) =>
              isGap === true ? (
                <tr key={index} class="gap">
                  <td colSpan={4}>⋯</td>
                </tr>
              ) : (
                <tr key={index}>
                  <Side line={old} mark="−" tone={old?.differs === true ? "removed" : ""} />
                  <Side line={now} mark="+" tone={now?.differs === true ? "added" : ""} />
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const textOf = (object: Json | undefined) => (object === undefined ? "" : manifestText(object as JsonObject));

interface SideLine {
  number: number;
  text: string;
  differs: boolean;
}

function Side({ line, mark, tone }: { line: SideLine | undefined; mark: string; tone: string }) {
  return (
    <>
      <td class={`number ${tone}`}>{line?.number ?? ""}</td>
      <td class={`code ${line === undefined ? "nothing" : tone}`}>
        {line !== undefined && (
          <>
            <span aria-label={line.differs ? tone : undefined}>{line.differs ? mark : " "}</span> {line.text}
          </>
        )}
      </td>
    </>
  );
}

interface PairedLines {
  old?: SideLine;
  now?: SideLine;
  isGap?: boolean;
}

/** Lines of two texts beside each other: what follows each other on both sides is one row. */
function sideBySide(before: string, after: string, context: number): PairedLines[] {
  const { hunks } = structuredPatch("", "", before, after, undefined, undefined, { context });
  return hunks.flatMap(({ oldStart, newStart, lines }, index): PairedLines[] => {
    const rows: PairedLines[] = index === 0 ? [] : [{ isGap: true }];
    let [oldNumber, newNumber] = [oldStart, newStart];
    let [removed, added]: [SideLine[], SideLine[]] = [[], []];
    const flush = () => {
      for (let at = 0; at < Math.max(removed.length, added.length); at++) {
        const [old, now] = [removed[at], added[at]];
        rows.push({ ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { now }) });
      }
      [removed, added] = [[], []];
    };
    for (const line of lines) {
      const text = line.slice(1);
      if (line.startsWith("-")) removed.push({ number: oldNumber++, text, differs: true });
      else if (line.startsWith("+")) added.push({ number: newNumber++, text, differs: true });
      else if (line.startsWith(" ")) {
        flush();
        rows.push({
          old: { number: oldNumber++, text, differs: false },
          now: { number: newNumber++, text, differs: false },
        });
      }
    }
    flush();
    return rows;
  });
}
