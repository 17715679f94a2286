/** A lasting oracle: what is accepted is read alike by every reader. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";
import { parse as yamlParse } from "yaml";

import { full, repository } from "../../../tests/support/repository.ts";
import { canonical, type Json } from "../core/json.ts";
import { run } from "../io/process.ts";
import { findTools } from "../io/tools.ts";
import { parseYaml } from "./parse.ts";

const read = (text: string) => parseYaml(new TextEncoder().encode(text));
const isAccepted = (text: string) => "source" in read(text);

describe("Y-1: forms that Helm or Kustomize read otherwise", () => {
  test.each([
    "k: {a:,b: c}\n",
    "k: {x: }\n",
    "k: {a}\n",
    'k: {a: b, "c"}\n',
    'k: "\\/"\n',
    'k: "\\N"\n',
    'k: "a \\\\ \\_"\n',
    "k: [:x]\n",
    "k: [?x]\n",
    "k: [x:]\n",
    "k: [b?z]\n",
    "k: {?x: z}\n",
    "k: {a\n b: c}\n",
    "a:\tb\n",
    "a:\n-\tb\n",
    "a: b\n\t\nc: d\n",
    "a: b\t# c\n",
    "a: >\n  x\n    z\n  w\n",
    "a: |\n  x\n  ",
    "a: |\n  x",
    "a: |\n  \tx\n",
    "a: >+\n  x\n\n",
    "k: {a:[b]}\n",
    "a: |+\n  x\n\n  ",
  ])("refused: %j", (text) => expect(isAccepted(text)).toBe(false));

  test.each([
    "k: {a: null, b: [c, d]}\n",
    'k: {"a": "b", c: ""}\n',
    '{"a":1,"b":["c"]}\n',
    'k: "a\\tb \\" \\\\/ \\n \\u00e4"\n',
    "k: 'a\tb'\n",
    'k: "a\tb"\n',
    "k: |\n  a\tb\n",
    "a: b # \tc\n",
    "# \tc\na: b\n",
    "a: >-\n  x\n  z\n\n  w\n",
    "a: |\n  x\n    z\n",
    "a: |-\n  x",
    "a: |+\n  x\n\n",
    "k: {a: [b]}\n",
    "k: [http://x, a:b]\n",
    "k:\n",
    "a: b",
  ])("twin: %j", (text) => expect(isAccepted(text)).toBe(true));
});

test("Y-2: a key that one reader moves a level up", () => {
  expect(isAccepted("spec:\n  foo: |\n  \t\n  bar: 1\n")).toBe(false);
});

/** Documents that are maps, out of every form of value, some of them broken. */
const word = fc.constantFrom(
  "a",
  "b c",
  "1",
  "-1.5",
  "true",
  "null",
  "~",
  "v1.0",
  "x:y",
  "?z",
  ":z",
  "#w",
  "w#",
  "*",
  "",
  "-",
  "a: b",
);
const escape = fc.constantFrom(
  "a",
  " ",
  "\\n",
  "\\t",
  "\\\\",
  "\\/",
  '\\"',
  "\\N",
  "\\u0041",
  "\\x41",
  "\n  ",
  "\\\n  ",
  "#",
  ":",
  "\t",
  "ä",
);
const flow = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, word, tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
  map: fc
    .array(fc.tuple(word, fc.constantFrom(": ", ":", ""), tie("value")), { maxLength: 3 })
    .map((items) => `{${items.map((item) => item.join("")).join(",")}}`),
})).value;
const line = fc.constantFrom("x", "  x", "", " ", "\t", "x ", "# x", "a: b", "- x", "x\ty");
const block = fc
  .tuple(fc.constantFrom("|", ">", "|-", ">-", "|+", ">+", "|2"), fc.array(line, { maxLength: 4 }))
  .map(([head, lines]) => `${head}\n${lines.map((text) => `    ${text}`).join("\n")}`);
const value = fc.oneof(
  word,
  fc.array(escape, { maxLength: 5 }).map((parts) => `"${parts.join("")}"`),
  fc.array(word, { maxLength: 3 }).map((parts) => `'${parts.join(" ")}'`),
  flow as fc.Arbitrary<string>,
  block,
  fc.array(word, { maxLength: 3 }).map((items) => items.map((item) => `\n  - ${item}`).join("")),
  fc.tuple(word, word).map(([key, item]) => `\n    ${key}: ${item}`),
  fc.tuple(word, word).map((lines) => lines.join("\n    ")),
);
const document = fc
  .array(fc.tuple(value, fc.constantFrom("\n", "\n", "\n", " # c\n", "\n\n", "\t\n", "")), {
    minLength: 1,
    maxLength: 3,
  })
  .map((entries) => entries.map(([text, end], index) => `k${index}: ${text}${end}`).join(""));

const count = full ? 50_000 : 3_000;

test(`Y-2: of ${count} random documents, what is accepted is the same to yaml and to Bun, and what is not the same is refused`, () => {
  const seen = { accepted: 0, differing: 0 };
  for (const text of fc.sample(document, { numRuns: count, seed: 22 })) {
    const readings = [
      (given: string) => yamlParse(given, { logLevel: "error" }) as unknown,
      (given: string) => Bun.YAML.parse(given),
    ].map((reader) => {
      try {
        return canonical(JSON.parse(JSON.stringify(reader(text) ?? null)) as Json);
      } catch {
        return undefined;
      }
    });
    const result = read(text);
    if (readings[0] !== readings[1]) {
      seen.differing++;
      expect([text, "source" in result]).toEqual([text, false]);
    }
    if (!("source" in result)) continue;
    seen.accepted++;
    expect([text, canonical(result.source.data)]).toEqual([text, readings[1]!]);
  }
  // The sample holds both, or it would prove nothing.
  expect(seen.accepted).toBeGreaterThan(count / 20);
  expect(seen.differing).toBeGreaterThan(0);
});

test("Y-1: what is accepted of random documents is the same to Helm and Kustomize", async () => {
  const numRuns = full ? 5_000 : 400;
  const texts = fc.sample(document, { numRuns, seed: 23 }).filter(isAccepted);
  expect(texts.length).toBeGreaterThan(numRuns / 20);
  const files: Record<string, string> = {
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/all.yaml":
      'read:\n{{- range $path, $_ := .Files.Glob "docs/*" }}\n  {{ base $path }}: {{ $.Files.Get $path | fromYaml | toJson | quote }}\n{{- end }}\n',
    "kustomize/kustomization.yaml": `resources:\n${texts.map((_, index) => `  - d${index}.yaml\n`).join("")}`,
  };
  for (const [index, text] of texts.entries()) {
    files[`chart/docs/d${index}`] = text;
    const indented = text.replaceAll(/^(?=.)/gm, "  ");
    files[`kustomize/d${index}.yaml`] =
      `apiVersion: example.com/v1\nkind: Values\nmetadata:\n  name: d${index}\nspec:\n${indented}`;
  }
  await using folder = await repository(files);
  const { helm, kubectl } = await findTools(process.env);
  const rendered = await run([helm.program, "template", "x", "chart"], { cwd: folder.root });
  const built = await run([kubectl.program, "kustomize", "kustomize"], { cwd: folder.root });
  expect([rendered.stderr, built.stderr]).toEqual(["", ""]);
  const byHelm = (Bun.YAML.parse(rendered.stdout) as { read: Record<string, string> }).read;
  const byKustomize = new Map(
    built.stdout.split(/^---$/m).map((text) => {
      const { metadata, spec } = Bun.YAML.parse(text) as { metadata: { name: string }; spec: Json };
      return [metadata.name, spec];
    }),
  );
  const differing = texts.flatMap((text, index) => {
    const result = read(text);
    const ours = "source" in result ? canonical(result.source.data) : "";
    const theirs = [
      canonical(JSON.parse(byHelm[`d${index}`]!) as Json),
      canonical(byKustomize.get(`d${index}`) ?? null),
    ];
    return theirs.every((other) => other === ours) ? [] : [{ text, ours, theirs }];
  });
  expect(differing).toEqual([]);
});
