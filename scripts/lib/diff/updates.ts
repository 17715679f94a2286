import { isReplaced } from "../argocd/protection.ts";
import { stringAt } from "../core/json.ts";
import { judgedVersions } from "../engine/engine.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { formatResource, identity } from "../model/resource.ts";
import type { Application, FleetObject } from "../render/application.ts";
import type { Judge } from "../render/judged.ts";

/** A change that an API server refuses: the object can be made so, but not become so. */
export interface RefusedUpdate {
  application: string;
  object: string;
  field: string;
  message: string;
}

/** Asks Kubernetes' own code about every object that is on both sides and differs: immutable fields, and transitions. */
export async function refusedUpdates(
  old: Fleet,
  now: Fleet,
  { engine, definitionsOf }: Judge,
): Promise<RefusedUpdate[]> {
  const before = new Map(old.applications.map((application) => [application.id, application]));
  const found = await Promise.all(
    now.applications.map(async (application) => {
      const pairs = changedPairs(before.get(application.id), application);
      const kubernetes = now.documents.clusters.get(application.cluster)?.document.spec.kubernetesVersion ?? "";
      if (pairs.length === 0 || !judgedVersions.includes(kubernetes)) return [];
      const verdicts = await engine.judge({
        kubernetes,
        namespace: stringAt(application.manifest, "spec", "destination", "namespace") ?? "",
        objects: pairs.map(([, after]) => after.object),
        before: pairs.map(([then]) => then.object),
        definitions: await definitionsOf(application.cluster).of(pairs.map(([, { id }]) => id)),
      });
      return pairs.flatMap(([, after], index) =>
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

/** Objects of an Application that are changed in place: hooks are made anew, and so is what Argo CD is told to replace. */
function changedPairs(before: Application | undefined, after: Application): [FleetObject, FleetObject][] {
  if (before === undefined) return [];
  const then = new Map(before.objects.map((object) => [identity(object.id), object]));
  return after.objects.flatMap((object): [FleetObject, FleetObject][] => {
    const own = then.get(identity(object.id));
    if (own === undefined || object.hooks.length > 0 || isReplaced(object.object)) return [];
    // What is refused as a new object is a finding of validate.
    if ((object.verdict?.refusals ?? []).length > 0) return [];
    return JSON.stringify(own.object) === JSON.stringify(object.object) ? [] : [[own, object]];
  });
}

function keyOf({ application, object, field, message }: RefusedUpdate): string {
  return [application, object, field, message].join("\0");
}
