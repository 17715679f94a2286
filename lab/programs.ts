import { existsSync } from "node:fs";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { cacheFolder } from "../scripts/lib/io/cache.ts";
import { readTree } from "../scripts/lib/io/files.ts";
import { definedOf, run } from "../scripts/lib/io/process.ts";

type Env = Record<string, string | undefined>;

/** The lab's programs, each built from its folder of lab/programs; the one that takes longest is the last. */
const programs = {
  control: { flags: versionFlags("v1.36.3"), source: "." },
  kwok: { flags: [] as string[], source: "." },
  "snapshot-controller": {
    flags: [] as string[],
    source: "github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller",
  },
  "cert-manager": { flags: [] as string[], source: "." },
  argocd: { flags: [] as string[], source: "." },
};

export type LabProgram = keyof typeof programs;

/** Without them the API server says it is v0.0.0, which clients take for too old. */
function versionFlags(version: string): string[] {
  const [major, minor] = version.slice(1).split(".") as [string, string];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return ["-ldflags", set.join(" ")];
}

/** Where a program is, or will be: named by its sources, so that another version is another program. */
async function placeOf(root: string, env: Env, name: LabProgram): Promise<string> {
  const { tree } = await readTree(root, [`lab/programs/${name}`]);
  const hash = new Bun.CryptoHasher("sha256");
  for (const file of tree.paths) hash.update(`${file}\0${tree.hash(file)}\0`);
  return path.join(cacheFolder(env), "lab", `${name}-${hash.digest("hex").slice(0, 16)}`);
}

/** Builds what is not built yet, in so many milliseconds altogether. Needs Go; some ten minutes the first time. */
export async function buildLab(root: string, env: Env, timeout: number, say: (text: string) => void): Promise<void> {
  const end = performance.now() + timeout;
  for (const name of Object.keys(programs) as LabProgram[]) {
    const place = await placeOf(root, env, name);
    if (existsSync(place)) {
      say(`${name}: built before\n`);
      continue;
    }
    const go = Bun.which("go", { PATH: env["PATH"] ?? "" });
    if (go === null) throw new ToolError("go is not on PATH: the lab needs Go 1.26 (nothing else here does)");
    say(`${name}: building, some minutes ...\n`);
    const started = performance.now();
    const { flags, source } = programs[name];
    const command = [go, "build", "-trimpath", ...flags, "-o", `${place}.tmp`, source] as [string, ...string[]];
    const left = Math.max(1_000, end - performance.now());
    const cwd = path.join(root, "lab/programs", name);
    // The same flags as the engine has: what both compile is compiled once.
    const own = definedOf({ ...env, CGO_ENABLED: "0" });
    const { exitCode, stderr } = await run(command, { cwd, env: own, timeout: left });
    if (exitCode !== 0)
      throw new ToolError(`${name} could not be built:\n${stderr.trim().split("\n").slice(-5).join("\n")}`);
    await run(["mv", `${place}.tmp`, place]);
    say(`${name}: built in ${Math.round((performance.now() - started) / 1000)} s\n`);
  }
}

/** A program that is named by GITOPS_LAB_NAME, or the built one; an error that says how to build it otherwise. */
export async function labProgram(root: string, env: Env, name: LabProgram): Promise<string> {
  const variable = `GITOPS_LAB_${name.toUpperCase().replaceAll("-", "_")}`;
  const given = env[variable];
  if (given !== undefined && given !== "") {
    if (!existsSync(given)) throw new ToolError(`${variable} names ${given}, which is not there`);
    return given;
  }
  const place = await placeOf(root, env, name);
  if (!existsSync(place))
    throw new ToolError(`the lab is not built for this version of its sources: bun run lab build (needs Go)`);
  return place;
}
