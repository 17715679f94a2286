import { inParallel } from "../scripts/lib/core/in-parallel.ts";
import type { JsonObject } from "../scripts/lib/core/json.ts";
import type { Kinds } from "../scripts/lib/model/kinds.ts";
import { objectProblems } from "../scripts/lib/model/objects/objects.ts";
import { formatResource, resourceId } from "../scripts/lib/model/resource.ts";
import { formatPath } from "../scripts/lib/model/violation.ts";
import type { Api } from "./api.ts";
import { mutate, randomFrom } from "./mutate.ts";

/** A mutation on which our schemas and the server differ. */
export interface Disagreement {
  kind: string;
  what: string;
  path: string;
  ours: string;
  server: string;
  /** Why it is right that they differ; undefined where nobody knows, which is a mistake of ours. */
  explanation: string | undefined;
}

export interface Comparison {
  mutations: number;
  agreed: number;
  disagreements: Disagreement[];
}

/**
 * Where the server sees more than a schema of fields can: each with what its message looks like. A field that the server
 * does not know, or knows with another type, is never among them: that a schema has to see.
 */
const semantic: [RegExp, string][] = [
  [
    /: (Invalid value|Unsupported value|Required value|Duplicate value|Too many|Too long|Forbidden|Not found)\b/,
    "a rule of values, not of fields: the server checks it, other rules of ours the ones that matter",
  ],
  [
    /duplicate entries for key|associative list with keys/,
    "server-side apply merges lists by key; a list without its keys is not one",
  ],
];

/** Why a refusal that no schema of ours sees is right; undefined where a schema should have seen it. */
export function excuseOf(message: string): string | undefined {
  return semantic.find(([pattern]) => pattern.test(message))?.[1];
}

/** Where a schema of ours is stricter than the server, on purpose. */
const stricter: [RegExp, string][] = [
  [/^(metadata|spec)\.?.*(labels|annotations|matchLabels)/i, "the server keeps null and drops it; we want text"],
];

/** Holds random mutations of objects against our schemas and against the server. */
export async function compareMutations(
  api: Api,
  kinds: Kinds,
  objects: readonly JsonObject[],
  count: number,
  seed: number,
): Promise<Comparison> {
  const random = randomFrom(seed);
  const cases = Array.from({ length: count }, () => mutate(objects[Math.floor(random() * objects.length)]!, random));
  const disagreements: Disagreement[] = [];
  await inParallel(cases, 24, async ({ object, what, path }) => {
    const own = [...kinds.violations(object), ...kinds.duplicates(object), ...objectProblems(object)];
    const { accepted, message } = await api.apply(object, { dryRun: true });
    if (accepted === (own.length === 0)) return;
    const ours = own[0]?.message ?? "valid";
    const where = formatPath(path);
    const known = accepted ? stricter.find(([pattern]) => pattern.test(where))?.[1] : excuseOf(message);
    const kind = formatResource(resourceId(object)).split(" ")[0]!;
    const empty =
      accepted && what === "an empty text"
        ? "the server takes an empty text for none at all; we want the value"
        : undefined;
    const custom = accepted && kinds.isCustom(object) ? "a contract allows only what this repository sets" : undefined;
    disagreements.push({
      kind,
      what,
      path: where,
      ours,
      server: accepted ? "accepted" : message,
      explanation: custom ?? empty ?? known,
    });
  });
  disagreements.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { mutations: count, agreed: count - disagreements.length, disagreements };
}
