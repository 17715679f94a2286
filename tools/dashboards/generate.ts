/** Regenerates the dashboards of apps/platform/dashboards: bun tools/dashboards/generate.ts */
import path from "node:path";

import { dashboardFiles } from "./dashboards.ts";

for (const [file, text] of dashboardFiles()) await Bun.write(path.join(import.meta.dirname, "../..", file), text);
