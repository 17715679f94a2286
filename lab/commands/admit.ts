import { type CommandIo, lookOf } from "../../scripts/lib/command/io.ts";
import { type ExitCode, exitCode } from "../../scripts/lib/core/errors.ts";
import { type Finding, sortFindings } from "../../scripts/lib/core/finding.ts";
import type { JsonObject } from "../../scripts/lib/core/json.ts";
import { engineOf } from "../../scripts/lib/engine/engine.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { findingsText } from "../../scripts/lib/report/validation.ts";
import { admissionText, admitFleet, installDefinitions } from "../admit.ts";
import type { Api } from "../api.ts";
import { compareMutations } from "../compare.ts";
import { startControlPlane } from "../control-plane.ts";
import { definitionsFor, definitionsOfKinds } from "../definitions.ts";
import { compareJudge } from "../judge.ts";
import { labProgram } from "../programs.ts";

/** Seed of the mutations: a run can be repeated. */
const seed = 20261123;

export interface AdmitOptions {
  clusters: readonly string[];
  mutations: number;
}

/** Asks a real API server about every object of the fleet, and about random mutations of them. */
export async function labAdmit(io: CommandIo, { clusters, mutations }: AdmitOptions): Promise<ExitCode> {
  const program = await labProgram(io.cwd, io.env, "control");
  const selection = { clusters, applications: [] };
  const { fleet, findings } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
  const { definitions: found, missing } = await definitionsFor(fleet, io.env);
  const definitions = definitionsOfKinds(fleet, found);
  const started = performance.now();
  const plane = await startControlPlane(program, { controllers: false });
  try {
    io.stderr.write(`API server ready after ${seconds(performance.now() - started)} s\n`);
    await installDefinitions(plane.api, definitions);
    io.stderr.write(`${definitions.length} definitions installed\n`);
    const admission = await admitFleet(plane.api, fleet, missing);
    const all: Finding[] = [...findings, ...admission.findings];
    io.stdout.write(findingsText(sortFindings(all), lookOf(io.stdout).colour));
    io.stdout.write(admissionText(admission, all.length));
    const [cluster] = new Set(fleet.applications.map((application) => application.cluster));
    const own = fleet.applications
      .filter((application) => application.cluster === cluster)
      .flatMap((application) => application.objects)
      // Of a kind that it does not know the server says nothing else, whatever is changed.
      .filter(({ id }) => !missing.includes(id.group));
    const { agreed, disagreements } = await compareMutations(
      plane.api,
      fleet.kindsOf("1.36"),
      // Definitions come from charts as they are: no rule here is about what is in them, the engine alone judges them.
      own.map(({ object }) => object).filter(({ kind }) => kind !== "CustomResourceDefinition"),
      mutations,
      seed,
    );
    const unexplained = disagreements.filter(({ explanation }) => explanation === undefined);
    for (const { kind, what, path, ours, server } of unexplained)
      io.stdout.write(`${kind} ${path}: ${what}\n  we say: ${ours}\n  the server says: ${server}\n`);
    io.stdout.write(
      `${mutations} mutations (seed ${seed}): ${agreed} judged alike, ${disagreements.length - unexplained.length} differences explained, ${unexplained.length} not\n`,
    );
    const judged = await judge(
      io,
      plane.api,
      definitions,
      own.map(({ object }) => object),
      mutations,
    );
    return all.length > 0 || unexplained.length > 0 || judged > 0 ? exitCode.findings : exitCode.done;
  } finally {
    await plane.stop();
  }
}

/** Holds the engine's verdicts against the server's; returns on how many they differ. */
async function judge(
  io: CommandIo,
  api: Api,
  definitions: readonly JsonObject[],
  objects: readonly JsonObject[],
  mutations: number,
): Promise<number> {
  const engine = await engineOf(io.env, 120_000);
  if (engine === undefined) {
    io.stdout.write("the engine was not compared with the server: it is not built (bun run engine)\n");
    return 0;
  }
  const compared = await compareJudge(api, engine, definitions, objects, mutations, seed);
  for (const [how, { asked, refused, differences }] of Object.entries(compared)) {
    for (const { object, what, path, engine: ours, server } of differences)
      io.stdout.write(
        `${object} ${path}: ${what} (${how})\n  the engine says: ${ours}\n  the server says: ${server}\n`,
      );
    io.stdout.write(
      `${asked} mutations judged by the engine (${how}): the server refuses ${refused}, ${differences.length} differ\n`,
    );
  }
  return compared.create.differences.length + compared.update.differences.length;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
