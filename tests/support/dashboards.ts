/** Dashboards of this checkout, what is wrong with their shape, and their queries as Prometheus gets them from Grafana. */
import { at, isObject, type JsonObject, listAt, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import { selectorsOf } from "../../scripts/lib/model/promql.ts";

/** A query of a panel or of a variable, with what it has to give labels for. */
export interface Query {
  where: string;
  expression: string;
  labels: readonly string[];
}

/** What is wrong with a dashboard beside its datasources, which a rule knows, as sentences that name the file and the panel. */
export function shapeFaults(file: string, dashboard: JsonObject): string[] {
  if (isObject(at(dashboard, "dashboard")))
    return [`${file}: the model is wrapped in "dashboard": provisioning wants it bare`];
  const faults: string[] = [];
  const panels = listAt(dashboard, "panels").filter(isObject);
  for (const field of ["title", "uid"])
    if ((stringAt(dashboard, field) ?? "") === "") faults.push(`${file}: has no ${field}`);
  if (at(dashboard, "id") !== undefined) faults.push(`${file}: has an id, which is a Grafana's own: take it out`);
  if (typeof at(dashboard, "schemaVersion") !== "number") faults.push(`${file}: has no schemaVersion`);
  if (panels.length === 0) faults.push(`${file}: has no panel`);

  const ids = panels.map((panel) => at(panel, "id"));
  if (ids.some((id) => typeof id !== "number") || new Set(ids).size < ids.length)
    faults.push(`${file}: ids of panels are not one each: ${JSON.stringify(ids)}`);
  for (const panel of panels) {
    const name = stringAt(panel, "title");
    const type = stringAt(panel, "type")!;
    if (!["stat", "table", "timeseries"].includes(type))
      faults.push(`${file}: panel ${name} is of type ${type}: take stat, table or timeseries`);
    if (stringAt(panel, "fieldConfig", "defaults", "unit") === undefined)
      faults.push(`${file}: panel ${name} has no unit`);
    const targets = listAt(panel, "targets");
    if (targets.length === 0 || targets.some((target) => (stringAt(target, "expr") ?? "").trim() === ""))
      faults.push(`${file}: panel ${name} has an empty query`);
  }
  return [...faults, ...gridFaults(file, panels)];
}

function gridFaults(file: string, panels: readonly JsonObject[]): string[] {
  const faults: string[] = [];
  const places = panels.map((panel) => {
    const [x, y, w, h] = ["x", "y", "w", "h"].map((side) => Number(at(panel, "gridPos", side)));
    return { title: stringAt(panel, "title"), x: x!, y: y!, w: w!, h: h! };
  });
  for (const [index, one] of places.entries()) {
    if (!(one.x >= 0 && one.w > 0 && one.h > 0 && one.x + one.w <= 24))
      faults.push(`${file}: panel ${one.title} leaves the grid of 24 columns`);
    for (const other of places.slice(0, index))
      if (one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h)
        faults.push(`${file}: panels ${other.title} and ${one.title} lie on each other`);
  }
  return faults;
}

/** Every query, its variables filled in. Labels are those of the legend, or of the columns of a table. */
export function queriesOf(dashboard: JsonObject, variables: Readonly<Record<string, string>>): Query[] {
  const filled = (text: string) =>
    text.replaceAll(/\$(\w+)/g, (_, name: string) => {
      if (name === "__rate_interval") return "5m";
      const value = variables[name];
      if (value === undefined) throw new Error(`$${name} in ${text}: no variable of that name has a value`);
      return value;
    });
  const ofVariables = listAt(dashboard, "templating", "list").map((variable) => {
    const [, expression, label] = /^label_values\((.+), (\w+)\)$/.exec(stringAt(variable, "definition")!)!;
    return { where: `variable ${stringAt(variable, "name")}`, expression: filled(expression!), labels: [label!] };
  });
  const ofPanels = listAt(dashboard, "panels").flatMap((panel) => {
    const columns = listAt(panel, "transformations").flatMap((one) =>
      Object.keys(objectAt(one, "options", "indexByName")).filter((column) => column !== "Value"),
    );
    return listAt(panel, "targets").map((target) => ({
      where: `panel ${stringAt(panel, "title")}`,
      expression: filled(stringAt(target, "expr")!),
      labels: [
        ...columns,
        ...[...(stringAt(target, "legendFormat") ?? "").matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
      ],
    }));
  });
  return [...ofVariables, ...ofPanels].flatMap((query) => [
    query,
    // What stands on one side of an "or" has to give something as well.
    ...selectorsOf(query.expression).map((expression) => ({ where: query.where, expression, labels: [] })),
  ]);
}

/** 1 where a query gives a number that has every label; nothing where it gives none. NaN is no number: 0 by 0 shows nothing. */
export function hasResult({ expression, labels }: Query): string {
  const labelled = labels.map((label) => ` unless on (${label}) vector(1)`).join("");
  return `count((${expression}) > -Inf${labelled}) > bool 0`;
}
