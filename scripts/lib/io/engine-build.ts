import { chmod, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../core/errors.ts";
import { lazily } from "../model/schema.ts";
import { engineIdentity, enginePlace } from "./engine-program.ts";
import { apiUrl } from "./origin.ts";
import { definedOf, run } from "./process.ts";
import { loopback } from "./registry-client.ts";
import { ownCheckout, readSchema } from "./schemas.ts";

/** Where EngineRelease lies, and what it keeps to. */
export const releaseFile = "engine/release.json";
export const releaseSchema = "schemas/engine-release.json";

type Env = Record<string, string | undefined>;

/** engine/release.json: programs that a release built of one version of the sources, by platform, as linux-x64. */
export interface EngineRelease {
  $schema?: string;
  identity: string;
  files: Record<string, { url: string; sha256: string }>;
}

/** Go, and how long it may take. */
export interface Go {
  program: string;
  env: Env;
  /** Milliseconds. */
  timeout: number;
  say: (text: string) => void;
}

/** Builds the engine into the user's cache. Returns where it is. */
export async function buildEngine(go: Go): Promise<string> {
  const place = enginePlace(go.env, await engineIdentity());
  await mkdir(path.dirname(place), { recursive: true });
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    await compileEngine(go, [{ what: "compiling (minutes the first time)", file: temporary, variables: {} }]);
    await rename(temporary, place);
  } finally {
    await rm(temporary, { force: true });
  }
  return place;
}

/**
 * Compiles the engine, once for each file that is asked for, with variables of Go's own. Nothing of this machine gets into it: the
 * same sources and the same Go give the same bytes anywhere, so that anybody can compare what was released with their own.
 */
export async function compileEngine(
  { program, env, timeout, say }: Go,
  outputs: readonly { what: string; file: string; variables: Record<string, string> }[],
): Promise<void> {
  const folder = path.join(ownCheckout, "engine");
  const end = performance.now() + timeout;
  const step = async (what: string, variables: Record<string, string>, ...args: string[]) => {
    say(`${what} ...\n`);
    const left = Math.max(1_000, end - performance.now());
    const all = { ...definedOf(env), CGO_ENABLED: "0", ...variables };
    const { exitCode, stderr } = await run([program, ...args], { cwd: folder, timeout: left, env: all });
    if (exitCode !== 0) throw new ToolError(`go ${args[0]} failed:\n${stderr.trim().split("\n").slice(-5).join("\n")}`);
  };
  const { helm } = await versionsIn(folder);
  // Charts may ask for the version of Helm.
  const flags = `-s -w -X helm.sh/helm/v4/internal/version.version=v${helm}`;
  await step("downloading the modules", {}, "mod", "download");
  for (const { what, file, variables } of outputs)
    await step(what, variables, "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", file, ".");
}

/** Go's version as engine/go.mod names it. */
export const goVersion = async () => (await versionsIn(path.join(ownCheckout, "engine"))).go;

/** Versions that engine/go.mod names. */
async function versionsIn(folder: string): Promise<{ helm: string; go: string }> {
  const text = await Bun.file(path.join(folder, "go.mod")).text();
  const [helm, go] = [/helm\.sh\/helm\/v4 v(\S+)/, /^go (\d+\.\d+\.\d+)$/m].map((pattern) => pattern.exec(text)?.[1]);
  if (helm === undefined) throw new ToolError("engine/go.mod names no version of Helm");
  if (go === undefined) throw new ToolError("engine/go.mod names no version of Go");
  return { helm, go };
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
  const bytes = await download(env, file.url);
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

/** A file of GitHub or of a mirror. Every step is encrypted, but on loopback; a token goes to the GitHub it is for alone. */
async function download(env: Env, from: string): Promise<Uint8Array> {
  const isOf = (url: URL, other: string) => url.origin === URL.parse(other)?.origin;
  const isOpen = (url: URL) => loopback.test(url.host) && isOf(url, from);
  const { GITHUB_TOKEN: token = "" } = env;
  const signal = AbortSignal.timeout(300_000);
  let target = URL.parse(from);
  for (let redirects = 0; redirects <= 5; redirects++) {
    if (target === null) throw new ToolError(`${from} leads to what is no address`);
    if (target.protocol !== "https:" && !isOpen(target))
      throw new ToolError(`${from} leads to ${target.origin}, without encryption: it is not fetched`);
    const headers = {
      accept: "application/octet-stream",
      ...(token !== "" && isOf(target, apiUrl(env)) ? { authorization: `Bearer ${token}` } : {}),
    };
    try {
      const response = await fetch(target, { headers, signal, redirect: "manual" });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      if (response.status < 300 || response.status >= 400) throw new ToolError(answer(from, response.status));
      target = URL.parse(response.headers.get("location") ?? "", target.href);
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError(`${from} could not be fetched: ${(error as Error).message}`);
    }
  }
  throw new ToolError(`${from} redirects too often`);
}

const answer = (url: string, status: number) =>
  `${url} answered ${status}${[401, 403, 404].includes(status) ? ": what is not public needs GITHUB_TOKEN, with the right to read contents" : ""}`;

/** What was released; undefined where nothing was yet. */
export async function engineRelease(file = path.join(ownCheckout, releaseFile)): Promise<EngineRelease | undefined> {
  if (!(await Bun.file(file).exists())) return undefined;
  const text = await Bun.file(file).text();
  const document = parseJson(text);
  const [wrong] = lazily(await readSchema(releaseSchema))(document);
  if (wrong !== undefined) throw new ToolError(`${releaseFile}: ${wrong.message}: ${wrong.fix}`);
  return document as EngineRelease;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ToolError(`${releaseFile} is no JSON: ${(error as Error).message}`);
  }
}
