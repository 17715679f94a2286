import type { Finding } from "../core/finding.ts";
import type { RuleId } from "../core/rule-id.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Addon } from "../model/generated.ts";
import { addonOf } from "../render/source-file.ts";
import { within } from "../repo/address.ts";
import { unknownName } from "../repo/documents.ts";
import { addonValueFiles } from "../repo/layout.ts";
import type { RuleDescription } from "./rule.ts";

type Allowance = NonNullable<Addon["spec"]["allowances"]>[number];

/** What the runner itself reports of allowances. */
export const allowanceRule: RuleDescription = {
  id: "addon-allowance",
  severity: "error",
  absolute: true,
  holds:
    "What an addon may do beyond the rules is listed in its addon.yaml, object by object and message by message, and each entry is needed.",
  because:
    "An operator's rights are upstream's to change: a version that wants more has to be a line of review, and what it no longer wants has to go.",
};

/** Rules that upstream charts break for reasons of their own. No addon is allowed what holds tenants apart. */
export const allowable: readonly RuleId[] = [
  "alert-expression",
  "api-removal",
  "blocking-pdb",
  "dangling-reference",
  "egress-outside",
  "image-digest",
  "kubernetes-schema",
  "object-metadata",
  "plaintext-secret",
  "pod-probes",
  "pod-resources",
  "pod-security",
  "priority-class",
  "rbac-escalation",
  "replicas-beside-hpa",
  "selector-match",
];

/**
 * Takes out the findings that an addon's allowances name exactly, and adds one for each entry that is needed by nothing.
 * Findings are an addon's where its Application renders the object, or its folder holds the file.
 */
export function applyAllowances(findings: readonly Finding[], fleet: Fleet): { left: Finding[]; allowed: number } {
  const { addons } = fleet.documents;
  if (addons.size === 0) return { left: [...findings], allowed: 0 };
  const byId = new Map(fleet.applications.map((application) => [application.id, addonOf(application)]));
  const used = new Set<string>();
  const left = findings.filter((finding) => {
    const addon = byId.get(finding.application ?? "") ?? within("addonDefinition", finding.file ?? "")?.addon;
    const entries = addon === undefined ? undefined : addons.get(addon)?.document.spec.allowances;
    const index = entries?.findIndex((entry) => matches(entry, finding)) ?? -1;
    if (index === -1) return true;
    used.add(`${addon} ${index} object ${finding.object}`).add(`${addon} ${index} what ${finding.message}`);
    return false;
  });
  const allowed = findings.length - left.length;
  for (const [addon, { file, document }] of addons) {
    const entries = document.spec.allowances ?? [];
    const own = fleet.applications.filter((application) => addonOf(application) === addon);
    // Of what runs nowhere, or was rendered in part, nothing is known to be needless.
    const isWhole =
      fleet.extent === "fleet" &&
      own.every(({ notRendered }) => notRendered === undefined) &&
      runsEveryWay(
        fleet,
        addon,
        own.map(({ cluster }) => cluster),
      );
    for (const [index, entry] of entries.entries()) {
      const at = (...path: (string | number)[]) => ({
        rule: allowanceRule.id,
        severity: allowanceRule.severity,
        file,
        ...fleet.sources.locate(file, ["spec", "allowances", index, ...path]),
      });
      if (!allowable.some((id) => id === entry.rule)) {
        const { message, fix } = unknownName("rule that takes an allowance", entry.rule, allowable);
        left.push({ ...at("rule"), message, fix });
        continue;
      }
      if (entry.rule === "pod-security" && document.spec.podSecurity === "restricted")
        left.push({
          ...at("rule"),
          message: "allows pods what the API server refuses in a restricted namespace",
          fix: "set podSecurity: privileged, and the component privileged in namespace/, or mend its values",
        });
      if (!isWhole) continue;
      for (const [position, object] of entry.objects.entries())
        if (!used.has(`${addon} ${index} object ${object}`))
          left.push({
            ...at("objects", position),
            message: `allows ${object} what it does not do (${entry.rule})`,
            fix: "remove it",
          });
      for (const [position, what] of (entry.what ?? []).entries())
        if (!used.has(`${addon} ${index} what ${what}`))
          left.push({
            ...at("what", position),
            message: `allows ${JSON.stringify(what)}, which nothing of it does (${entry.rule})`,
            fix: "remove it",
          });
    }
  }
  return { left, allowed };
}

/**
 * Whether clusters run an addon in every way that it is run in: an environment may give it values of its own, and the
 * others share the rest. What no cluster shows yet is prepared, not needless.
 */
function runsEveryWay({ documents, tree }: Fleet, addon: string, clusters: readonly string[]): boolean {
  const wayOf = (environment: string) => {
    const own = addonValueFiles({ addon, environment, cluster: "" })[1]!;
    return tree.has(own) ? environment : "";
  };
  const shown = new Set(clusters.map((name) => wayOf(documents.clusters.get(name)?.document.spec.environment ?? "")));
  return [...documents.environments.keys()].every((environment) => shown.has(wayOf(environment)));
}

function matches({ rule, objects, what }: Allowance, finding: Finding): boolean {
  return (
    rule === finding.rule &&
    allowable.some((id) => id === rule) &&
    finding.object !== undefined &&
    objects.includes(finding.object) &&
    (what === undefined || what.includes(finding.message))
  );
}
