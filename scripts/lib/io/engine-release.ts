import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError, UsageError } from "../core/errors.ts";
import { compileEngine, type Go, goVersion } from "./engine-build.ts";
import { engineIdentity } from "./engine-program.ts";

/** Platforms as Bun names them, and as Go does. */
export const platforms = {
  "darwin-arm64": { GOOS: "darwin", GOARCH: "arm64" },
  "darwin-x64": { GOOS: "darwin", GOARCH: "amd64" },
  "linux-arm64": { GOOS: "linux", GOARCH: "arm64" },
  "linux-x64": { GOOS: "linux", GOARCH: "amd64" },
} as const;

export const programOf = (platform: string) => `engine-${platform}`;
export const sumsFile = "SHA256SUMS";
/** Which sources a folder was built of. It is not published: the tag says it. */
const identityFile = "IDENTITY";

/** A file of a release. */
export interface ReleaseFile {
  name: string;
  sha256: string;
  bytes: Uint8Array;
}

/** Builds the engine for every platform into a folder, with the sums of all. What is not whole has no sums. */
export async function releaseEngine(go: Go, folder: string): Promise<string> {
  const identity = await engineIdentity();
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, sumsFile), { force: true });
  // The same bytes on another machine: Go as go.mod names it, and nothing that a person has set.
  const same = { GOTOOLCHAIN: `go${await goVersion()}`, GOFLAGS: "", GOAMD64: "v1", GOARM64: "v8.0", GOEXPERIMENT: "" };
  const outputs = Object.entries(platforms).map(([platform, variables]) => ({
    what: `compiling for ${platform}`,
    file: path.join(folder, programOf(platform)),
    variables: { ...same, ...variables },
  }));
  await compileEngine(go, outputs);
  const lines = await Promise.all(
    outputs.map(async ({ file }) => `${sumOf(await readFile(file))}  ${path.basename(file)}\n`),
  );
  await writeFile(path.join(folder, identityFile), `${identity}\n`);
  await writeFile(path.join(folder, sumsFile), lines.join(""));
  return identity;
}

/** What was built into a folder, sums first: all of it, of these sources, and with the sums that were written then. */
export async function readBuilt(folder: string): Promise<{ identity: string; files: ReleaseFile[] }> {
  const read = (name: string) =>
    readFile(path.join(folder, name)).catch(() => {
      throw new UsageError(`${folder} has no ${name}: bun run engine release --out ${folder} builds what is published`);
    });
  const identity = (await read(identityFile)).toString().trim();
  const own = await engineIdentity();
  if (identity !== own)
    throw new UsageError(`${folder} was built of other sources (${identity}) than these (${own}): build it again`);
  const sums = await read(sumsFile);
  const files = await Promise.all(
    Object.keys(platforms).map(async (platform) => {
      const bytes = await read(programOf(platform));
      return { name: programOf(platform), sha256: sumOf(bytes), bytes };
    }),
  );
  if (sums.toString() !== files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""))
    throw new ToolError(`${path.join(folder, sumsFile)} does not say what lies beside it: build it again`);
  return { identity, files: [{ name: sumsFile, sha256: sumOf(sums), bytes: sums }, ...files] };
}

const sumOf = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
