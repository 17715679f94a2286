import { spawn, type SpawnOptions } from "node:child_process";
import type { Readable } from "node:stream";

import { ToolError } from "../core/errors.ts";
import { keepGroup, killGroup } from "./interrupt.ts";

export interface RunOptions {
  cwd?: string;
  /** What it reads from standard input: secrets and manifests, which are no arguments. */
  input?: string;
  env?: Record<string, string>;
  /** Milliseconds until it is killed. */
  timeout?: number;
  /** Bytes of output until it is killed. */
  limit?: number;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const defaultTimeout = 60_000;
const defaultLimit = 64 * 1024 * 1024;

/**
 * Runs a program with its arguments as a list, through zx: there is no shell. A program that is missing, is killed, hangs
 * or floods is a ToolError; any exit code is the caller's to judge.
 */
export async function run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const { timeout = defaultTimeout, limit = defaultLimit, input, cwd, env } = options;
  const [program, ...args] = command;
  // Most commands with a warm cache start no program: loading zx would be a good part of their time.
  const { $ } = await import("zx/core");
  let pid: number | undefined;
  let failure: string | undefined;
  const fail = (message: string) => {
    failure ??= message;
    if (pid !== undefined) killGroup(pid);
  };
  const started = $({
    // zx makes of a list one line for bash; given to the system as the list it is, nothing can be quoted wrongly, and no
    // bash has to be there.
    shell: true,
    quote: String,
    prefix: "",
    postfix: "",
    spawn: ((_line: string, _none: string[], spawnOptions: SpawnOptions) => {
      const child = spawn(program, args, { ...spawnOptions, shell: false });
      for (const stream of [child.stdout, child.stderr])
        limitOutput(stream, limit, () => fail(`${program} printed more than ${limit} bytes`));
      ({ pid } = child);
      return child;
    }) as typeof spawn,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // Its own group, so that what it starts is killed with it.
    detached: true,
    nothrow: true,
    quiet: true,
    ...(input === undefined ? {} : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  })`${command}`;
  const release = pid === undefined ? () => {} : keepGroup(pid);
  const timer = setTimeout(() => fail(`${program} did not end within ${timeout / 1000} s`), timeout);
  try {
    const { exitCode, signal, stdout, stderr, cause } = await started;
    if (failure !== undefined) throw new ToolError(failure);
    if (cause instanceof Error || pid === undefined)
      throw new ToolError(
        `${program} could not be started: ${cause instanceof Error ? cause.message : "no process came of it"}`,
      );
    if (signal !== null) throw new ToolError(`${program} was ended by ${signal}`);
    return { exitCode: exitCode ?? -1, stdout, stderr };
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Calls `exceeded` once a stream has brought more than so many bytes. */
function limitOutput(stream: Readable | null, limit: number, exceeded: () => void): void {
  let size = 0;
  stream?.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > limit) exceeded();
  });
}

/** An environment as programs take it: variables that are set. */
export function definedOf(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
