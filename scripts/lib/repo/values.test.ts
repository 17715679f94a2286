import { expect, test } from "bun:test";

import fc from "fast-check";

import { full, repository } from "../../../tests/support/repository.ts";
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import { run } from "../io/process.ts";
import { findTools } from "../io/tools.ts";
import { type Layer, mergeValues, winner } from "./values.ts";

test("layers merge as Helm merges them", async () => {
  const leaf = fc.constantFrom<Json>(null, 1, "x", true, [], [1, 2], {});
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
    ),
  }));
  const layer = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), value, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
  const cases = fc.sample(fc.array(layer, { minLength: 2, maxLength: 4 }), { numRuns: full ? 300 : 25, seed: 7 });
  const { helm } = await findTools(process.env);
  await using folder = await repository({
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/templates/values.yaml": "values: {{ .Values | toJson }}\n",
  });
  for (const layers of cases) {
    const files = layers.map((_, index) => (index === 0 ? "chart/values.yaml" : `${index}.yaml`));
    for (const [index, file] of files.entries()) await folder.write(file, JSON.stringify(layers[index]));
    const values = files.slice(1).map((file) => `--values=${file}`);
    const { stdout, stderr } = await run([helm.program, "template", "x", "chart", ...values], { cwd: folder.root });
    expect(stderr.replaceAll(/^.*warning: .*\n/gm, "").replaceAll(/^level=WARN.*\n/gm, "")).toBe("");
    const theirs = (Bun.YAML.parse(stdout) as { values: JsonObject }).values;
    const ours = mergeValues(layers.map((data, index) => ({ name: files[index]!, values: data })));
    expect([layers, canonical(ours)]).toEqual([layers, canonical(theirs)]);
  }
}, 120_000);

test("the winner is the strongest layer that says anything at a path, or above it", () => {
  const layers: Layer[] = [
    { name: "weak", values: { a: { b: 1, c: 2 } } },
    { name: "strong", values: { a: { b: 3 } } },
  ];
  expect(winner(layers, ["a", "b"]).name).toBe("strong");
  expect(winner(layers, ["a", "c"]).name).toBe("weak");
  expect(winner(layers, ["a", "missing"]).name).toBe("strong");
  expect(winner(layers, ["nothing"]).name).toBe("strong");
});
