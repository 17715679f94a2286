import { isObject, type Json, type JsonObject, type JsonPath } from "../scripts/lib/core/json.ts";

/** One change of an object at random, and what it is called. */
export interface MutatedObject {
  object: JsonObject;
  what: string;
  path: JsonPath;
}

/** Numbers from a seed: the same ones everywhere (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const kinds = {
  "another type": (value: Json): Json =>
    typeof value === "string" ? 7 : typeof value === "number" ? "seven" : typeof value === "boolean" ? "yes" : "text",
  "a list instead": (): Json => ["x"],
  "a map instead": (): Json => ({ x: "y" }),
  "a negative number": (value: Json): Json => (typeof value === "number" ? -value - 1 : value),
  "an empty text": (value: Json): Json => (typeof value === "string" ? "" : value),
  "another text": (value: Json): Json => (typeof value === "string" ? "Nonsense!" : value),
} satisfies Record<string, (value: Json) => Json>;

const names = Object.keys(kinds) as (keyof typeof kinds)[];

/** Changes one place of an object: a value, a missing key or a key too many. Identity is left alone: it names the object. */
export function mutate(original: JsonObject, random: () => number): MutatedObject {
  const object = structuredClone(original);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const places = placesIn(object).filter(
    ([first, second]) =>
      first !== "apiVersion" &&
      first !== "kind" &&
      !(first === "metadata" && (second === undefined || second === "name" || second === "namespace")),
  );
  const path = pick(places.length === 0 ? [["metadata", "labels"] as JsonPath] : places);
  const parent = path
    .slice(0, -1)
    .reduce<Json>((value, key) => (value as Record<string | number, Json>)[key]!, object) as Record<
    string | number,
    Json
  >;
  const key = path.at(-1)!;
  const roll = random();
  if (roll < 0.2) {
    if (Array.isArray(parent)) parent.splice(key as number, 1);
    else delete parent[key];
    return { object, what: "removed", path };
  }
  if (roll < 0.4 && isObject(parent[key])) {
    parent[key]["nonsense"] = "x";
    return { object, what: "an unknown key", path };
  }
  const before = parent[key]!;
  const name = pick(names.filter((kind) => JSON.stringify(kinds[kind](before)) !== JSON.stringify(before)));
  parent[key] = kinds[name](before);
  return { object, what: name, path };
}

function placesIn(value: Json, path: JsonPath = []): JsonPath[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    return [own, ...placesIn(item, own)];
  });
}
