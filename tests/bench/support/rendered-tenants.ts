import path from "node:path";

import type { CommandIo } from "../../../scripts/lib/command/io.ts";
import type { Change } from "../../../scripts/lib/core/change.ts";
import { findEngine, shareEngine } from "../../../scripts/lib/io/engine-program.ts";
import { temporaryFolder } from "../../../scripts/lib/io/files.ts";
import { measureLoop, measureValidate, type Spent } from "./spend.ts";

/** The loop starts two programs a tenant: it is run once, at this size. */
const loopSize = 1000;

export const renderedHead = [
  "| tenants | run | Applications | rendered | objects | whole s | CPU s | peak MiB | loop / whole | loop CPU / CPU |",
  "| --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
];

/** Whole runs over a fleet of tenants, each in a process of its own: the loop, cold, and warm after one tenant came. */
export async function renderedRows(
  io: CommandIo,
  root: string,
  tenants: number,
  addOne: () => Promise<readonly Change[]>,
): Promise<string[]> {
  const folder = await temporaryFolder("bench");
  const cache = { XDG_CACHE_HOME: path.join(folder.path, "cache"), HOME: folder.path };
  const say = (run: string) => io.stderr.write(`${tenants} tenants: ${run}\n`);
  try {
    await shareEngine(io.env, cache);
    const how = (await findEngine(cache)) === undefined ? "stock programs" : "engine";
    const env = { ...io.env, ...cache, GITOPS_CHARTS: path.join(folder.path, "none") };
    let loop: Spent | undefined;
    if (tenants === loopSize) {
      say("the loop");
      loop = await measureLoop(io, root, folder.path);
    }
    const row = (run: string, { wall, cpu, measurement }: Awaited<ReturnType<typeof measureValidate>>) => {
      const peak = Math.round((measurement.peakMemory + measurement.enginePeak) / 2 ** 20);
      const beside =
        loop === undefined || !run.startsWith("cold")
          ? ["", ""]
          : [(loop.wall / wall).toFixed(1), (loop.cpu / cpu).toFixed(1)];
      const { applications, processes, objects } = measurement;
      const cells = [tenants, run, applications, processes, objects, wall.toFixed(2), cpu.toFixed(2), peak, ...beside];
      return `| ${cells.join(" | ")} |`;
    };
    say("cold");
    const rows = [row(`cold, ${how}`, await measureValidate(root, env))];
    const changed = (await addOne()).map((change) => change.path);
    say("one more, warm");
    rows.push(row("one more, warm", await measureValidate(root, env, changed)));
    if (loop !== undefined)
      rows.unshift(`| ${tenants} | the loop | | | | ${loop.wall.toFixed(2)} | ${loop.cpu.toFixed(2)} | | | |`);
    return rows;
  } finally {
    await folder.remove();
  }
}
