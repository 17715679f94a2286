import { UsageError } from "./errors.ts";

/** What an option says in pairs, "store=postgresql,time=...", as an object with exactly these keys, in this order. */
export function fieldsOf<const Name extends string>(
  option: string,
  text: string,
  names: readonly Name[],
): Record<Name, string> {
  const pairs = text
    .split(new RegExp(`,(?=(?:${names.join("|")})=)`))
    .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  const given = new Map(pairs as [string, string][]);
  const missing = names.filter((name) => !given.get(name));
  const unknown = [...given.keys()].filter((name) => !(names as readonly string[]).includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    const problems = [
      ...missing.map((name) => `lacks ${name}`),
      ...unknown.map((name) => `has ${JSON.stringify(name)}`),
    ];
    throw new UsageError(
      `${option} ${JSON.stringify(text)} ${problems.join(" and ")}: it takes ${names.map((name) => `${name}=...`).join(",")}`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, given.get(name)!])) as Record<Name, string>;
}
