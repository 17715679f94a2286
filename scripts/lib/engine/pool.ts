import { ToolError } from "../core/errors.ts";
import { LineProcess } from "../io/line-process.ts";
import type { Answer, Greeting } from "./messages.ts";

/** One request, and what has to be sent with it where the process does not have it yet. */
export interface Job {
  /** Names of parts, each sent to a process once. */
  parts: readonly string[];
  /** The message with those parts in it that the process does not have. */
  message: (missing: readonly string[]) => object;
}

interface Waiting {
  job: Job;
  /** It brought an engine down, or was behind one that did: it is asked alone, and not a third time. */
  isSecond: boolean;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

/** An answer's result, and the JSON it was read of. */
export interface Result {
  result: unknown;
  json: string;
}

interface Worker {
  process: LineProcess;
  sent: Set<string>;
  isAlone: boolean;
}

/** Milliseconds after which processes that nobody asks end: whatever runs them can come to its end then. */
const idleTime = 3_000;

/** Requests in flight at one process: the next is there when the answer is written. */
const depth = 2;

/**
 * As many processes of the engine as are worth their start, at most one a core. Each answers one request after the other.
 * One that dies, hangs or writes garbage is replaced once for what it was asked.
 */
export class Pool {
  readonly #start: () => LineProcess;
  readonly #accept: (greeting: Greeting) => string | undefined;
  readonly #most: number;
  readonly #timeout: number;
  readonly #workers: Worker[] = [];
  readonly #queue: Waiting[] = [];
  #id = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: {
    start: () => LineProcess;
    /** Why an engine that greets so is not to be used. */
    accept: (greeting: Greeting) => string | undefined;
    most: number;
    /** Milliseconds that a request may take. */
    timeout: number;
  }) {
    this.#start = options.start;
    this.#accept = options.accept;
    this.#most = options.most;
    this.#timeout = options.timeout;
  }

  /** Rejects with an Error of what the engine says of the input, with a ToolError where it failed. */
  ask(job: Job): Promise<Result> {
    clearTimeout(this.#idle);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, isSecond: false, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const next = this.#queue[0]!;
      const worker = this.#workerFor(next);
      if (worker === undefined) return;
      this.#queue.shift();
      void this.#exchange(worker, next);
    }
  }

  #workerFor({ isSecond }: Waiting): Worker | undefined {
    // One that ended while nobody asked it is none: what it would be asked has not failed by that.
    for (const worker of this.#workers.filter(({ process }) => process.failure !== undefined))
      this.#workers.splice(this.#workers.indexOf(worker), 1);
    const idle = this.#workers.find(({ process }) => process.pending === 0);
    if (idle !== undefined) return idle;
    if (this.#workers.length < this.#most) return this.#newWorker();
    if (isSecond) return undefined;
    return this.#workers.find(({ process, isAlone }) => !isAlone && process.pending < depth);
  }

  #newWorker(): Worker {
    const worker: Worker = { process: this.#start(), sent: new Set(), isAlone: false };
    this.#workers.push(worker);
    void worker.process.next().then(
      (line) => {
        const refusal = this.#refusal(line);
        if (refusal !== undefined) worker.process.kill(refusal);
      },
      () => {},
    );
    return worker;
  }

  #refusal(line: string): string | undefined {
    try {
      return this.#accept(JSON.parse(line) as Greeting);
    } catch {
      return "does not greet like the engine";
    }
  }

  async #exchange(worker: Worker, waiting: Waiting): Promise<void> {
    const { job, isSecond, resolve, reject } = waiting;
    const id = ++this.#id;
    const missing = job.parts.filter((part) => !worker.sent.has(part));
    for (const part of missing) worker.sent.add(part);
    worker.isAlone = isSecond;
    const answered = worker.process.next();
    worker.process.write(JSON.stringify({ id, ...job.message(missing) }));
    const timer = setTimeout(
      () => worker.process.kill(`did not answer within ${this.#timeout / 1000} s`),
      this.#timeout * worker.process.pending,
    );
    try {
      const line = await answered;
      const answer = read(line, id);
      if (answer === undefined) {
        worker.process.kill("wrote what is no answer");
        throw worker.process.failure!;
      }
      if ("failed" in answer) reject(new ToolError(`the engine failed: ${answer.failed}`));
      else if ("error" in answer) reject(new Error(answer.error));
      // It is the last field of the answer.
      else resolve({ result: answer.result, json: line.slice(line.indexOf('"result":') + 9, -1) });
    } catch {
      const { failure } = worker.process;
      if (isSecond) reject(new ToolError(`the engine ${failure?.message ?? "failed"} (twice)`));
      else this.#queue.unshift({ ...waiting, isSecond: true });
    } finally {
      clearTimeout(timer);
      worker.isAlone = false;
      if (worker.process.failure !== undefined && this.#workers.includes(worker))
        this.#workers.splice(this.#workers.indexOf(worker), 1);
      this.#dispatch();
      this.#rest();
    }
  }

  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#workers.some(({ process }) => process.pending > 0)) return;
    this.#idle = setTimeout(() => {
      for (const { process } of this.#workers.splice(0)) process.kill("was not asked any more");
    }, idleTime);
  }
}

function read(line: string, id: number): Answer<unknown> | undefined {
  try {
    const answer = JSON.parse(line) as Answer<unknown>;
    return answer.id === id ? answer : undefined;
  } catch {
    return undefined;
  }
}
