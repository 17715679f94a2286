import { access, constants, mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { satisfies } from "semver";

import { ToolError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { placesIn } from "../repo/address.ts";
import { mainBranch } from "./commit.ts";
import { removeAbandonedEdits } from "./editor.ts";
import { readTree } from "./files.ts";
import { environmentsOf, settingsProblems, startedByIssues } from "./github-settings.ts";
import { GitHub, signIn } from "./github.ts";
import { remoteRepository } from "./origin.ts";
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
  const read = (file: string) => readFile(path.join(cwd, ".github", file), "utf8");
  const folder = path.join(cwd, ".github/workflows");
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(path.join(folder, file), "utf8")));
  const workflows = texts.map((text) => Bun.YAML.parse(text) as Json);
  const owners = /^\* (.*)$/m.exec(await read("CODEOWNERS"))?.[1]?.split(" ") ?? [];
  const wanted = {
    ruleset: JSON.parse(await read("rulesets/main.json")) as Json,
    organisation: JSON.parse(await read("rulesets/organisation.json")) as Json,
    environments: [...environmentsOf(workflows), ...(await environments(cwd))],
    reviewed: startedByIssues(workflows),
    platform: owners,
  };
  const at = await remoteRepository(cwd, env);
  const problems = settingsProblems(wanted, await new GitHub(await signIn(env), at).settings(mainBranch));
  if (problems.length > 0) throw new ToolError(`${problems.join("; ")} (docs/delivery.md, "Settings of GitHub")`);
  return "main is protected as .github/rulesets says; environments and secrets are for main only";
}

/** The fleet's environments: those that inputs of workflows choose from. */
async function environments(cwd: string): Promise<string[]> {
  return placesIn((await readTree(cwd, ["environments"])).tree, "environment").map(({ environment }) => environment);
}

/** What a killed secrets edit could not remove itself is removed, and named. */
export async function abandonedEdits(): Promise<string> {
  const removed = await removeAbandonedEdits();
  return removed.length === 0
    ? "nothing in the clear is in memory"
    : `removed ${removed.join(", ")}, which a killed secrets edit had not`;
}

/** The repository that --pr would propose to; what is none is no fault of the machine. */
export async function originOf(cwd: string, env: Record<string, string | undefined>): Promise<string> {
  return remoteRepository(cwd, env).then(
    ({ owner, repo }) => `${owner}/${repo}`,
    (error: Error) => `none, and only --pr and --github need one: ${error.message}`,
  );
}

/** A folder that can be written to. */
export async function writable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return folder;
}
