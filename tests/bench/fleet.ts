import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Change } from "../../scripts/lib/core/change.ts";
import { ToolError } from "../../scripts/lib/core/errors.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readTree, temporaryFolder } from "../../scripts/lib/io/files.ts";
import { run as runProgram } from "../../scripts/lib/io/process.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { changeOfService, generatedFleet } from "./support/fleet.ts";
import { naiveLoop } from "./support/loop.ts";
import type { Measurement } from "./support/measure.ts";
import { modelOf } from "./support/model.ts";

const service = "case-service";

/** Measures validate on generated fleets, beside the loop a user would write, in one run on one machine. */
export async function benchFleet(io: CommandIo, sizes: readonly number[]): Promise<void> {
  const { tree } = await readTree(io.cwd);
  const { cluster } = await modelOf(io);
  const sample = tree.paths.map((file): Change => ({
    path: file,
    content: new TextDecoder().decode(tree.bytes(file)),
  }));
  const generated = sizes.map((size) => [String(size), generatedFleet(tree, cluster, size)] as const);
  const lines = [
    "| fleet | run | Applications | objects | processes | read s | render s | check s | whole s | peak MiB | loop s | loop / render |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
  ];
  for (const [name, files] of [["sample", sample] as const, ...generated]) {
    for (const { run, measurement, loop } of await measureFleet(io, name, files, changeOfService(tree, service))) {
      lines.push(row(name, run, measurement, loop));
    }
  }
  io.stdout.write(`${lines.join("\n")}\n`);
}

interface Run {
  run: string;
  measurement: Measurement;
  /** Milliseconds of the loop beside it. */
  loop?: number;
}

async function measureFleet(io: CommandIo, name: string, files: readonly Change[], change: Change): Promise<Run[]> {
  const folder = await temporaryFolder("bench");
  const root = path.join(folder.path, "repository");
  const say = (what: string) => io.stderr.write(`${name}: ${what}\n`);
  const put = async ({ path: file, content }: Change) => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    if (content !== null) await writeFile(path.join(root, file), content);
  };
  const measure = async (): Promise<Measurement> => {
    const env = { ...io.env, XDG_CACHE_HOME: path.join(folder.path, "cache"), HOME: folder.path } as Record<
      string,
      string
    >;
    const script = path.join(import.meta.dirname, "support/measure.ts");
    const {
      exitCode: code,
      stdout,
      stderr,
    } = await runProgram([process.execPath, script, root], { env, timeout: 900_000 });
    if (code !== 0) throw new ToolError(`a measured run ended with ${code}: ${stderr.slice(0, 500)}`);
    return JSON.parse(stdout) as Measurement;
  };
  const forget = () => rm(path.join(folder.path, "cache/murima2025-gitops/render"), { recursive: true, force: true });
  try {
    for (const file of files) await put(file);
    await measure(); // Unpacks the programs, and warms the page cache for both sides alike.
    // In turn, so that a slow minute of the machine slows both; small fleets often enough for a median.
    const pairs: { loop: number; cold: Measurement }[] = [];
    for (let round = 0; round < (files.length > 2_000 ? 1 : 3); round++) {
      say("loop");
      const loop = await measureLoop(io, root, folder.path);
      await forget();
      say("cold");
      pairs.push({ loop, cold: await measure() });
    }
    const ratio = ({ loop, cold }: (typeof pairs)[number]) => loop / cold.render;
    const { loop, cold } = pairs.toSorted((one, two) => ratio(one) - ratio(two))[Math.floor(pairs.length / 2)]!;
    say("warm");
    const warm = await measure();
    await put(change);
    say("one service changed");
    const changed = await measure();
    return [
      { run: "cold", measurement: cold, loop },
      { run: "warm", measurement: warm },
      { run: "one service changed", measurement: changed },
    ];
  } finally {
    await folder.remove();
  }
}

async function measureLoop(io: CommandIo, root: string, folder: string): Promise<number> {
  const selection = { clusters: [], applications: ["root"] };
  const { fleet } = await loadFleet(await Repository.read(root, { env: io.env, cache: false }), { selection });
  const { script, values } = naiveLoop(fleet.applications, await findTools(io.env), folder);
  for (const [file, content] of values) await writeFile(file, content);
  const file = path.join(folder, "loop.sh");
  await writeFile(file, script);
  const started = performance.now();
  const env = { PATH: io.env["PATH"] ?? "", HOME: folder };
  const result = await runProgram(["bash", file, path.join(folder, "loop.yaml")], { cwd: root, env, timeout: 900_000 });
  if (result.exitCode !== 0)
    throw new ToolError(`the loop ended with ${result.exitCode}: ${result.stderr.slice(0, 500)}`);
  return performance.now() - started;
}

function row(fleet: string, run: string, measurement: Measurement, loop: number | undefined): string {
  const { read, render, check, applications, objects, processes, peakMemory } = measurement;
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const cells = [fleet, run, applications, objects, processes, seconds(read), seconds(render), seconds(check)];
  const whole = seconds(read + render + check);
  const beside = loop === undefined ? ["", ""] : [seconds(loop), (loop / render).toFixed(2)];
  return `| ${[...cells, whole, Math.round(peakMemory / 2 ** 20), ...beside].join(" | ")} |`;
}
