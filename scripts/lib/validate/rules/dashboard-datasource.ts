import { at, isObject, type Json, type JsonObject, listAt, stringAt } from "../../core/json.ts";
import { dashboards, datasources } from "../../fleet/dashboards.ts";
import type { Rule } from "../rule.ts";

/** What Grafana has by itself: its own annotations, other panels, several at once. */
const builtin: ReadonlySet<string> = new Set(["grafana", "-- Grafana --", "-- Dashboard --", "-- Mixed --"]);

export const dashboardDatasource: Rule = {
  id: "dashboard-datasource",
  severity: "error",
  needs: "clusters",
  holds:
    "Every panel and every variable of a dashboard asks a datasource, by its uid, that its cluster's Grafana is given.",
  because: "A panel whose datasource is not there shows an error to whoever looks for help, and tells nobody before.",
  *check(fleet) {
    const given = datasources(fleet);
    for (const { deployed, name, model } of dashboards(fleet)) {
      // Where no Grafana of ours is rendered, another one reads them.
      const known = given.get(deployed.cluster);
      if (known === undefined) continue;
      for (const { asker, uid } of askers(model)) {
        if (uid !== undefined && (known.has(uid) || builtin.has(uid))) continue;
        yield {
          ...deployed.at,
          message:
            uid === undefined
              ? `${asker} of ${name} names no datasource`
              : `${asker} of ${name} asks the datasource ${uid}, which Grafana of ${deployed.cluster} is not given`,
          fix: `name ${[...known].toSorted().join(" or ")}, or add the datasource to Grafana's`,
        };
      }
    }
  },
};

interface Asker {
  asker: string;
  uid: string | undefined;
}

/** All that asks: variables by queries, and the queries of panels, which ask their panel's unless they say otherwise. */
function* askers(model: JsonObject): Iterable<Asker> {
  const variables = listAt(model, "templating", "list");
  /** A variable may stand for a datasource, and is then what its value is. */
  const uidOf = (holder: Json): string | undefined => {
    const uid = stringAt(holder, "datasource", "uid");
    const named = /^\$\{?(\w+)\}?$/.exec(uid ?? "")?.[1];
    const variable = variables.find((own) => stringAt(own, "name") === named && stringAt(own, "type") === "datasource");
    return named === undefined || variable === undefined ? uid : stringAt(variable, "current", "value");
  };
  for (const variable of variables)
    if (stringAt(variable, "type") === "query")
      yield { asker: `variable ${stringAt(variable, "name")}`, uid: uidOf(variable) };
  for (const panel of panelsOf(model)) {
    const asker = `panel ${stringAt(panel, "title") ?? JSON.stringify(at(panel, "id") ?? null)}`;
    const own = uidOf(panel);
    const asked = new Set(listAt(panel, "targets").map((target) => uidOf(target) ?? own));
    // Where the two differ it is Grafana's version that decides: both have to be there.
    if (own !== undefined) asked.add(own);
    for (const uid of asked) yield { asker, uid };
  }
}

/** Panels, those inside of rows too. */
function panelsOf(holder: JsonObject): JsonObject[] {
  return listAt(holder, "panels")
    .filter(isObject)
    .flatMap((panel) => [panel, ...panelsOf(panel)]);
}
