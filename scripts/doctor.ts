import { access, constants, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { Command } from "@commander-js/extra-typings";
import { satisfies } from "semver";

import type { CommandIo } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, ToolError } from "./lib/core/errors.ts";
import type { Json } from "./lib/core/json.ts";
import { cacheFolder } from "./lib/io/cache.ts";
import { mainBranch, remoteRepository } from "./lib/io/commit.ts";
import { protectionProblems } from "./lib/io/github-ruleset.ts";
import { GitHub, signIn } from "./lib/io/github.ts";
import { run as runProgram } from "./lib/io/process.ts";
import { findTools } from "./lib/io/tools.ts";

/** Says what a machine lacks for the daily commands: everything at once, with what to do. */
export const run = runnable((io, done) =>
  new Command("doctor")
    .description("Check that this machine has what the commands need.")
    .option("--github", "compare the protection of main on GitHub with .github/rulesets as well", false)
    .addHelpText("after", "\nEnds with 0 if nothing is missing, 3 otherwise.")
    .action(async ({ github }) => {
      const checks: [what: string, look: () => Promise<string>][] = [
        ["bun", () => bunVersion(io.cwd)],
        ["git", gitVersion],
        ["helm", async () => (await findTools(io.env)).helm.version],
        ["kustomize", async () => (await findTools(io.env)).kubectl.version],
        ["cache", () => writable(cacheFolder(io.env))],
        ...(github ? [["protection", () => protection(io)] as [string, () => Promise<string>]] : []),
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

/** What stands before main on GitHub has to be what the repository says. */
async function protection(io: CommandIo): Promise<string> {
  const file = path.join(io.cwd, ".github/rulesets/main.json");
  const wanted = JSON.parse(await readFile(file, "utf8")) as Json;
  const at = await remoteRepository(io.cwd);
  if (at === undefined) throw new ToolError("the remote origin is not a GitHub repository");
  const found = await new GitHub(await signIn(io.env), at).branchRules(mainBranch);
  const problems = protectionProblems(wanted, found);
  if (problems.length > 0)
    throw new ToolError(`${problems.join("; ")}: import .github/rulesets/main.json in the repository's settings`);
  return `main is protected as .github/rulesets/main.json says (${found.length} rules)`;
}

async function writable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}

if (import.meta.main) await main(run);
