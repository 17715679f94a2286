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
 * Runs a program with its arguments as a list: there is no shell. A program that is missing, is killed, hangs or floods
 * is a ToolError; any exit code is the caller's to judge.
 */
export async function run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const timeout = options.timeout ?? defaultTimeout;
  const limit = options.limit ?? defaultLimit;
  let child;
  try {
    child = Bun.spawn([...command], {
      stdin: options.input === undefined ? "ignore" : new TextEncoder().encode(options.input),
      stdout: "pipe",
      stderr: "pipe",
      // Its own group, so that what it starts is killed with it.
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
  } catch (error) {
    throw new ToolError(`${command[0]} could not be started: ${(error as Error).message}`);
  }
  const { pid } = child;
  const kill = () => killGroup(pid);
  const release = keepGroup(pid);
  let failure: string | undefined;
  const timer = setTimeout(() => {
    failure = `${command[0]} did not end within ${timeout / 1000} s`;
    kill();
  }, timeout);
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > limit) {
        failure ??= `${command[0]} printed more than ${limit} bytes`;
        kill();
        break;
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  };
  try {
    const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr), child.exited]);
    if (failure !== undefined) throw new ToolError(failure);
    if (child.signalCode !== null) throw new ToolError(`${command[0]} was ended by ${child.signalCode}`);
    return { exitCode: child.exitCode ?? -1, stdout, stderr };
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** An environment as programs take it: variables that are set. */
export function definedOf(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
