import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import { addonOf } from "../../render/source-file.ts";
import type { Rule } from "../rule.ts";

/** Contracts say what we may set; what upstream sets of such a kind only its definition can judge. */
function isUnjudged(fleet: Fleet, { application, raw }: DeployedObject): boolean {
  const kinds = fleet.kindsFor(application);
  return addonOf(application) !== undefined && kinds.isCustom(raw) && !kinds.isDefined(raw);
}

/** Whether the engine found nothing against an object of a custom kind, by the definition of its cluster. */
function isAdmittedByDefinition({ verdict }: DeployedObject): boolean {
  return verdict !== undefined && verdict.notJudged === undefined && verdict.refusals === undefined;
}

const undefinedVersion = {
  message: "is of a version that is not served",
  fix: "write it in a version that the definition serves, or run another version of the addon that brings it",
};

export const kubernetesSchema: Rule = {
  id: "kubernetes-schema",
  severity: "error",
  holds: "Every object is of a kind its cluster knows and has only fields of that kind.",
  because: "The API server drops an unknown field without a word, and refuses an unknown kind in the middle of a sync.",
  cannotJudge(fleet) {
    const left = renderedObjects(fleet).filter((deployed) => isUnjudged(fleet, deployed));
    if (left.length === 0) return undefined;
    const kinds = [...new Set(left.map(({ id }) => id.kind))].toSorted().join(", ");
    return {
      what: `fields of ${left.length} objects of charts (${kinds})`,
      reason: "no addon of their cluster brings the definition",
    };
  },
  *check(fleet) {
    for (const deployed of renderedObjects(fleet)) {
      if (isUnjudged(fleet, deployed)) continue;
      const { application, cluster, raw, at } = deployed;
      const kinds = fleet.kindsFor(application);
      // The engine held it against the same definition already, and compiling a large one takes long.
      const isAdmitted = isAdmittedByDefinition(deployed);
      const own = isAdmitted && kinds.isDefined(raw) ? [] : kinds.violations(raw);
      for (const { message, fix } of own) yield { ...at, message, fix };
      // A contract says what we may set; whether the cluster still takes it, the definition says that it runs.
      const defined = fleet.definedKinds(cluster);
      if (own.length > 0 || isAdmitted || addonOf(application) !== undefined || !defined.definesGroup(raw)) continue;
      for (const { message, fix } of defined.isDefined(raw) ? defined.violations(raw) : [undefinedVersion])
        yield { ...at, message: `${message} (by the definition that ${cluster} runs)`, fix };
    }
  },
};
