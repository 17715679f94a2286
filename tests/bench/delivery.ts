import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Change } from "../../scripts/lib/core/change.ts";
import { compareSides } from "../../scripts/lib/diff/sides.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { setImages } from "../../scripts/lib/image/bump.ts";
import { imageFiles } from "../../scripts/lib/image/deployed.ts";
import { applyChanges } from "../../scripts/lib/io/apply.ts";
import { readTree, temporaryFolder } from "../../scripts/lib/io/files.ts";
import { run } from "../../scripts/lib/io/process.ts";
import { workspaceOf } from "../../scripts/lib/io/workspace.ts";
import { generatedFleet } from "./support/fleet.ts";
import { modelOf } from "./support/model.ts";

/** How long a bump of everything takes, and what a difference costs beside one render. */
export async function benchDelivery(io: CommandIo, sizes: readonly number[]): Promise<void> {
  io.stdout.write("| tenants' pins | images | read, s | planned, s | written, s |\n| --: | --: | --: | --: | --: |\n");
  for (const pins of sizes) io.stdout.write(`${row(await measureBump(io, pins))}\n`);
  io.stdout.write(
    "\n| Applications | cold render, s | difference of a change to the chart, base cached, s | ratio |\n| --: | --: | --: | --: |\n",
  );
  io.stdout.write(`${row(await measureDiff(io, 1000))}\n`);
}

const row = (cells: readonly (number | string)[]) => `| ${cells.join(" | ")} |`;
const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);

/** The sample fleet, and own copies of all ten services for as many tenants as make the pins. */
async function measureBump(io: CommandIo, pins: number) {
  const folder = await temporaryFolder("bench");
  try {
    const { tree } = await readTree(io.cwd);
    const { dedicated } = await modelOf(io);
    const copies: Change[] = Array.from({ length: Math.ceil(pins / 10) }, (_, number) =>
      tree.below(`tenants/${dedicated}`).map((file) => ({
        path: file.replace(dedicated, `copy${number}x`),
        content: tree.text(file).replaceAll(dedicated, `copy${number}x`),
      })),
    ).flat();
    await applyChanges(await workspaceOf(folder.path, io.env), [
      ...tree.paths.map((file) => ({ path: file, content: tree.text(file) })),
      ...copies,
    ]);
    const started = performance.now();
    const content = await Repository.read(folder.path, { env: io.env });
    const read = performance.now();
    const targets = imageFiles(content).map((image) => ({ image, tag: "v9.0.0", digest: `sha256:${"a".repeat(64)}` }));
    const { changes } = setImages(content, targets, { today: "2026-11-23", allowDowngrade: false });
    const planned = performance.now();
    await applyChanges(await workspaceOf(folder.path, io.env), changes);
    const written = performance.now();
    return [pins, changes.length, seconds(read - started), seconds(planned - read), seconds(written - planned)];
  } finally {
    await folder.remove();
  }
}

/** A label more in every object of the chart. Both in one run: the cold render keeps nothing, the difference has its base. */
async function measureDiff(io: CommandIo, applications: number) {
  const folder = await temporaryFolder("bench");
  const cache = await temporaryFolder("bench");
  try {
    const { tree } = await readTree(io.cwd);
    await applyChanges(
      await workspaceOf(folder.path, io.env),
      generatedFleet(tree, (await modelOf(io)).cluster, applications),
    );
    const git = (...args: string[]) =>
      run(["git", "-C", folder.path, "-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args]);
    for (const args of [
      ["init", "--quiet"],
      ["add", "--all"],
      ["commit", "--quiet", "--message", "fleet"],
    ])
      await git(...args);
    const env = { ...io.env, XDG_CACHE_HOME: cache.path };
    const selection = { clusters: [], applications: [] };
    await loadFleet(await Repository.read(folder.path, { env }), { selection });
    const chart = path.join(folder.path, "apps/charts/service/templates/service.yaml");
    await writeFile(
      chart,
      (await readFile(chart, "utf8")).replace("type: ClusterIP", "sessionAffinity: ClientIP\n  type: ClusterIP"),
    );
    const started = performance.now();
    const { fleet } = await loadFleet(await Repository.read(folder.path, { env, cache: false }), { selection });
    const cold = performance.now();
    const repository = await Repository.read(folder.path, { env });
    await compareSides(await repository.at("HEAD"), repository);
    const compared = performance.now();
    const ratio = (compared - cold) / (cold - started);
    return [fleet.applications.length, seconds(cold - started), seconds(compared - cold), ratio.toFixed(2)];
  } finally {
    await Promise.all([folder.remove(), cache.remove()]);
  }
}
