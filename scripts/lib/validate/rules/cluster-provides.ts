import { standingObjects } from "../../fleet/objects.ts";
import { defaultClass, keyOfProvision, neededBy, provisionsOf } from "../../fleet/provisions.ts";
import { externalFile } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

const what: Record<string, (name: string) => string> = {
  APIService: (name) => `the API ${name}`,
  CustomResourceDefinition: (name) => `the definitions of ${name}`,
  GatewayClass: (name) => `the GatewayClass ${name}`,
  Prometheus: () => "a Prometheus",
  StorageClass: (name) =>
    name === defaultClass ? "a StorageClass for claims that name none" : `the StorageClass ${name}`,
};

export const clusterProvides: Rule = {
  id: "cluster-provides",
  severity: "error",
  needs: "clusters",
  holds: `What objects depend on in their cluster is installed there: definitions, the metrics API of autoscalers, classes, a Prometheus for monitors; or ${externalFile} says who brings it.`,
  because:
    "An autoscaler without metrics, a claim without its class, a monitor without a Prometheus wait for ever, and nothing says for what.",
  *check(fleet) {
    const has = provisionsOf(fleet);
    const external = fleet.documents.external;
    const entries = external?.document.spec.cluster ?? [];
    const declared = new Set(entries.flatMap(({ kind, names }) => names.map((name) => keyOfProvision({ kind, name }))));
    const lacking = new Set<string>();
    const needed = new Set<string>();
    for (const deployed of standingObjects(fleet)) {
      const isCustom = fleet.kindsFor(deployed.application).isCustom(deployed.object);
      for (const provision of neededBy(deployed, isCustom)) {
        const key = keyOfProvision(provision);
        needed.add(key);
        if (has.get(deployed.cluster)?.has(key) === true) continue;
        const said = `${deployed.cluster} ${key}`;
        if (lacking.has(said)) continue;
        lacking.add(key).add(said);
        if (declared.has(key)) continue;
        yield {
          ...deployed.at,
          message: `needs ${what[provision.kind]!(provision.name)}, which nothing brings to ${deployed.cluster}`,
          fix: `run the addon that brings it (bun run bump-chart --place), or name it in ${externalFile} with who does`,
        };
      }
    }
    if (external === undefined || fleet.extent !== "fleet") return;
    for (const [position, { kind, names }] of entries.entries())
      for (const [index, name] of names.entries()) {
        const key = keyOfProvision({ kind, name });
        if (!needed.has(key) || lacking.has(key)) continue;
        yield {
          file: external.file,
          ...fleet.sources.locate(external.file, ["spec", "cluster", position, "names", index]),
          message: `every cluster that needs ${what[kind]!(name)} has it`,
          fix: "remove the entry",
        };
      }
  },
};
