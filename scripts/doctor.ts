import { access, constants, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { Command } from "@commander-js/extra-typings";
import { satisfies } from "semver";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, ToolError } from "./lib/core/errors.ts";
import { cacheFolder } from "./lib/io/cache.ts";
import { run as runProgram } from "./lib/io/process.ts";
import { findTools } from "./lib/io/tools.ts";

/** Says what a machine lacks for the daily commands: everything at once, with what to do. */
export const run = runnable((io, done) =>
  new Command("doctor")
    .description("Check that this machine has what the commands need.")
    .addHelpText("after", "\nEnds with 0 if nothing is missing, 3 otherwise.")
    .action(async () => {
      const checks: [what: string, look: () => Promise<string>][] = [
        ["bun", () => bunVersion(io.cwd)],
        ["git", gitVersion],
        ["helm", async () => (await findTools(io.env)).helm.version],
        ["kustomize", async () => (await findTools(io.env)).kubectl.version],
        ["cache", () => writable(cacheFolder(io.env))],
      ];
      let missing = 0;
      for (const [what, look] of checks) {
        const answer = await look().catch((error: unknown) => {
          missing++;
          return `missing: ${error instanceof Error ? error.message : String(error)}`;
        });
        io.stdout.write(`${what.padEnd(10)} ${answer}\n`);
      }
      io.stdout.write(missing === 0 ? "nothing is missing\n" : `${missing} of ${checks.length} missing\n`);
      done(missing === 0 ? exitCode.done : exitCode.tool);
    }),
);

async function bunVersion(root: string): Promise<string> {
  const { packageManager } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  const wanted = packageManager.replace("bun@", "");
  if (Bun.version !== wanted)
    throw new ToolError(`this is bun ${Bun.version}, needed is ${wanted}: npx -y bun@${wanted} run doctor`);
  return Bun.version;
}

async function gitVersion(): Promise<string> {
  const { stdout } = await runProgram(["git", "--version"]);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "";
  if (!satisfies(version, ">=2.30.0"))
    throw new ToolError(`git is ${version || "of no known version"}, needed is 2.30 or later`);
  return version;
}

async function writable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}

if (import.meta.main) await main(run);
