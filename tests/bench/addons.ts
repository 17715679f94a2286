import path from "node:path";

import { run as charts } from "../../scripts/charts.ts";
import { addonPlacements, type LockedChart } from "../../scripts/lib/addon/placements.ts";
import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { UsageError } from "../../scripts/lib/core/errors.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readArchive } from "../../scripts/lib/io/archives.ts";
import { cacheFolder } from "../../scripts/lib/io/cache.ts";
import { findEngine, shareEngine } from "../../scripts/lib/io/engine-program.ts";
import { temporaryFolder } from "../../scripts/lib/io/files.ts";
import { addonOf } from "../../scripts/lib/render/source-file.ts";
import { chartServer } from "../support/chart-server.ts";
import type { Measurement } from "./support/measure.ts";
import { spend } from "./support/spend.ts";

const table = (...heads: string[]) => `| ${heads.join(" | ")} |\n| --- |${" --: |".repeat(heads.length - 1)}\n`;
const line = (...cells: (string | number)[]) => `| ${cells.join(" | ")} |\n`;
const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);

/** What each addon weighs, what the whole fleet costs with all of them, and how long a mirror takes to fill. */
export async function benchAddons(io: CommandIo): Promise<void> {
  const repository = await Repository.read(io.cwd, { env: io.env });
  const running = new Map<string, LockedChart>();
  for (const { addon, locked } of addonPlacements(repository)) if (locked !== undefined) running.set(addon, locked);
  await writeSizes(io, repository, running);
  await writeRuns(io);
  await writeMirror(io);
}

async function writeSizes(io: CommandIo, repository: Repository, running: ReadonlyMap<string, LockedChart>) {
  const { fleet } = await loadFleet(repository);
  io.stdout.write(
    table("addon", "version", "archive KiB", "definitions KiB", "definitions", "other objects", "clusters"),
  );
  for (const [addon, { version, digest, definitions }] of [...running].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const sizeOf = async (kind: "chart" | "manifests", of: string | undefined) => {
      if (of === undefined) return "";
      const bytes = await readArchive(io.env, kind, of);
      if (bytes === undefined) throw new UsageError(`the archive of ${addon} is not here: bun run charts pull`);
      return (bytes.length / 1024).toFixed(0);
    };
    const applications = fleet.applications.filter((application) => addonOf(application) === addon);
    const clusters = new Set(applications.map(({ cluster }) => cluster));
    const most = (own: (kind: string) => boolean) =>
      Math.max(
        ...[...clusters].map((cluster) =>
          applications
            .filter((application) => application.cluster === cluster)
            .reduce((sum, { objects }) => sum + objects.filter(({ id }) => own(id.kind)).length, 0),
        ),
      );
    const defined = most((kind) => kind === "CustomResourceDefinition");
    const others = most((kind) => kind !== "CustomResourceDefinition");
    const sizes = [await sizeOf("chart", digest), await sizeOf("manifests", definitions)] as const;
    io.stdout.write(line(addon, version, ...sizes, defined === 0 ? "" : defined, others, clusters.size));
  }
}

/** Validates the whole fleet, with the charts that are on this machine and a cache of its own. */
async function writeRuns(io: CommandIo) {
  const folder = await temporaryFolder("bench");
  try {
    const held = io.env["GITOPS_CHARTS"] || path.join(cacheFolder(io.env), "charts");
    io.stdout.write(
      `\n${table("run", "Applications", "objects", "read s", "render s", "check s", "whole s", "CPU s", "peak MiB")}`,
    );
    for (const [how, renderer] of [
      ["stock programs", "off"],
      ["engine", ""],
    ] as const) {
      const home = path.join(folder.path, how.replaceAll(" ", "-"));
      const cache = { XDG_CACHE_HOME: path.join(home, "cache"), HOME: home };
      if (renderer === "") {
        await shareEngine(io.env, cache);
        if ((await findEngine(cache)) === undefined) continue;
      }
      for (const run of ["cold", "warm"]) {
        io.stderr.write(`${run}, ${how}\n`);
        const env = { ...io.env, ...cache, GITOPS_ENGINE: renderer, GITOPS_CHARTS: held };
        const script = path.join(import.meta.dirname, "support/measure.ts");
        const { stdout, wall, cpu } = await spend([process.execPath, script, io.cwd], env);
        const { applications, objects, read, render, check, peakMemory, enginePeak } = JSON.parse(
          stdout,
        ) as Measurement;
        const peak = Math.round((peakMemory + enginePeak) / 2 ** 20);
        const phases = [read, render, check].map(seconds);
        io.stdout.write(
          line(`${run}, ${how}`, applications, objects, ...phases, wall.toFixed(2), cpu.toFixed(2), peak),
        );
      }
    }
  } finally {
    await folder.remove();
  }
}

async function writeMirror(io: CommandIo) {
  await using server = chartServer();
  io.stdout.write(`\n${table("charts mirror, to loopback", "artifacts", "MiB", "requests", "s")}`);
  for (const run of ["into an empty registry", "again"]) {
    const before = server.requests;
    const started = performance.now();
    const code = await charts(["mirror", "--to", server.host], { ...io, stdout: io.stderr });
    if (code !== 0)
      throw new UsageError(`charts mirror ended with ${code}: bun run charts pull brings what is missing`);
    const took = seconds(performance.now() - started);
    const bytes = [...server.blobs.values()].reduce((sum, blob) => sum + blob.length, 0);
    io.stdout.write(line(run, server.manifests.size, (bytes / 2 ** 20).toFixed(1), server.requests - before, took));
  }
}
