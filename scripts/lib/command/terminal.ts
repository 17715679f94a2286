import { emitKeypressEvents } from "node:readline";

import { CancelledError } from "../core/errors.ts";
import { visible } from "../core/visible.ts";
import type { Choice, Source } from "./io.ts";

type Asking = Pick<Source, "ask" | "choose" | "chooseSome" | "confirm">;

/** How many choices are seen at once. */
const pageSize = 12;

/** Questions to the person at the terminal, on stderr: stdout is for what a command makes. Loaded when first asked. */
export const terminal: Asking = {
  async ask(message, check) {
    const { default: input } = await import("@inquirer/input");
    const validate = (value: string) => check?.(value.trim()) ?? true;
    return (await untilAnswered((context) => input({ message, validate }, context))).trim();
  },
  async choose(message, choices) {
    const { default: select } = await import("@inquirer/select");
    return untilAnswered((context) => select({ message, choices: choices.map(shown), pageSize }, context));
  },
  async chooseSome(message, choices, required = true) {
    const { default: checkbox } = await import("@inquirer/checkbox");
    return untilAnswered((context) => checkbox({ message, choices: choices.map(shown), pageSize, required }, context));
  },
  async confirm(message) {
    const { default: confirm } = await import("@inquirer/confirm");
    return untilAnswered((context) => confirm({ message, default: false }, context));
  },
};

/** A display name is a customer's: it may hold what a terminal obeys. */
const shown = ({ value, about }: Choice) => ({
  value,
  name: visible(about === undefined ? value : `${value}  (${about})`),
});

interface Context {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  signal: AbortSignal;
}

/** Ctrl-C and Ctrl-D end the command. The library knows the first; of the second it would wait for ever. */
async function untilAnswered<T>(question: (context: Context) => Promise<T>): Promise<T> {
  const gone = new AbortController();
  const onKey = (_text: string, key: { ctrl?: boolean; name?: string } | undefined) => {
    if (key?.ctrl === true && key.name === "d") gone.abort();
  };
  emitKeypressEvents(process.stdin);
  process.stdin.on("keypress", onKey);
  try {
    return await question({ input: process.stdin, output: process.stderr, signal: gone.signal });
  } catch (error) {
    if (error instanceof Error && ["AbortPromptError", "ExitPromptError"].includes(error.name))
      throw new CancelledError("cancelled");
    throw error;
  } finally {
    process.stdin.off("keypress", onKey);
  }
}
