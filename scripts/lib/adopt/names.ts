import type { Company } from "../model/generated.ts";

/** What a company is called, by what the name is for: two of them may be the same text, and become different ones. */
export type Names = Company["spec"];

/** Text in which every name of one company is that of another. */
export type Rename = (text: string) => string;

/** Not inside another word. `\n` of a string in code is no letter in front of one. */
const begin = "(?:(?<![A-Za-z0-9])|(?<=\\\\[nrt]))";
const end = "(?![A-Za-z0-9])";

/**
 * Replaces the names of one company by those of another in one pass, so that nothing new is read as something old. What a
 * name is for is told from where it stands: an address of mail behind @, a label in front of /, an organisation with its
 * repository. The longest that fits counts.
 */
export function renamer(from: Names, to: Names): Rename {
  const alternatives: [name: string, pattern: string, value: string][] = [
    ["registry", `${begin}${pattern(from.registry)}${end}`, to.registry],
    ["apiGroup", `${begin}${pattern(from.apiGroup)}${end}`, to.apiGroup],
    ["mail", `(?<=@)${pattern(from.mail)}${end}`, to.mail],
    // In front of the name of a label, also in a JSON pointer and in a regular expression; a URL has // in front of it.
    [
      "label",
      `(?:(?<![\\w.~-])(?<!\\\\?/\\\\?/)|(?<=\\\\[nrt]))(?<kind>(?:[a-z0-9-]+\\.)*)${pattern(from.labelPrefix)}(?=\\\\*/|~1)`,
      to.labelPrefix,
    ],
    ["domain", `${begin}${pattern(from.domain)}${end}`, to.domain],
    [
      "repository",
      `${begin}${pattern(`${from.organisation}/${from.repository}`)}${end}`,
      `${to.organisation}/${to.repository}`,
    ],
    ["organisation", `${begin}${pattern(from.organisation)}${end}`, to.organisation],
    ["displayName", `${begin}${pattern(from.displayName)}${end}`, to.displayName],
    ["namespace", `${begin}${pattern(from.namespace)}${end}`, to.namespace],
  ];
  const values = new Map(alternatives.map(([name, , value]) => [name, value]));
  const all = new RegExp(alternatives.map(([name, text]) => `(?<${name}>${text})`).join("|"), "g");
  return (text) =>
    text.replace(all, (...matched) => {
      const groups = matched.at(-1) as Record<string, string | undefined>;
      const [name, found] = Object.entries(groups).find(([own, value]) => own !== "kind" && value !== undefined)!;
      const escape = /\\+(?=\.)/.exec(found!)?.[0] ?? "";
      return (groups["kind"] ?? "") + values.get(name)!.replaceAll(".", () => `${escape}.`);
    });
}

/** A name as it stands in a text, or in a regular expression that finds it: its dots and its slash may be escaped. */
function pattern(name: string): string {
  return name
    .replaceAll(/[$()*+?[\]^{|}]/g, String.raw`\$&`)
    .replaceAll(".", String.raw`\\*\.`)
    .replaceAll("/", String.raw`\\*/`);
}

/** Names that nobody else's text may hold, or it would be renamed with them one day. */
export const ownNames = ["displayName", "organisation", "domain", "registry", "apiGroup", "namespace"] as const;

/** Where a text holds a name as a word, in letters of whatever size: lines, from 1. */
export function linesWith(text: string, names: readonly string[]): { line: number; name: string }[] {
  const words = names.map((name) => ({ name, word: new RegExp(`(?<![a-z0-9])${pattern(name)}(?![a-z0-9])`, "i") }));
  const whole = new RegExp(names.map((name) => pattern(name)).join("|"), "i");
  if (names.length === 0 || !whole.test(text)) return [];
  return text
    .split("\n")
    .flatMap((line, index) =>
      words.filter(({ word }) => word.test(line)).map(({ name }) => ({ line: index + 1, name })),
    );
}
