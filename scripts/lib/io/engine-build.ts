import { chmod, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { engineIdentity, enginePlace } from "./engine-program.ts";
import { run } from "./process.ts";
import { ownCheckout } from "./schemas.ts";

type Env = Record<string, string | undefined>;

/** engine/release.json: programs that a release built of one version of the sources, by platform, as linux-x64. */
export interface EngineRelease {
  identity: string;
  files: Record<string, { url: string; sha256: string }>;
}

/** Builds the engine with Go into the user's cache, in so many milliseconds. Returns where it is. */
export async function buildEngine(env: Env, go: string, timeout: number, say: (text: string) => void): Promise<string> {
  const identity = await engineIdentity();
  const place = enginePlace(env, identity);
  const folder = path.join(ownCheckout, "engine");
  const end = performance.now() + timeout;
  const step = async (what: string, ...args: string[]) => {
    say(`${what} ...\n`);
    const left = Math.max(1_000, end - performance.now());
    const { exitCode, stderr } = await run([go, ...args], { cwd: folder, timeout: left });
    if (exitCode !== 0) throw new ToolError(`go ${args[0]} failed:\n${stderr.trim().split("\n").slice(-5).join("\n")}`);
  };
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  const { helm } = await versionsIn(folder);
  // Charts may ask for the version of Helm.
  const flags = `-s -w -X helm.sh/helm/v4/internal/version.version=v${helm}`;
  try {
    await step("downloading the modules", "mod", "download");
    await step("compiling (minutes the first time)", "build", "-trimpath", "-ldflags", flags, "-o", temporary, ".");
    await rename(temporary, place);
  } finally {
    await rm(temporary, { force: true });
  }
  return place;
}

/** Versions that engine/go.mod names. */
async function versionsIn(folder: string): Promise<{ helm: string }> {
  const text = await Bun.file(path.join(folder, "go.mod")).text();
  const helm = /helm\.sh\/helm\/v4 v(\S+)/.exec(text)?.[1];
  if (helm === undefined) throw new ToolError("engine/go.mod names no version of Helm");
  return { helm };
}

/** Fetches a released engine into the user's cache, and takes it only with the digest that the release was committed with. */
export async function fetchEngine(
  env: Env,
  { identity, files }: EngineRelease,
  say: (text: string) => void,
): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const file = files[platform];
  if (file === undefined)
    throw new ToolError(`no engine is released for ${platform}, only for ${Object.keys(files).join(", ")}: install Go`);
  say(`fetching ${file.url} ...\n`);
  const response = await fetch(file.url, { signal: AbortSignal.timeout(300_000) }).catch((error: Error) => {
    throw new ToolError(`${file.url} could not be fetched: ${error.message}`);
  });
  if (!response.ok) throw new ToolError(`${file.url} answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  if (sha256 !== file.sha256)
    throw new ToolError(`${file.url} has SHA-256 ${sha256}, expected ${file.sha256}: it is not used`);
  const place = enginePlace(env, identity);
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    await Bun.write(temporary, bytes);
    await chmod(temporary, 0o755);
    await rename(temporary, place);
  } finally {
    await rm(temporary, { force: true });
  }
  return place;
}

/** What was released; undefined where nothing was yet. */
export async function engineRelease(): Promise<EngineRelease | undefined> {
  const file = Bun.file(path.join(ownCheckout, "engine/release.json"));
  return (await file.exists()) ? ((await file.json()) as EngineRelease) : undefined;
}
