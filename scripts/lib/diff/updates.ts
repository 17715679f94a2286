import { isReplaced } from "../argocd/protection.ts";
import { stringAt } from "../core/json.ts";
import { judgedVersions } from "../engine/engine.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { formatResource } from "../model/resource.ts";
import type { Judge } from "../render/judged.ts";
import type { Pair } from "./pairs.ts";

/** A change that an API server refuses: the object can be made so, but not become so. */
export interface RefusedUpdate {
  application: string;
  object: string;
  field: string;
  message: string;
}

/** Asks Kubernetes' own code about every object that is on both sides and differs: immutable fields, and transitions. */
export async function refusedUpdates(
  pairs: readonly Pair[],
  now: Fleet,
  { engine, definitionsOf }: Judge,
): Promise<RefusedUpdate[]> {
  const byApplication = Map.groupBy(pairs.flatMap(changedInPlace), ({ application }) => application);
  const found = await Promise.all(
    [...byApplication].map(async ([application, own]) => {
      const kubernetes = now.documents.clusters.get(application.cluster)?.document.spec.kubernetesVersion ?? "";
      if (!judgedVersions.includes(kubernetes)) return [];
      const verdicts = await engine.judge({
        kubernetes,
        namespace: stringAt(application.manifest, "spec", "destination", "namespace") ?? "",
        objects: own.map(({ after }) => after.object),
        before: own.map(({ before }) => before.object),
        definitions: await definitionsOf(application.cluster).of(own.map(({ after }) => after.id)),
      });
      return own.flatMap(({ after }, index) =>
        (verdicts[index]!.refusals ?? []).map(({ field, message }) => ({
          application: application.id,
          object: formatResource(after.id),
          field,
          message,
        })),
      );
    }),
  );
  return found.flat().toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Hooks are made anew, and so is what Argo CD is told to replace. What is refused as a new object is a finding of validate. */
function changedInPlace({ application, before, after }: Pair) {
  if (before === undefined || after === undefined) return [];
  const isNew = after.hooks.length > 0 || isReplaced(after.object);
  return isNew || (after.verdict?.refusals ?? []).length > 0 ? [] : [{ application, before, after }];
}

function keyOf({ application, object, field, message }: RefusedUpdate): string {
  return [application, object, field, message].join("\0");
}
