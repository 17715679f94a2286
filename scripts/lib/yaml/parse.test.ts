import { describe, expect, test } from "bun:test";

import fc from "fast-check";
import { parse as yamlParse } from "yaml";

import { full, repository } from "../../../tests/support/repository.ts";
import type { JsonObject } from "../core/json.ts";
import { run } from "../io/process.ts";
import { findTools } from "../io/tools.ts";
import { parseYaml } from "./parse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function rulesOf(content: string | Uint8Array): string[] {
  const result = parseYaml(typeof content === "string" ? bytes(content) : content);
  return "problems" in result ? [...new Set(result.problems.map(({ rule }) => rule))] : [];
}

describe("refuses what readers read differently", () => {
  const refused: Record<string, [content: string | Uint8Array, rule: string]> = {
    "B-05 duplicate key": ["a: 1\nb: 2\na: 3\n", "yaml-duplicate-key"],
    "B-05 duplicate key, deep": ["a:\n  - b:\n      c: 1\n      c: 1\n", "yaml-duplicate-key"],
    "B-05 duplicate key, once quoted": ['a: 1\n"a": 2\n', "yaml-duplicate-key"],
    "B-05 duplicate key by a merge": ["a: &x {b: 1}\nc: {<<: *x, b: 2}\n", "yaml-alias"],
    "B-05 merge key without an alias": ["a: {<<: {b: 1}, b: 2}\n", "yaml-ambiguous-scalar"],
    "B-06 aliases": ["a: &a [x]\nb: *a\n", "yaml-alias"],
    "B-06 deep nesting": ["[".repeat(20_000) + "]".repeat(20_000), "yaml-syntax"],
    "B-06 deep maps, never closed": ["{a: ".repeat(60_000), "yaml-syntax"],
    "B-06 brackets, never closed": ["[".repeat(250_000), "yaml-syntax"],
    "B-06 quotes": ['"'.repeat(250_000), "yaml-syntax"],
    "B-06 a little too deep": [
      Array.from({ length: 70 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
      "yaml-syntax",
    ],
    "B-06 long scalar": [`a: ${"x".repeat(300_000)}\n`, "file-size"],
    "B-06 many documents": ["---\na: 1\n".repeat(20_000), "yaml-syntax"],
    "B-07 tab": ["a:\n\tb: 1\n", "yaml-syntax"],
    "B-07 carriage returns": ["a: 1\r\nb: 2\r\n", "file-encoding"],
    "B-07 byte order mark": ["\uFEFFa: 1\n", "file-encoding"],
    "B-07 UTF-16": [new Uint8Array([0xff, 0xfe, 0x61, 0, 0x3a, 0]), "file-encoding"],
    "B-07 invalid UTF-8": [new Uint8Array([0x61, 0x3a, 0x20, 0xc3, 0x28]), "file-encoding"],
    "B-07 two documents": ["a: 1\n---\nb: 2\n", "yaml-syntax"],
    "B-07 document after an end marker": ["a: 1\n...\n---\nb: 2\n", "yaml-syntax"],
    "B-07 tag": ["a: !!js/function x\n", "yaml-tag"],
    "B-07 binary tag": ["a: !!binary aGk=\n", "yaml-tag"],
    "B-07 number as a key": ["8080: x\n", "yaml-syntax"],
    NUL: ["a: x\0y\n", "file-encoding"],
    "line separator": ["a: x\u2028y\n", "file-encoding"],
  };
  for (const [name, [content, rule]] of Object.entries(refused)) {
    test(name, () => expect(rulesOf(content)).toContain(rule));
  }

  test("a bomb is refused before it costs anything", () => {
    const levels = Array.from({ length: 9 }, (_, level) => `l${level}: &l${level} [${`*l${level - 1},`.repeat(9)}]`);
    const bomb = `l-1: &l-1 x\n${levels.join("\n")}\n`;
    expect(rulesOf(bomb)).toContain("yaml-alias");
  });

  test("every plain scalar that YAML 1.1 reads otherwise", () => {
    const words = [
      "no",
      "NO",
      "on",
      "y",
      "Yes",
      "off",
      "2026-11-23",
      "0755",
      "1_000",
      "22:22",
      "0b1",
      "0o7",
      "0x1F",
      "=",
    ];
    for (const word of words) expect([word, rulesOf(`a: ${word}\n`)]).toEqual([word, ["yaml-ambiguous-scalar"]]);
    for (const word of words) expect([word, rulesOf(`a: "${word}"\n`)]).toEqual([word, []]);
  });
});

describe("accepts", () => {
  test("what is plain, with comments and quotes, and finds its places", () => {
    const text = '---\n# why\na:\n  b: "x" # here\n  c:\n    - 1\n    - d: e\n';
    const result = parseYaml(bytes(text));
    if (!("source" in result)) throw new Error("refused");
    expect(result.source.data).toEqual({ a: { b: "x", c: [1, { d: "e" }] } });
    expect(result.source.locate(["a", "b"])).toEqual({ line: 4, column: 6 });
    expect(result.source.locate(["a", "b"], "key")).toEqual({ line: 4, column: 3 });
    expect(result.source.locate(["a", "c", 1, "d"])).toEqual({ line: 7, column: 10 });
    expect(result.source.locate(["a", "nothing", "there"])).toEqual({ line: 3, column: 1 });
  });

  test("keys that are names of JavaScript, as plain data", () => {
    const result = parseYaml(bytes("__proto__: {polluted: true}\nconstructor: x\n"));
    expect("source" in result && JSON.stringify(result.source.data)).toContain("polluted");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("an empty file as nothing", () => {
    const result = parseYaml(bytes("# nothing\n"));
    expect("source" in result && result.source.data).toBeNull();
  });
});

describe("is never surprised", () => {
  test("F-11: any bytes give data or problems, never an exception", () => {
    const piece = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "#",
      "&x ",
      "*x",
      "|",
      ">",
      "---\n",
      "!",
      "\t",
      "?",
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 40 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (content) => {
        const result = parseYaml(bytes(content));
        expect("source" in result || result.problems.length > 0).toBe(true);
      }),
      { numRuns: full ? 50_000 : 2_000, seed: 11 },
    );
  });

  test("B-04: what is accepted reads the same in yaml, Bun, Helm and Kustomize", async () => {
    const numbers = [
      "1.10",
      "0755",
      "1234e56",
      "1e3",
      "20161216",
      "-0",
      "+1",
      ".5",
      "1.",
      "0.0",
      "1_0",
      "08",
      "12e03",
      "0x1F",
    ];
    const words = [
      "NO",
      "no",
      "on",
      "y",
      "null",
      "~",
      "true",
      "True",
      "FALSE",
      "nan",
      ".inf",
      "-",
      "a:b",
      "2026-11-23",
      "22:22",
      "<<",
      "=",
      "v1.0",
    ];
    const random = fc.sample(fc.stringMatching(/^[0-9a-zA-Z.:_+~=<-]{1,8}$/), { numRuns: full ? 5_000 : 400, seed: 4 });
    const accepted = [...numbers, ...words, ...random].filter((word) => {
      const result = parseYaml(bytes(`v: ${word}\n`));
      return (
        "source" in result && yamlParse(`v: ${word}`) !== null && (result.source.data as JsonObject)["v"] !== undefined
      );
    });
    expect(accepted.length).toBeGreaterThan(50);
    const text = accepted.map((word, index) => `v${index}: ${word}\n`).join("");
    const parsed = parseYaml(bytes(text));
    if (!("source" in parsed)) throw new Error(JSON.stringify(parsed.problems));
    const ours = parsed.source.data as JsonObject;

    const indent = text.replaceAll(/^/gm, "  ").trimEnd();
    await using folder = await repository({
      "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
      "chart/templates/values.yaml": "values: {{ .Values | toJson }}\n",
      "values.yaml": text,
      "kustomize/kustomization.yaml": "resources: [object.yaml]\n",
      "kustomize/object.yaml": `apiVersion: example.com/v1\nkind: Values\nmetadata:\n  name: values\nspec:\n${indent}\n`,
    });
    const { helm, kubectl } = await findTools(process.env);
    const rendered = await run([helm.program, "template", "x", "chart", "--values=values.yaml"], { cwd: folder.root });
    const built = await run([kubectl.program, "kustomize", "kustomize"], { cwd: folder.root });
    expect([rendered.stderr, built.stderr]).toEqual(["", ""]);
    const theirs = {
      bun: Bun.YAML.parse(text) as JsonObject,
      helm: (Bun.YAML.parse(rendered.stdout) as { values: JsonObject }).values,
      kustomize: (Bun.YAML.parse(built.stdout) as { spec: JsonObject }).spec,
    };
    const differing = accepted.flatMap((word, index) => {
      const values = Object.values(theirs).map((reader) => JSON.stringify(reader[`v${index}`] ?? null));
      const own = JSON.stringify(ours[`v${index}`] ?? null);
      return values.every((value) => value === own) ? [] : [`${word}: ${own}, ${values.join(", ")}`];
    });
    expect(differing).toEqual([]);
  });
});
