/**
 * Packs the charts that Go modules hold, into a folder that bun run charts pull --from takes:
 * bun run charts:pack FOLDER
 */
import path from "node:path";

import { writeWhole } from "../scripts/lib/io/files.ts";
import { chartModules } from "./charts/modules.ts";
import { packable, packChart } from "./charts/pack.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder: bun run charts:pack FOLDER");
for (const addon of packable) {
  const { chart, version, module } = chartModules[addon]!;
  const bytes = await packChart(addon, process.env);
  if (bytes === undefined) {
    console.error(`MISSING: ${module} could not be had`);
    process.exitCode = 1;
  } else await writeWhole(path.join(folder, `${chart}-${version}.tgz`), bytes);
}
