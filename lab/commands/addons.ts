import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { type ExitCode, exitCode, ToolError, UsageError } from "../../scripts/lib/core/errors.ts";
import type { JsonObject } from "../../scripts/lib/core/json.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import type { Application } from "../../scripts/lib/render/application.ts";
import { labAddons } from "../addons.ts";
import type { LabAddon, Proof } from "../addons/addon.ts";
import { installDefinitions } from "../admit.ts";
import { type ControlPlane, startControlPlane } from "../control-plane.ts";
import { type RunningProgram, startProgram } from "../kubelet.ts";
import { startNetwork } from "../network.ts";
import { startNodes } from "../nodes.ts";
import { labProgram } from "../programs.ts";

/** Runs the programs of addons that can be built here, as their Deployments say, and asks each for its work. */
export async function labAddonsRun(io: CommandIo, cluster: string): Promise<ExitCode> {
  const selection = { clusters: [cluster], applications: [] };
  const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
  const { applications } = fleet;
  const chosen = labAddons.filter(({ addon }) => applications.some(({ name }) => name === `addon-${addon}`));
  if (chosen.length === 0)
    throw new UsageError(
      `${cluster} runs none of the addons whose programs the lab has: ${labAddons.map(({ addon }) => addon).join(", ")}`,
    );
  const absent = applications.filter(({ notRendered }) => notRendered !== undefined).map(({ name }) => name);
  if (absent.length > 0) throw new UsageError(`${absent.join(", ")} not rendered: bun run charts pull`);
  const built = new Map<string, string>();
  for (const name of ["control", "kwok", ...chosen.map(({ needs }) => needs)] as const)
    built.set(name, await labProgram(io.cwd, io.env, name));
  const plane = await startControlPlane(built.get("control")!, { controllers: true });
  const running: RunningProgram[] = [];
  let endNetwork = () => {};
  try {
    await startNodes(built.get("kwok")!, plane);
    const count = await bring(plane, applications, chosen);
    io.stdout.write(`${count} objects of ${cluster} are on an API server that was empty\n`);
    endNetwork = await startNetwork(plane, running);
    for (const { programs, needs } of chosen)
      for (const program of programs(built.get(needs)!)) running.push(await startProgram(plane, program));
    io.stdout.write(`${running.map(({ name }) => name).join(", ")} run, each with the rights of its ServiceAccount\n`);
    let failed = 0;
    for (const { addon, proofs } of chosen) if (!(await proven(io, plane, addon, proofs))) failed++;
    const refused = await refusedRights(running);
    for (const { name, right } of refused) io.stdout.write(`REFUSED: ${name}: ${right}\n`);
    return failed + refused.length > 0 ? exitCode.findings : exitCode.done;
  } finally {
    for (const program of running) await program.stop();
    endNetwork();
    await plane.stop();
  }
}

/** Asks an addon for its work, one after the other: what comes later needs what was before. */
async function proven(io: CommandIo, plane: ControlPlane, addon: string, proofs: readonly Proof[]): Promise<boolean> {
  for (const { what, see } of proofs) {
    const started = performance.now();
    try {
      const seen = await see(plane);
      io.stdout.write(`seen: ${addon}: ${what} (${((performance.now() - started) / 1000).toFixed(1)} s): ${seen}\n`);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      io.stdout.write(`NOT SEEN: ${addon}: ${what}: ${error.message}\n`);
      return false;
    }
  }
  return true;
}

/** Puts on the server what the chosen addons need there and are, in the order of a sync. Returns how many objects. */
async function bring(
  plane: ControlPlane,
  applications: readonly Application[],
  chosen: readonly LabAddon[],
): Promise<number> {
  const objectsOf = (...names: string[]): JsonObject[] =>
    names.flatMap((name) =>
      (applications.find((application) => application.name === name)?.objects ?? [])
        .filter(({ hooks }) => hooks.length === 0)
        .map(({ object }) => object),
    );
  // All of them: an operator asks for kinds of others.
  const definitions = objectsOf(
    ...applications.map(({ name }) => name).filter((name) => name.startsWith("definitions-")),
  );
  const before = objectsOf("platform-namespaces", "platform-priority-classes");
  const own = objectsOf(...chosen.map(({ addon }) => `addon-${addon}`));
  await installDefinitions(plane.api, definitions);
  const namespacesFirst = [
    ...before.filter(({ kind }) => kind === "Namespace"),
    ...before.filter(({ kind }) => kind !== "Namespace"),
  ];
  for (const object of [...namespacesFirst, ...own]) await plane.api.keep(object);
  return definitions.length + before.length + own.length;
}

const denied =
  /User "[^"]+" cannot \w+ resource "[^"]+" in API group "[^"]*"(?: in the namespace "[^"]+"| at the cluster scope)/g;

/** What programs asked for and were not allowed, once each: their roles are too narrow, whether it was missed or not. */
async function refusedRights(running: readonly RunningProgram[]): Promise<{ name: string; right: string }[]> {
  const found = new Map<string, { name: string; right: string }>();
  for (const { name, log } of running) {
    const text = (await Bun.file(log).text()).replaceAll('\\"', '"');
    for (const [right] of text.matchAll(denied)) found.set(`${name} ${right}`, { name, right });
  }
  return [...found.values()];
}
