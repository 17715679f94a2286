import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Change } from "../../scripts/lib/core/change.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { cacheFolder } from "../../scripts/lib/io/cache.ts";
import { findEngine, shareEngine } from "../../scripts/lib/io/engine-program.ts";
import { readTree, temporaryFolder } from "../../scripts/lib/io/files.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { changeOfService, generatedFleet } from "./support/fleet.ts";
import { naiveLoop } from "./support/loop.ts";
import type { Measurement } from "./support/measure.ts";
import { modelOf } from "./support/model.ts";
import { regressions } from "./support/regressions.ts";
import { spend, type Spent } from "./support/spend.ts";

const service = "case-service";

type Run = Spent & { run: string; measurement?: Measurement };

/**
 * Measures validate on generated fleets, by the stock programs and by the engine, beside the loop that a user would write:
 * in one run on one machine. What a run took of the processor is what other work on the machine disturbs least.
 */
export async function benchFleet(io: CommandIo, sizes: readonly number[]): Promise<string[]> {
  const { tree } = await readTree(io.cwd);
  const { cluster } = await modelOf(io);
  const sample = tree.paths.map((file): Change => ({
    path: file,
    content: new TextDecoder().decode(tree.bytes(file)),
  }));
  const generated = sizes.map((size) => [String(size), generatedFleet(tree, cluster, size)] as const);
  const lines = [
    "| fleet | run | Applications | objects | read s | render s | check s | whole s | CPU s | peak MiB | loop / whole | loop CPU / CPU |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
  ];
  for (const [name, files] of [["sample", sample] as const, ...generated]) {
    const runs = await measureFleet(io, name, files, changeOfService(tree, service));
    for (const run of runs) lines.push(row(name, run, runs[0]!));
  }
  const table = `${lines.join("\n")}\n`;
  io.stdout.write(table);
  const recorded = await Bun.file(path.join(io.cwd, "docs/benchmarks.md")).text();
  return regressions(recorded, table, "loop CPU / CPU");
}

async function measureFleet(io: CommandIo, name: string, files: readonly Change[], change: Change): Promise<Run[]> {
  const folder = await temporaryFolder("bench");
  const root = path.join(folder.path, "repository");
  const put = async ({ path: file, content }: Change) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    if (content !== null) await writeFile(path.join(root, file), content);
  };
  const cache = { XDG_CACHE_HOME: path.join(folder.path, "cache"), HOME: folder.path };
  // Found by its place: one that is named has to be read whole, to tell which it is.
  await shareEngine(io.env, cache);
  const hasEngine = (await findEngine(cache)) !== undefined;
  // Charts of addons are not in the loop: their archives are in no folder of the repository. They are measured apart.
  const none = path.join(folder.path, "none");
  const held = io.env["GITOPS_CHARTS"] || path.join(cacheFolder(io.env), "charts");
  const measure = async (run: string, renderer: string, charts = none): Promise<Run> => {
    io.stderr.write(`${name}: ${run}\n`);
    const env = {
      ...io.env,
      ...cache,
      GITOPS_ENGINE: renderer,
      GITOPS_CHARTS: charts,
    };
    const script = path.join(import.meta.dirname, "support/measure.ts");
    const { stdout, ...spent } = await spend([process.execPath, script, root], env);
    return { run, ...spent, measurement: JSON.parse(stdout) as Measurement };
  };
  const forget = () => rm(path.join(folder.path, "cache/murima2025-gitops/render"), { recursive: true, force: true });
  try {
    for (const file of files) await put(file);
    await measure("to warm up", "off"); // Unpacks the programs, and warms the page cache for all alike.
    io.stderr.write(`${name}: loop\n`);
    const runs: Run[] = [{ run: "the loop", ...(await measureLoop(io, root, folder.path)) }];
    const renderers = [["stock programs", "off"], ...(hasEngine ? [["engine", ""]] : [])] as const;
    for (const [how, renderer] of renderers) {
      await forget();
      runs.push(await measure(`cold, ${how}`, renderer));
    }
    for (const [how, renderer] of existsSync(held) && name === "sample" ? renderers : []) {
      await forget();
      runs.push(await measure(`with charts, ${how}`, renderer, held));
    }
    const last = hasEngine ? "" : "off";
    runs.push(await measure("warm", last));
    await put(change);
    runs.push(await measure("one service changed", last));
    return runs;
  } finally {
    await folder.remove();
  }
}

async function measureLoop(io: CommandIo, root: string, folder: string): Promise<Spent> {
  const selection = { clusters: [], applications: ["root"] };
  const env = { ...io.env, GITOPS_CHARTS: path.join(folder, "none") };
  const { fleet } = await loadFleet(await Repository.read(root, { env, cache: false }), { selection });
  const { script, values } = naiveLoop(fleet.applications, await findTools(io.env), folder);
  for (const [file, content] of values) await writeFile(file, content);
  const file = path.join(folder, "loop.sh");
  await writeFile(file, script);
  const { wall, cpu } = await spend(
    ["bash", file, path.join(folder, "loop.yaml")],
    { PATH: io.env["PATH"] ?? "", HOME: folder },
    root,
  );
  return { wall, cpu };
}

function row(fleet: string, { run, wall, cpu, measurement }: Run, loop: Run): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const ours =
    measurement === undefined
      ? Array.from({ length: 5 }, () => "")
      : [
          measurement.applications,
          measurement.objects,
          seconds(measurement.read),
          seconds(measurement.render),
          seconds(measurement.check),
        ];
  const peak = measurement === undefined ? "" : Math.round((measurement.peakMemory + measurement.enginePeak) / 2 ** 20);
  const isCold = run.startsWith("cold");
  const beside = isCold ? [(loop.wall / wall).toFixed(1), (loop.cpu / cpu).toFixed(1)] : ["", ""];
  return `| ${[fleet, run, ...ours, wall.toFixed(2), cpu.toFixed(2), peak, ...beside].join(" | ")} |`;
}
