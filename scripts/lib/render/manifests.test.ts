import { expect, test } from "bun:test";

import { documentsOf, readManifests } from "./manifests.ts";
import { RenderError } from "./renderer.ts";

test("objects come with their template, empty documents don't come at all", () => {
  const output = "---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/b.yaml\n# nothing\n---\nb: 2\n";
  expect(readManifests(documentsOf(output), true)).toEqual([
    { object: { a: 1 }, template: "c/templates/a.yaml" },
    { object: { b: 2 } },
  ]);
});

test("strictly: what the API server would read otherwise is an error that names the template", () => {
  const output = (text: string) => () => readManifests(documentsOf(`# Source: c/templates/a.yaml\n${text}\n`), true);
  expect(output("a: no")).toThrow("c/templates/a.yaml renders YAML that no is the boolean false");
  expect(output("a: 1\na: 2")).toThrow('has the key "a" twice (line 3 of the object)');
  expect(output("- a")).toThrow(RenderError);
  expect(output("a: [")).toThrow("renders invalid YAML");
});
