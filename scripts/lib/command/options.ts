import { InvalidArgumentError } from "commander";

export const formats = ["text", "json", "github", "markdown"] as const;
export type Format = (typeof formats)[number];

/** For options that may be given more than once. */
export function collect(value: string, previous: string[]): string[] {
  if (value === "") throw new InvalidArgumentError("It is empty.");
  return [...previous, value];
}
