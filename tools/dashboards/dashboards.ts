import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

import { delivery } from "./delivery.ts";
import { edge } from "./edge.ts";
import { services } from "./services.ts";
import { stores } from "./stores.ts";
import { tenant } from "./tenant.ts";

/** Every dashboard by the file that it is written to. */
const dashboards: ReadonlyMap<string, Dashboard> = new Map([
  ["apps/platform/dashboards/delivery.json", delivery],
  ["apps/platform/dashboards/edge.json", edge],
  ["apps/platform/dashboards/services.json", services],
  ["apps/platform/dashboards/components/stores/stores.json", stores],
  ["apps/platform/dashboards/tenant.json", tenant],
]);

/** Text of each file: the model alone, without the wrapper of Grafana's API, which provisioning refuses. */
export function dashboardFiles(): Map<string, string> {
  return new Map([...dashboards].map(([file, dashboard]) => [file, `${JSON.stringify(dashboard, null, 2)}\n`]));
}
