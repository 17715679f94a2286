import { type ChildProcess, spawn } from "node:child_process";

import { keepGroup, killGroup } from "./interrupt.ts";

const running = new Set<LineProcess>();

/** Those that are there, by their number. */
export function lineProcesses(): number[] {
  return [...running].flatMap(({ pid }) => pid ?? []);
}

/** Ends those that still wait for a line: with them the process would wait too. */
export function closeLineProcesses(): void {
  for (const process of running) process.kill("was closed");
}

/** Bytes that one line may have: an Application with more output than that fails. */
const longest = 256 * 1024 * 1024;

/**
 * A program that answers lines with lines, in the same order. It ends when its input does, so nothing is left of it when
 * this process is gone; a process that has come to its end closes what it started.
 */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #release: () => void;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #chunks: Buffer[] = [];
  #size = 0;
  #said = "";
  #failure: Error | undefined;

  constructor(program: string, env: Record<string, string>) {
    const child = spawn(program, [], { stdio: ["pipe", "pipe", "pipe"], env, detached: true });
    this.#child = child;
    running.add(this);
    this.#release = child.pid === undefined ? () => {} : keepGroup(child.pid);
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    child.stderr.on("data", (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-2_000)));
    child.stdin.on("error", () => {});
    child.on("error", (error) => this.#end(`could not be started: ${error.message}`));
    child.on("close", (code, signal) => {
      const said = this.#said.trim().split("\n").at(-1) ?? "";
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      this.#end(said === "" ? how : `${how}: ${said}`);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why it can't be asked any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** How many answers are waited for. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** The next line that it writes, after all that are waited for. */
  next(): Promise<string> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Writes a line. */
  write(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  kill(reason: string): void {
    this.#end(reason);
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#chunks, rest.subarray(0, end)]).toString();
      this.#chunks = [];
      this.#size = 0;
      rest = rest.subarray(end + 1);
      const first = this.#waiting.shift();
      if (first === undefined) return this.#end("answered what nobody asked");
      first.resolve(line);
    }
    if (rest.length > 0) this.#chunks.push(rest);
    this.#size += rest.length;
    if (this.#size > longest) this.#end(`wrote a line of more than ${longest} bytes`);
  }

  #end(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new Error(reason);
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    this.#release();
    running.delete(this);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
