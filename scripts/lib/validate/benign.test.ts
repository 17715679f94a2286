import { expect, test } from "bun:test";

import fc from "fast-check";
import { isMap, isScalar, parseDocument, visit } from "yaml";

import { full, sampleRepository } from "../../../tests/support/repository.ts";
import type { Change } from "../core/change.ts";
import { Repository } from "../fleet/repository.ts";
import { readTree } from "../io/files.ts";
import { validate } from "./validate.ts";

/** Edits that change nothing that matters: of each, a new text for a file. */
const edits: Record<string, (text: string, at: number) => string> = {
  "a comment": (text, at) => {
    const lines = text.split("\n");
    const place = 2 + (at % Math.max(1, lines.length - 3));
    // Not into a block of text, where it would be no comment.
    return /[|>][-+]?$/m.test(text) ? text : lines.toSpliced(place, 0, "# why, at length").join("\n");
  },
  "an empty line at the end of the head": (text) => text.replace(/^(---\n.*\n)/, "$1\n"),
  "another order of keys": (text) => {
    const document = parseDocument(text);
    visit(document, { Map: (_, map) => void (map.items = map.items.toReversed()) });
    return withHead(text, document.toString({ lineWidth: 0 }));
  },
  "quotes around plain text": (text) => {
    const document = parseDocument(text);
    visit(document, {
      Scalar: (key, node) => {
        if (key !== "key" && typeof node.value === "string" && !node.value.includes("\n")) node.type = "QUOTE_DOUBLE";
      },
    });
    return withHead(text, document.toString({ lineWidth: 0 }));
  },
  "a label": (text) => {
    const document = parseDocument(text);
    const metadata = document.get("metadata");
    const apiVersion = document.get("apiVersion");
    if (!isMap(metadata) || typeof apiVersion !== "string" || apiVersion.includes("murima2025")) return text;
    document.setIn(["metadata", "labels", "example.com/team"], "platform");
    return withHead(text, document.toString({ lineWidth: 0 }));
  },
};

/** The library moves comments before the first key; a head stays where it is. */
function withHead(before: string, after: string): string {
  const head = /^---\n(# yaml-language-server.*\n)?/.exec(before)?.[0] ?? "";
  return (
    head +
    after
      .replace(/^---\n/, "")
      .replace(/^# ?yaml-language-server.*\n/, "")
      .replace(/^\n+/, "")
  );
}

const count = full ? 200 : 20;

test(`${count} benign edits cause no finding`, async () => {
  await using repository = await sampleRepository();
  const { tree } = await readTree(repository.root);
  // What is generated is held byte for byte: there no edit is benign.
  const files = tree.paths.filter(
    (file) =>
      file.endsWith(".yaml") &&
      !/templates\/|Chart\.yaml$|^\.sops|secret-stamps\.yaml$|accounts(\.patch)?\.yaml$/.test(file),
  );
  const edit = fc.record({
    file: fc.constantFrom(...files),
    name: fc.constantFrom(...Object.keys(edits)),
    at: fc.nat(1000),
  });
  const all = fc.sample(edit, { numRuns: count, seed: 200 });
  // Ten at a time: each is of a file of its own, so one finding names the edit that caused it.
  for (let start = 0; start < all.length; start += 10) {
    const changes = new Map<string, Change>();
    for (const { file, name, at } of all.slice(start, start + 10)) {
      const content = edits[name]!(new TextDecoder().decode(tree.bytes(file)), at);
      changes.set(file, { path: file, content });
    }
    const selection = { clusters: [], applications: [] };
    const { findings } = await validate(
      (await Repository.read(repository.root, { env: process.env })).with([...changes.values()]),
      { selection },
    );
    expect(findings.map(({ rule, file, message }) => [rule, file, message])).toEqual([]);
  }
});

test("the edits do change the text", () => {
  const text = "---\n# yaml-language-server: $schema=x\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n";
  for (const [name, edit] of Object.entries(edits)) expect([name, edit(text, 0) === text]).toEqual([name, false]);
  expect(isScalar(parseDocument("a").contents)).toBe(true);
});
