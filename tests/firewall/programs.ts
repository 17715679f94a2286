/** The firewall's programs: the plugin itself, and Coraza with a newer rule set. Asked with what the fleet renders. */
import { buildGoProgram, type GoProgram } from "../../scripts/lib/io/go-program.ts";
import { run } from "../../scripts/lib/io/process.ts";
import { checkout } from "../support/fleet.ts";

export const hasGo = Bun.which("go") !== null;
export const programs = ["plugin", "library"] as const;
export type Program = (typeof programs)[number];

export interface Request {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body: string;
}

export interface Verdict {
  /** Of the answer in the service's place; 0 where the request passes. */
  status: number;
  /** The same, where the body comes in one piece; the library knows no pieces. */
  atOnce?: number;
  /** That matched; the plugin does not say. */
  rules?: { id: number; tags: string[] }[];
  log: string[] | null;
}

export interface Configuration {
  directives_map: { default: string[] };
}

// As the plugin is released: variables are evaluated in the first phase that has them.
const flags = ["-tags", "coraza.rule.multiphase_evaluation"];
// Not a test's own cache: they would be built for each run, by a Go with an empty one.
const env = { ...process.env, XDG_CACHE_HOME: undefined };

const programOf = (name: Program): GoProgram => ({
  name,
  folder: `tests/firewall/${name}`,
  purpose: "firewall",
  flags,
  source: ".",
});

/** Builds them, a minute or two the first time. */
export async function buildPrograms(): Promise<void> {
  for (const name of programs) await buildGoProgram(checkout, env, programOf(name), 600_000);
}

/** What a program makes of each request. */
export async function ask(name: Program, config: Configuration, requests: readonly Request[]): Promise<Verdict[]> {
  const program = await buildGoProgram(checkout, env, programOf(name), 600_000);
  const input = [config, ...requests].map((line) => `${JSON.stringify(line)}\n`).join("");
  const { exitCode, stdout, stderr } = await run([program], { input });
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${stderr}`);
  const verdicts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
  if (verdicts.length !== requests.length)
    throw new Error(`${name} judged ${verdicts.length} of ${requests.length} requests`);
  return verdicts;
}
