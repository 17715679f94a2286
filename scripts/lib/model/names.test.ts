import { expect, test } from "bun:test";

import fc from "fast-check";

import { full } from "../../../tests/support/repository.ts";
import { nameProblem } from "./names.ts";

test("B-01: what can't be a name", () => {
  const refused = [
    "",
    "A",
    "-a",
    "a-",
    "a--b",
    "a.b",
    "a_b",
    "a".repeat(41),
    "kube-system",
    "default",
    "no",
    "on",
    "null",
    "true",
    "1e3",
    "0123",
    "22",
    "y",
    "Acme",
    "аcme",
    "a\u200db",
    "../x",
    "x/../../y",
    "x%2f",
    "-rf",
    "--help",
    "a\n",
    "api",
    "monitoring",
  ];
  for (const name of refused) expect([name, nameProblem(name) !== undefined]).toEqual([name, true]);
  for (const name of ["wonka", "tenant42", "billing-service", "a", "no-reply"])
    expect([name, nameProblem(name)]).toEqual([name, undefined]);
});

test("F-04: the grammar of ids agrees with one that is written otherwise", () => {
  const random = mulberry(20_261_123);
  const letters = "abcxyz0189-ABÉ._ \n";
  let accepted = 0;
  for (let round = 0; round < (full ? 1_000_000 : 100_000); round++) {
    let text = "";
    for (let length = Math.floor(random() * 9) + (random() < 0.01 ? 36 : 0); length > 0; length--)
      text += letters[Math.floor(random() * letters.length * (random() < 0.7 ? 0.6 : 1))];
    const isName = nameProblem(text) === undefined;
    if (isName !== oracle(text)) throw new Error(`seed 20261123: ${JSON.stringify(text)} is a name: ${isName}`);
    if (isName) accepted++;
  }
  expect(accepted).toBeGreaterThan(full ? 20_000 : 2_000);
});

/** Letter by letter, by RFC 1123 and the list of words; no regular expression. */
function oracle(text: string): boolean {
  const isLetter = (at: number) => text[at]! >= "a" && text[at]! <= "z";
  const isDigit = (at: number) => text[at]! >= "0" && text[at]! <= "9";
  if (text.length === 0 || text.length > 40 || !isLetter(0) || text.endsWith("-")) return false;
  for (let at = 0; at < text.length; at++) {
    if (!isLetter(at) && !isDigit(at) && text[at] !== "-") return false;
    if (text[at] === "-" && text[at + 1] === "-") return false;
  }
  return !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].includes(text);
}

/** A small generator with a seed, so that a failure can be seen again. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("F-04: every accepted name is a DNS label, a file name and plain YAML", () => {
  const part = fc.constantFrom("a", "b", "z", "0", "9", "-", "no", "on", "A", ".", "_", "é");
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      (name) => {
        if (nameProblem(name) !== undefined) return;
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(Bun.YAML.parse(name)).toBe(name);
      },
    ),
    { numRuns: full ? 200_000 : 5_000, seed: 1 },
  );
});
