import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { cacheFolder } from "./cache.ts";
import { readTree } from "./files.ts";
import { definedOf, run } from "./process.ts";

type Env = Record<string, string | undefined>;

/** A program whose sources lie in a folder with a go.mod. */
export interface GoProgram {
  name: string;
  /** Of the checkout. */
  folder: string;
  /** Of the cache: what it is for. */
  purpose: string;
  flags: readonly string[];
  /** The package that is built. */
  source: string;
}

/** Where a program is, or will be: named by its sources, so that another version is another program. */
export async function goProgramPlace(root: string, env: Env, program: GoProgram): Promise<string> {
  const { tree } = await readTree(root, [program.folder]);
  const hash = new Bun.CryptoHasher("sha256");
  for (const file of tree.paths) hash.update(`${file}\0${tree.hash(file)}\0`);
  return path.join(cacheFolder(env), program.purpose, `${program.name}-${hash.digest("hex").slice(0, 16)}`);
}

/** Builds a program unless it is there, and says where it is. */
export async function buildGoProgram(root: string, env: Env, program: GoProgram, timeout: number): Promise<string> {
  const place = await goProgramPlace(root, env, program);
  if (existsSync(place)) return place;
  const go = Bun.which("go", { PATH: env["PATH"] ?? "" });
  if (go === null) throw new ToolError(`go is not on PATH: ${program.name} is built by Go 1.26`);
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    const command = [go, "build", "-trimpath", ...program.flags, "-o", temporary, program.source] as const;
    const cwd = path.join(root, program.folder);
    // The same flags as the engine has: what both compile is compiled once.
    const own = definedOf({ ...env, CGO_ENABLED: "0" });
    const { exitCode, stderr } = await run(command, { cwd, env: own, timeout });
    if (exitCode !== 0)
      throw new ToolError(`${program.name} could not be built:\n${stderr.trim().split("\n").slice(-5).join("\n")}`);
    await rename(temporary, place);
  } finally {
    await rm(temporary, { force: true });
  }
  return place;
}
