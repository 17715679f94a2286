import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";

import { ToolError } from "../core/errors.ts";
import { keepGroup, killGroup } from "./interrupt.ts";

/** A program that runs until it is stopped. */
export interface Daemon {
  name: string;
  pid: number;
  /** Set once it has ended, wanted or not. */
  hasEnded: () => boolean;
  /** The last lines it printed. */
  tail: () => Promise<string>;
  stop: () => Promise<void>;
}

/** Starts a program in the background, its output in a file. It is told to end when this process does, however that ends. */
export function startDaemon(
  name: string,
  command: readonly [string, ...string[]],
  options: { log: string; env: Record<string, string>; cwd: string },
): Daemon {
  const log = openSync(options.log, "a");
  let child;
  try {
    // Its standard input is a pipe that closes with this process: the lab's programs end then.
    child = Bun.spawn([...command], {
      stdin: "pipe",
      stdout: log,
      stderr: log,
      env: options.env,
      cwd: options.cwd,
      detached: true,
    });
  } catch (error) {
    throw new ToolError(`${name} could not be started: ${(error as Error).message}`);
  }
  const release = keepGroup(child.pid);
  return {
    name,
    pid: child.pid,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    tail: async () => (await readFile(options.log, "utf8")).trimEnd().split("\n").slice(-5).join("\n"),
    // What it holds goes with the lab: there is nothing to end in good order.
    async stop() {
      killGroup(child.pid);
      await child.exited;
      release();
    },
  };
}

/** Ports on loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Asks again and again until the answer is yes; a daemon that ends meanwhile, or too long a time, is a failure. */
export async function waitFor(
  what: string,
  isReady: () => Promise<boolean>,
  daemons: readonly Daemon[],
  timeout: number,
): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await isReady().catch(() => false))) {
    const dead = daemons.find((daemon) => daemon.hasEnded());
    if (dead !== undefined) throw new ToolError(`${dead.name} ended while waiting for ${what}:\n${await dead.tail()}`);
    if (performance.now() > end) {
      const last = await daemons.at(-1)?.tail();
      throw new ToolError(`${what} did not come within ${timeout / 1000} s${last === undefined ? "" : `:\n${last}`}`);
    }
    await Bun.sleep(100);
  }
}
