import { InvalidArgumentError } from "commander";

/** For options that take a number of days. */
export function days(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError("It takes a number of days.");
  return Number(value);
}

/** For options that may be given more than once. */
export function collect(value: string, previous: string[]): string[] {
  if (value === "") throw new InvalidArgumentError("It is empty.");
  return [...previous, value];
}
