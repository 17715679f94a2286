/** Commands in processes of their own, ended on the way. */
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { checkout } from "./fleet.ts";
import { repository, type TestRepository } from "./repository.ts";

const crash = path.join(checkout, "tests/support/crash.ts");

interface StartOptions {
  env?: Record<string, string>;
  input?: string;
}

/** Starts a command that ends itself with kill -9 at a step; at 0 and below never. */
export function start(root: string, step: number, command: readonly string[], { env = {}, input }: StartOptions = {}) {
  return Bun.spawn([process.execPath, crash, String(step), ...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  });
}

/**
 * Runs a command to its end; the repository as kill -9 would have left it at each step, in order. It has to be one of git,
 * so that lock and journal lie in it.
 */
export async function copiesOfSteps(
  root: string,
  command: readonly string[],
  options: StartOptions = {},
): Promise<{ roots: string[]; code: number; steps: number } & AsyncDisposable> {
  const copies = await repository();
  const child = start(root, 0, command, { ...options, env: { ...options.env, CRASH_COPIES: copies.root } });
  const steps = Number(/(\d+) steps/.exec(await new Response(child.stdout).text())?.[1]);
  const code = await child.exited;
  const names = (await readdir(copies.root)).toSorted((a, b) => Number(a) - Number(b));
  return {
    roots: names.map((name) => path.join(copies.root, name)),
    code,
    steps,
    [Symbol.asyncDispose]: () => copies[Symbol.asyncDispose](),
  };
}

/** A copy for one crash. */
export async function copyOf({ root }: Pick<TestRepository, "root">): Promise<{ root: string } & AsyncDisposable> {
  const copy = await mkdtemp(path.join(tmpdir(), "crash-"));
  await cp(root, copy, { recursive: true });
  return { root: copy, [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }) };
}
