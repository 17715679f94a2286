import { inParallel } from "../scripts/lib/core/in-parallel.ts";
import type { JsonObject } from "../scripts/lib/core/json.ts";
import type { Engine } from "../scripts/lib/engine/engine.ts";
import type { Verdict } from "../scripts/lib/engine/messages.ts";
import { formatResource, resourceId } from "../scripts/lib/model/resource.ts";
import { formatPath } from "../scripts/lib/model/violation.ts";
import type { Api } from "./api.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { sampleNamespace, sampleObjects } from "./samples.ts";

/** A mutation about which the engine and the server differ. */
export interface JudgeDifference {
  object: string;
  what: string;
  path: string;
  engine: string;
  server: string;
}

export interface JudgeComparison {
  asked: number;
  refused: number;
  differences: JudgeDifference[];
}

/**
 * Holds random mutations of objects against the engine and the server: half of them as new objects, then half as changes
 * of objects that are there.
 */
export async function compareJudge(
  api: Api,
  engine: Engine,
  definitions: readonly JsonObject[],
  objects: readonly JsonObject[],
  count: number,
  seed: number,
): Promise<Record<"create" | "update", JudgeComparison>> {
  await api.keep({ apiVersion: "v1", kind: "Namespace", metadata: { name: sampleNamespace } });
  const all = [...objects.filter(({ kind }) => kind !== "Namespace"), ...sampleObjects()];
  const random = randomFrom(seed);
  const cases = Array.from({ length: count }, () => {
    const original = all[Math.floor(random() * all.length)]!;
    return { original, ...mutate(original, random) };
  });
  const half = Math.ceil(count / 2);
  const named = new Map(definitions.map((definition, index) => [`lab-${index}`, definition]));
  const create = await compare(cases.slice(0, half), false);
  for (const original of new Set(cases.slice(half).map((one) => one.original))) await api.keep(original);
  return { create, update: await compare(cases.slice(half), true) };

  async function compare(chosen: typeof cases, isUpdate: boolean): Promise<JudgeComparison> {
    const verdicts = await engine.judge({
      kubernetes: "1.36",
      namespace: "",
      objects: chosen.map(({ object }) => object),
      ...(isUpdate ? { before: chosen.map(({ original }) => original) } : {}),
      definitions: named,
    });
    const differences: JudgeDifference[] = [];
    let refused = 0;
    await inParallel([...chosen.entries()], 24, async ([index, { object, what, path }]) => {
      const { accepted, message } = await api.apply(object, { dryRun: true });
      if (!accepted) refused++;
      const engineSays = textOf(verdicts[index]!);
      if ((engineSays === "accepted") === accepted) return;
      const where = { object: formatResource(resourceId(object)), what, path: formatPath(path) };
      differences.push({ ...where, engine: engineSays, server: accepted ? "accepted" : message });
    });
    differences.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return { asked: chosen.length, refused, differences };
  }
}

function textOf({ notJudged, refusals = [] }: Verdict): string {
  if (notJudged !== undefined) return `not judged: ${notJudged}`;
  return refusals.length === 0 ? "accepted" : refusals.map(({ field, message }) => `${field}: ${message}`).join("; ");
}
