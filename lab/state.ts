import { readFile, rm } from "node:fs/promises";
import path from "node:path";

import { UsageError } from "../scripts/lib/core/errors.ts";
import { cacheFolder } from "../scripts/lib/io/cache.ts";
import { writeWhole } from "../scripts/lib/io/files.ts";

/** The one lab that `lab up` keeps running. */
export interface LabState {
  pid: number;
  kubeconfig: string;
}

type Env = Record<string, string | undefined>;

const fileOf = (env: Env) => path.join(cacheFolder(env), "lab.json");

export async function keepState(env: Env, state: LabState): Promise<void> {
  await writeWhole(fileOf(env), JSON.stringify(state));
}

/** The lab that runs; undefined if none does. What a killed one left is forgotten. */
export async function runningLab(env: Env): Promise<LabState | undefined> {
  let state: LabState;
  try {
    state = JSON.parse(await readFile(fileOf(env), "utf8")) as LabState;
    process.kill(state.pid, 0);
    await readFile(state.kubeconfig);
    return state;
  } catch {
    await rm(fileOf(env), { force: true });
    return undefined;
  }
}

export async function requireRunningLab(env: Env): Promise<LabState> {
  const state = await runningLab(env);
  if (state === undefined) throw new UsageError("no lab is running: bun run lab up");
  return state;
}
