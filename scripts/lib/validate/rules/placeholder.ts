import { isObject, type Json, type JsonObject, type JsonPath, objectAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import { formatPath } from "../../model/violation.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** Places in manifests that components fill from facts. */
const words = [
  "CLUSTER",
  "DOMAIN",
  "ENVIRONMENT",
  "KUBERNETES",
  "NODES",
  "REGISTRY",
  "REPOSITORY",
  "REVISION",
  "TENANT",
];

/** A place as a whole part of a path, a name or an address. */
const place = new RegExp(
  String.raw`(?:^|[/@.:=-]|(?<=^|[/@.:=-])v)(${words.join("|")})(?=$|[/:@.-])|(?:^|[/@.])(git\.invalid)(?=$|[/:])`,
);

/** In every text that leaves one open: nearly all are done after one look. */
const hint = new RegExp(`${words.join("|")}|git\\.invalid`);

/** The place that a text leaves open: in a line that is one value, or a setting of one. In a sentence it is a word. */
function leftIn(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const value = line.replace(/^\s*(- )?[\w./-]+\s*[:=]\s+/, "").trim();
    const match = /\s/.test(value) ? null : place.exec(value.replaceAll(/^["']|["',;]$/g, ""));
    if (match !== null) return match[1] ?? match[2];
  }
  return undefined;
}

export const placeholder: Rule = {
  id: "placeholder",
  severity: "error",
  holds: `No place that facts fill is left in what Kustomize renders: ${words.join(", ")}, or the address git.invalid.`,
  because:
    "A replacement that misses leaves the place as it is: a generator then finds no folder, a policy no address, and nothing fails (FM-01).",
  *check(fleet) {
    for (const { application, object, raw, file, at } of renderedObjects(fleet)) {
      // What a tenant writes is text of its own; a chart gets facts by values, which an ApplicationSet has.
      if (application.request?.tool !== "kustomize" || tenantPartOf(application)?.kind === "placement") continue;
      const seen = new Set<string>();
      // Of what was rendered Argo CD changes metadata alone.
      const left = isFilled(raw) ? texts(objectAt(object, "metadata"), ["metadata"]) : texts(object);
      for (const { path, text } of left) {
        const word = leftIn(text);
        if (word === undefined || seen.has(word)) continue;
        seen.add(word);
        yield {
          ...at,
          ...lineOf(fleet, file, word),
          message: `${formatPath(path)} is ${JSON.stringify(text)}: nothing fills ${word} in`,
          fix: `add the field to the replacements of ${pathOf("clusterComponent", { component: "facts" })} or ${pathOf("tenantComponent", { component: "facts" })}, and include that component in the overlay`,
        };
      }
    }
  },
};

/** Dashboards and definitions are large, and clusters share them. */
const filled = new WeakMap<JsonObject, boolean>();

function isFilled(raw: JsonObject): boolean {
  let is = filled.get(raw);
  if (is === undefined) filled.set(raw, (is = texts(raw).length === 0));
  return is;
}

/** Texts that may leave a place open, with where they stand. Nothing is made for all the others. */
function texts(value: Json, way: (string | number)[] = [], found: { path: JsonPath; text: string }[] = []) {
  if (typeof value === "string") {
    if (hint.test(value) && !value.startsWith("ENC[")) found.push({ path: [...way], text: value });
    return found;
  }
  const below = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [key, item] of below) {
    way.push(key);
    texts(item, way, found);
    way.pop();
  }
  return found;
}

function lineOf({ tree }: Fleet, file: string | undefined, word: string): { line?: number } {
  if (file === undefined || !tree.has(file)) return {};
  const index = tree
    .text(file)
    .split("\n")
    .findIndex((line) => !line.trimStart().startsWith("#") && line.includes(word));
  return index === -1 ? {} : { line: index + 1 };
}
