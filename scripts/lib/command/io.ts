import { terminal } from "./terminal.ts";

/** What a command touches outside itself: a test gives its own. */
export interface CommandIo {
  stdin: Source;
  cwd: string;
  env: Record<string, string | undefined>;
  stdout: Sink;
  stderr: Sink;
}

export interface Source {
  isTTY: boolean;
  /** One line from the person at the terminal; asked again while the check says what is wrong with it. */
  ask(question: string, check?: (answer: string) => string | undefined): Promise<string>;
  /** One of several. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
  /** Some of several; at least one, if nothing else is said. */
  chooseSome(question: string, choices: readonly Choice[], required?: boolean): Promise<string[]>;
  /** Yes or no; no is what a mere Enter says. */
  confirm(question: string): Promise<boolean>;
  /** All of it. */
  text(): Promise<string>;
}

/** One of several answers. */
export interface Choice {
  value: string;
  /** What tells it from the others. */
  about?: string | undefined;
}

export interface Sink {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
  /** Whether text in colour is welcome; no if nothing is said. */
  colour?: boolean;
  /** Whether a line that is written can be taken back. */
  isLive?: boolean;
}

/** How a report may look at a place: in colour, and how wide. What is no terminal has all the width there is. */
export function lookOf({ colour = false, isTTY, columns }: Sink): { colour: boolean; width: number } {
  return { colour, width: isTTY ? columns : Number.POSITIVE_INFINITY };
}

/** The one place that judges a terminal: NO_COLOR (no-color.org), FORCE_COLOR, and TERM=dumb, which knows no escapes at all. */
export function withTerminal(io: CommandIo): CommandIo {
  const { NO_COLOR: none = "", FORCE_COLOR: force, TERM: term } = io.env;
  const isForced = force !== undefined && !["", "0", "false"].includes(force);
  const isRefused = none !== "" || (force !== undefined && !isForced) || (term === "dumb" && !isForced);
  const judged = (sink: Sink): Sink => ({
    ...sink,
    colour: !isRefused && (isForced || sink.isTTY),
    isLive: sink.isTTY && term !== "dumb",
  });
  return { ...io, stdout: judged(io.stdout), stderr: judged(io.stderr) };
}

/** The process a person started. */
export function processIo(): CommandIo {
  const sink = (stream: NodeJS.WriteStream): Sink => ({
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY,
    columns: stream.columns ?? 100,
  });
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const stdin: Source = {
    isTTY: process.stdin.isTTY,
    ...terminal,
    text: () => Bun.stdin.text(),
  };
  // Rules of one checkout can judge the data of another: a fork's by those of main.
  const cwd = process.env["GITOPS_ROOT"] ?? process.cwd();
  return { cwd, env: process.env, stdin, stdout: sink(process.stdout), stderr: sink(process.stderr) };
}
