import { services } from "./scenarios/services.ts";
import type { Scenario } from "./scenarios/stage.ts";
import { tenants } from "./scenarios/tenants.ts";

/** What the lab plays, in this order: each leaves the cluster as it found it. */
export const scenarios: readonly Scenario[] = [...services, ...tenants];
