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

/** For options that take a language: one that this runtime knows. */
export function localeOf(value: string): string {
  try {
    if (Intl.DateTimeFormat.supportedLocalesOf(value).length > 0) return value;
  } catch {
    // Not a tag at all.
  }
  throw new InvalidArgumentError("It takes a language like en or de-CH.");
}

/** For options that take a time zone of the IANA's list. */
export function timezoneOf(value: string): string {
  try {
    return Intl.DateTimeFormat("en", { timeZone: value }) instanceof Intl.DateTimeFormat ? value : "";
  } catch {
    throw new InvalidArgumentError("It takes a time zone like UTC or Europe/Berlin.");
  }
}
