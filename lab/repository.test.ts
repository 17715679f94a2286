import { expect, test } from "bun:test";

import { Tree } from "../scripts/lib/repo/tree.ts";
import { inLab } from "./repository.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const facts = "clusters/own/facts/cluster.yaml";
const images = "clusters/own/addons/metrics/images.yaml";
const tree = new Tree([
  [facts, bytes("spec:\n  registry: registry.example.com\n  repository:\n    url: https://example.com/fleet\n")],
  [images, bytes("image: registry.example.com/upstream/metrics:v1\n")],
  ["clusters/own/addons/metrics/values.yaml", bytes("note: registry.example.com\n")],
  ["apps/note.yaml", bytes("note: registry.example.com\n")],
]);
const text = (file: string, registry?: string) => {
  const found = inLab(tree, file, "file:///fleet", registry);
  return typeof found === "string" ? found : new TextDecoder().decode(found);
};

test("facts name the lab's repository and registry, images of addons the registry, and nothing else changes", () => {
  const registry = "127.0.0.1:5000";
  expect(text(facts, registry)).toBe("spec:\n  registry: 127.0.0.1:5000\n  repository:\n    url: file:///fleet\n");
  expect(text(images, registry)).toBe("image: 127.0.0.1:5000/upstream/metrics:v1\n");
  for (const file of ["clusters/own/addons/metrics/values.yaml", "apps/note.yaml"])
    expect(text(file, registry)).toBe("note: registry.example.com\n");
});

test("without a registry of the lab the cluster keeps its own", () => {
  expect(text(facts)).toBe("spec:\n  registry: registry.example.com\n  repository:\n    url: file:///fleet\n");
});
