import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Fleet } from "../../scripts/lib/fleet/fleet.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { temporaryFolder } from "../../scripts/lib/io/files.ts";
import { readKubernetes } from "../../scripts/lib/io/schemas.ts";
import { Kinds } from "../../scripts/lib/model/kinds.ts";
import { rules } from "../../scripts/lib/validate/rules.ts";
import { kubeconformProgram, kubeconformSchemas } from "../support/kubeconform.ts";
import { cloneFleet } from "./support/clone.ts";
import { modelOf } from "./support/model.ts";

const repeats = 3;

/** Times every rule over fleets of rendered Applications, and schema validation beside kubeconform. */
export async function benchRules(io: CommandIo, sizes: readonly number[]): Promise<void> {
  const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), {
    selection: { clusters: [(await modelOf(io)).cluster], applications: [] },
  });
  const fleets = sizes.map((size) => cloneFleet(fleet, size));
  const times = fleets.map((own) => new Map(rules.map((rule) => [rule.id, timeOf(() => [...rule.check(own)])])));
  const head = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n| --- |${" --: |".repeat(cells.length - 1)}\n`;
  const names = fleets.map((own) => `${own.applications.length} Applications, ${objectCount(own)} objects, ms`);
  io.stdout.write(head(["rule", ...names, "growth"]));
  const row = (id: string, values: readonly number[]) => {
    const growth = values.length < 2 || values[0]! < 1 ? "" : (values.at(-1)! / values[0]!).toFixed(1);
    io.stdout.write(`| ${id} | ${values.map((value) => value.toFixed(1)).join(" | ")} | ${growth} |\n`);
  };
  for (const { id } of rules)
    row(
      id,
      times.map((own) => own.get(id)!),
    );
  row(
    "all",
    times.map((own) => [...own.values()].reduce((sum, value) => sum + value, 0)),
  );
  io.stdout.write(`\npeak memory of the whole run: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n\n`);
  await besideKubeconform(io, fleets[0]!);
}

/** The best of some runs, in milliseconds: the machine's own noise only adds. */
function timeOf(work: () => unknown): number {
  const runs = Array.from({ length: repeats }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...runs);
}

function objectCount({ applications }: Fleet): number {
  return applications.reduce((sum, { objects }) => sum + objects.length, 0);
}

async function besideKubeconform(io: CommandIo, fleet: Fleet): Promise<void> {
  const program = await kubeconformProgram(true);
  if (program === undefined) {
    io.stdout.write("kubeconform is neither on PATH nor could Go install it: not measured\n");
    return;
  }
  const kubernetes = await readKubernetes("1.36");
  const known = new Kinds(kubernetes, []);
  const objects = fleet.applications
    .flatMap((own) => own.objects.map(({ raw }) => raw))
    .filter((raw) => known.scopeOf(raw) !== undefined);
  const folder = await temporaryFolder("kubeconform");
  try {
    for (const [file, content] of Object.entries(kubeconformSchemas(kubernetes)))
      await writeFile(path.join(folder.path, file), content);
    await mkdir(path.join(folder.path, "objects"));
    const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
    await writeFile(path.join(folder.path, "objects/all.yaml"), text);
    const location = path.join(folder.path, "{{ .ResourceKind }}{{ .KindSuffix }}.json");
    // Both read the same file, compile their schemas and judge each object.
    const theirs = timeOf(() =>
      Bun.spawnSync([program, "-strict", `-schema-location=${location}`, "objects/all.yaml"], { cwd: folder.path }),
    );
    const ours = timeOf(() => {
      const kinds = new Kinds(kubernetes, []);
      for (const part of text.split("\n---\n"))
        kinds.violations(Bun.YAML.parse(part) as Parameters<Kinds["violations"]>[0]);
    });
    io.stdout.write(`| schema validation of ${objects.length} objects | ms |\n| --- | --: |\n`);
    io.stdout.write(`| ours | ${ours.toFixed(0)} |\n| kubeconform v0.7.0 | ${theirs.toFixed(0)} |\n`);
  } finally {
    await folder.remove();
  }
}
