/** The firewall's programs: the plugin itself, and Coraza with a newer rule set. Asked with what the fleet renders. */
import { run } from "../../scripts/lib/io/process.ts";
import { isProgramBuilt, testProgram } from "../support/go-programs.ts";

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

export const areBuilt = (await Promise.all(programs.map(isProgramBuilt))).every(Boolean);

/** What a program makes of each request. */
export async function ask(name: Program, config: Configuration, requests: readonly Request[]): Promise<Verdict[]> {
  const program = await testProgram(name);
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
