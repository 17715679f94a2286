import { existsSync } from "node:fs";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { buildGoProgram, type GoProgram, goProgramPlace } from "../scripts/lib/io/go-program.ts";

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

const programOf = (name: LabProgram): GoProgram => ({
  name,
  folder: `lab/programs/${name}`,
  purpose: "lab",
  ...programs[name],
});

/** Builds what is not built yet, in so many milliseconds altogether. Needs Go; some ten minutes the first time. */
export async function buildLab(root: string, env: Env, timeout: number, say: (text: string) => void): Promise<void> {
  const end = performance.now() + timeout;
  for (const name of Object.keys(programs) as LabProgram[]) {
    const program = programOf(name);
    if (existsSync(await goProgramPlace(root, env, program))) {
      say(`${name}: built before\n`);
      continue;
    }
    say(`${name}: building, some minutes ...\n`);
    const started = performance.now();
    await buildGoProgram(root, env, program, Math.max(1_000, end - started));
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
  const place = await goProgramPlace(root, env, programOf(name));
  if (!existsSync(place))
    throw new ToolError(`the lab is not built for this version of its sources: bun run lab build (needs Go)`);
  return place;
}
