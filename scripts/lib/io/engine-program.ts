import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";

import { UsageError } from "../core/errors.ts";
import { cacheFolder } from "./cache.ts";
import { readTree } from "./files.ts";
import { ownCheckout } from "./schemas.ts";

type Env = Record<string, string | undefined>;

/** The engine as it is on this machine. */
export interface EngineProgram {
  program: string;
  /** Names the sources that it was built of: equal names, equal engines. */
  identity: string;
}

/** What turns it off: everything goes by the stock programs then. */
const off = "off";

/**
 * The engine of this version of its sources, or the one that GITOPS_ENGINE names; undefined where there is none, or
 * GITOPS_ENGINE says off, or a stock program is named.
 */
export async function findEngine(env: Env): Promise<EngineProgram | undefined> {
  const named = env["GITOPS_ENGINE"] ?? "";
  // Who names a program wants to see that one run.
  const isProgramNamed = ["GITOPS_HELM", "GITOPS_KUBECTL"].some((name) => (env[name] ?? "") !== "");
  if (named === off || (named === "" && isProgramNamed)) return undefined;
  if (named !== "") {
    if (!existsSync(named))
      throw new UsageError(`GITOPS_ENGINE names ${named}, which is not there: name an engine, or say off`);
    return { program: named, identity: sha256(await readFile(named)) };
  }
  const identity = await engineIdentity();
  const program = enginePlace(env, identity);
  return existsSync(program) ? { program, identity } : undefined;
}

/** Where the engine of an identity is, or will be. */
export function enginePlace(env: Env, identity: string): string {
  return path.join(cacheFolder(env), "engine", `engine-${identity}`);
}

/** Makes the engine of one cache that of another as well, where there is one. */
export async function shareEngine(from: Env, to: Env): Promise<void> {
  const name = await engineIdentity();
  const [built, other] = [enginePlace(from, name), enginePlace(to, name)];
  if (!existsSync(built)) return;
  await mkdir(path.dirname(other), { recursive: true });
  await symlink(built, other);
}

let identity: Promise<string> | undefined;

/** Names the sources in engine/ and the versions they are linked with: its go.mod is one of them. */
export function engineIdentity(): Promise<string> {
  return (identity ??= identify());
}

async function identify(): Promise<string> {
  const { tree } = await readTree(ownCheckout, ["engine"]);
  const sources = tree.paths.filter((file) => /\.(go|mod|sum)$/.test(file) && !file.endsWith("_test.go"));
  return sha256(sources.map((file) => `${file}\0${tree.hash(file)}\0`).join(""));
}

function sha256(content: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 16);
}
