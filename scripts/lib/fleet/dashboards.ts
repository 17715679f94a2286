import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, renderedObjects } from "./objects.ts";

/** A dashboard in a ConfigMap. */
export interface Dashboard {
  deployed: DeployedObject;
  /** Of its file. */
  name: string;
  model: JsonObject;
}

/** Dashboards are JSON in ConfigMaps that Grafana finds by a label. */
export function dashboards(fleet: Fleet): Dashboard[] {
  return renderedObjects(fleet, "ConfigMap")
    .filter(({ object }) => stringAt(object, "metadata", "labels", "grafana_dashboard") !== undefined)
    .flatMap((deployed) =>
      Object.entries(objectAt(deployed.object, "data")).flatMap(([name, text]) => {
        const model = parsed(text, JSON.parse);
        return model === undefined ? [] : [{ deployed, name, model }];
      }),
    );
}

/** The uids of what Grafana may ask, by cluster: its provisioning file, where it is rendered. */
export function datasources(fleet: Fleet): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { cluster, object } of renderedObjects(fleet, "ConfigMap")) {
    const text = objectAt(object, "data")["datasources.yaml"];
    if (text === undefined) continue;
    const own = listAt(parsed(text, Bun.YAML.parse), "datasources").map((source) => stringAt(source, "uid") ?? "");
    found.set(cluster, new Set([...(found.get(cluster) ?? []), ...own]));
  }
  return found;
}

/** What can't be read is nothing to Grafana either. */
function parsed(text: Json, parse: (text: string) => unknown): JsonObject | undefined {
  try {
    const value = typeof text === "string" ? parse(text) : undefined;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
