/** How a command ended, for scripts that call it. */
export const exitCode = { done: 0, findings: 1, usage: 2, tool: 3, bug: 70, cancelled: 130 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The command was called in a way that can't be meant. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The person at the terminal ended it: Ctrl-C or Ctrl-D at a question. Nothing was done. */
export class CancelledError extends Error {
  override name = "CancelledError";
}

/** A program or a key that the command needs is missing, has the wrong version, or failed by itself. */
export class ToolError extends Error {
  override name = "ToolError";
}
