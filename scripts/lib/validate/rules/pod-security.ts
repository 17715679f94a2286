import { addonPlacements } from "../../addon/placements.ts";
import { objectAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { enforceLabel, podSecurityProblems } from "../../model/pod-security.ts";
import { addonOf } from "../../render/source-file.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule, RuleFinding } from "../rule.ts";
import { newForbidden } from "../verdicts.ts";

/** Pod Security Standards, profile restricted (kubernetes.io, concepts/security/pod-security-standards). */
export const podSecurity: Rule = {
  id: "pod-security",
  severity: "error",
  holds:
    "Every pod keeps to Pod Security restricted as Kubernetes 1.35 has it, those inside custom resources too; beyond it, none shares processes, chooses its node or joins other networks, and pods of Windows are asked for the same. Each namespace enforces it, or the level of an addon in it.",
  because: "The API server refuses the pods of a closed namespace one by one, long after the change was merged (S-04).",
  *check(fleet) {
    yield* unenforced(fleet);
    for (const deployed of renderedObjects(fleet)) {
      const { at, object, pods } = deployed;
      const said: string[] = [];
      for (const { path, spec } of pods) {
        const annotations = objectAt(object, ...path.slice(0, -1), "metadata", "annotations");
        for (const { message, fix } of podSecurityProblems(spec, annotations)) {
          said.push(message);
          yield { ...at, message, fix };
        }
      }
      // In a privileged namespace the server asks for nothing; what is found above is allowed one by one.
      const addon = fleet.documents.addons.get(addonOf(deployed.application) ?? "");
      if (addon?.document.spec.podSecurity === "privileged") continue;
      for (const { reason, detail } of newForbidden(deployed, said))
        yield { ...at, message: `breaks Pod Security restricted: ${reason} (${detail})`, fix: "correct what it names" };
    }
  },
};

/** What addons ask of their namespaces is in their facts, and addon-lock holds the namespace to it. */
function* unenforced(fleet: Fleet): Iterable<RuleFinding> {
  const asked = new Set(
    addonPlacements(fleet).flatMap(({ cluster, facts }) =>
      facts === undefined ? [] : [`${cluster} ${facts.document.spec.namespace} ${facts.document.spec.podSecurity}`],
    ),
  );
  for (const { cluster, id, object, at } of standingObjects(fleet, "Namespace")) {
    const level = stringAt(object, "metadata", "labels", enforceLabel);
    if (level === "restricted" || asked.has(`${cluster} ${id.name} ${level}`)) continue;
    yield {
      ...at,
      message:
        level === undefined ? "enforces no level of Pod Security" : `enforces Pod Security ${level}, not restricted`,
      fix: `include ${pathOf("platformDefinition", { part: "namespaces" }, "components/restricted")} in its kustomization`,
    };
  }
}
