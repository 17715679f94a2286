import { addonPlacements } from "../../addon/placements.ts";
import { namespacesOfAbsentCharts } from "../../fleet/absent-charts.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type Reference, references } from "../../fleet/needs.ts";
import { podKey, referringObjects } from "../../fleet/objects.ts";
import { heldObjects, missingOf, where } from "../../fleet/references.ts";
import { externalFile, secretRulesFile } from "../../repo/layout.ts";
import type { Rule, RuleFinding } from "../rule.ts";

export const danglingReference: Rule = {
  id: "dangling-reference",
  severity: "error",
  needs: "clusters",
  holds: `An object that another needs is rendered for the same cluster, made by an operator of an object that is, made by an addon that says so (makes in its addon.yaml), or declared in ${externalFile}. A Secret is mostly made of a SopsSecret.`,
  because:
    "A pod whose Secret or ConfigMap is missing never starts; a route whose Service is missing answers 500 (D-40).",
  *check(fleet) {
    const held = heldObjects(fleet);
    const made = madeByAddons(fleet);
    const unknown = namespacesOfAbsentCharts(fleet);
    const used = new Set<string>();
    for (const deployed of referringObjects(fleet)) {
      for (const reference of references(deployed)) {
        const missing = missingOf(held, deployed, reference);
        if (missing === undefined || made.has(where(deployed.cluster, reference))) continue;
        // A Service of a chart that this machine does not have.
        if (reference.kind === "Service" && unknown.has(podKey(deployed.cluster, reference.namespace))) continue;
        const declaration = external(fleet, reference);
        if (declaration !== undefined) {
          used.add(declaration);
          continue;
        }
        const namespace = reference.namespace === "" ? "" : `${reference.namespace}/`;
        const key = missing === "key" ? `the key ${reference.key} in ` : "";
        const wanted = `${key}${reference.kind} ${namespace}${reference.name}`;
        const fix =
          reference.kind === "Secret"
            ? `bun run secrets generate makes it, if a rule of ${secretRulesFile} fits; else correct the name`
            : `add it, correct the name, or declare it in ${externalFile} with a reason`;
        yield { ...deployed.at, message: `needs ${wanted}, which is not there`, fix };
      }
    }
    if (fleet.extent === "fleet") yield* unused(fleet, used);
  },
};

/** What programs of the addons of a cluster make when they run. */
function madeByAddons(fleet: Fleet): ReadonlySet<string> {
  return new Set(
    addonPlacements(fleet).flatMap(({ cluster, facts }) =>
      (facts?.document.spec.makes ?? []).map((object) => where(cluster, object)),
    ),
  );
}

/** The entry of the external document that excuses a reference. */
function external({ documents }: Fleet, { kind, namespace, name }: Reference): string | undefined {
  for (const [position, entry] of (documents.external?.document.spec.objects ?? []).entries()) {
    if (entry.kind !== kind || !matches(entry.namespace, namespace)) continue;
    const pattern = entry.names.findIndex((pattern) => matches(pattern, name));
    if (pattern !== -1) return `${position}.${pattern}`;
  }
  return undefined;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${parts.join("[a-z0-9-]+")}$`).test(name);
}

function* unused({ documents, sources }: Fleet, used: ReadonlySet<string>): Iterable<RuleFinding> {
  if (documents.external === undefined) return;
  const { file, document } = documents.external;
  for (const [position, entry] of document.spec.objects.entries()) {
    for (const [pattern, name] of entry.names.entries()) {
      if (used.has(`${position}.${pattern}`)) continue;
      const at = sources.locate(file, ["spec", "objects", position, "names", pattern]);
      yield { file, ...at, message: `nothing refers to ${entry.kind} ${name} any more`, fix: "remove the entry" };
    }
  }
}
