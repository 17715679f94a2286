import { access, constants, mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { satisfies } from "semver";

import { ToolError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { mainBranch, remoteRepository } from "./commit.ts";
import { protectionProblems } from "./github-ruleset.ts";
import { GitHub, signIn } from "./github.ts";
import { run as runProgram } from "./process.ts";

/** The version of Bun, which has to be the one that package.json names. */
export async function bunVersion(root: string): Promise<string> {
  const { packageManager } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  const wanted = packageManager.replace("bun@", "");
  if (Bun.version !== wanted)
    throw new ToolError(`this is bun ${Bun.version}, needed is ${wanted}: npx -y bun@${wanted} run doctor`);
  return Bun.version;
}

/** The version of git, which has to be one that we were tried with. */
export async function gitVersion(): Promise<string> {
  const { stdout } = await runProgram(["git", "--version"]);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "";
  if (!satisfies(version, ">=2.30.0"))
    throw new ToolError(`git is ${version || "of no known version"}, needed is 2.30 or later`);
  return version;
}

/** What stands before main on GitHub has to be what the repository says. */
export async function protection(cwd: string, env: Record<string, string | undefined>): Promise<string> {
  const file = path.join(cwd, ".github/rulesets/main.json");
  const wanted = JSON.parse(await readFile(file, "utf8")) as Json;
  const at = await remoteRepository(cwd);
  if (at === undefined) throw new ToolError("the remote origin is not a GitHub repository");
  const found = await new GitHub(await signIn(env), at).branchRules(mainBranch);
  const problems = protectionProblems(wanted, found);
  if (problems.length > 0)
    throw new ToolError(`${problems.join("; ")}: import .github/rulesets/main.json in the repository's settings`);
  return `main is protected as .github/rulesets/main.json says (${found.length} rules)`;
}

/** A folder that can be written to. */
export async function writable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}
