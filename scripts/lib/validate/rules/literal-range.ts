import { at, isObject, type Json, type JsonPath } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { clusterRanges } from "../../model/cluster-ranges.ts";
import { pathOf } from "../../repo/address.ts";
import { fleetFolders, isTemplate } from "../../repo/layout.ts";
import { isStoreGenerated } from "../../store/generated.ts";
import type { Rule } from "../rule.ts";

/** A range wherever it stands in a text. */
const range = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}(?!\d)/g;

export const literalRange: Rule = {
  id: "literal-range",
  severity: "error",
  holds:
    "An address range of a cluster stands in its facts and nowhere else; everything that needs it gets it from there.",
  because:
    "A second copy stays as it is when the cluster moves, and every pod behind a policy made of it loses its stores.",
  *check(fleet) {
    const facts = factRanges(fleet);
    const documents = ourDocuments(fleet);
    for (const file of fleet.tree.paths) {
      // What is generated of facts is compared with them (rule store-generated).
      if (
        documents.has(file) ||
        isStoreGenerated(file) ||
        !fleetFolders.some((folder) => file.startsWith(`${folder}/`))
      )
        continue;
      for (const { text, place } of literals(fleet, file)) {
        const fact = facts.get(text);
        if (fact === undefined) continue;
        const { line } = fleet.sources.locate(fact.file, fact.path);
        const message = `repeats ${text}, the range of the ${fact.name} of ${fact.cluster} (${fact.file}:${line})`;
        const fix = `leave it out: charts have facts.nodes, facts.stores and facts.peer, overlays copy from the facts with ${pathOf("clusterComponent", { component: "facts" })}`;
        yield { file, ...place(), message, fix };
      }
    }
  },
};

function factRanges({ documents }: Fleet) {
  const found = new Map<string, { cluster: string; name: string; file: string; path: JsonPath }>();
  for (const [cluster, { file, document }] of documents.clusters) {
    for (const { name, path, text } of clusterRanges(document)) found.set(text, { cluster, name, file, path });
  }
  return found;
}

/** Facts and tombstones: there ranges are at home, and other rules hold them. */
function ourDocuments({ documents }: Fleet): Set<string> {
  const { clusters, tenants, tombstones } = documents;
  return new Set([...clusters.values(), ...tenants.values(), ...tombstones.values()].map(({ file }) => file));
}

function* literals(
  { tree, sources }: Fleet,
  file: string,
): Iterable<{ text: string; place: () => { line: number; column: number } }> {
  if (!/\.(ya?ml|tpl)$/.test(file)) return;
  const content = tree.text(file);
  if (content.search(range) === -1) return;
  const data = isTemplate(file) ? undefined : sources.data(file);
  if (data !== undefined) {
    // Parsed, so that a comment may explain a range and folded text is seen as it is read.
    for (const { path, value } of texts(data, []))
      for (const [text] of value.matchAll(range)) yield { text, place: () => sources.locate(file, path) };
    return;
  }
  for (const [index, line] of content.split("\n").entries())
    for (const match of line.matchAll(range))
      yield { text: match[0], place: () => ({ line: index + 1, column: match.index + 1 }) };
}

function* texts(value: Json, path: JsonPath): Iterable<{ path: JsonPath; value: string }> {
  if (typeof value === "string") yield { path, value };
  else if (Array.isArray(value) || isObject(value))
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value) ? Number(key) : key;
      yield* texts(at(value, step)!, [...path, step]);
    }
}
