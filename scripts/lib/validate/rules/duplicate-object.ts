import { type DeployedObject, renderedObjects } from "../../fleet/objects.ts";
import { identity } from "../../model/resource.ts";
import { secretsOf } from "../../secret/sops-secret.ts";
import type { Rule } from "../rule.ts";

export const duplicateObject: Rule = {
  id: "duplicate-object",
  severity: "error",
  compares: "clusters",
  holds: "An object of a cluster is rendered once, by one Application; a Secret is made by one SopsSecret, once.",
  because:
    "Of two in one Application Argo CD keeps the last; two Applications, or two SopsSecrets, overwrite each other for ever (FM-09, D-44).",
  *check(fleet) {
    const owners = new Map<string, DeployedObject>();
    for (const deployed of renderedObjects(fleet)) {
      const key = `${deployed.cluster}\0${identity(deployed.id)}`;
      const first = owners.get(key);
      if (first === undefined) {
        owners.set(key, deployed);
        continue;
      }
      const where = first.application === deployed.application ? "the same Application" : first.application.id;
      const from = first.file === undefined ? "" : `, from ${first.file}`;
      const fix = "give it one owner: remove or rename one of them";
      yield { ...deployed.at, message: `is rendered by ${where} as well${from}`, fix };
    }
    const makers = new Map<string, DeployedObject>();
    for (const maker of renderedObjects(fleet, "SopsSecret")) {
      for (const { name } of secretsOf(maker.object)) {
        const key = JSON.stringify([maker.cluster, maker.id.namespace, name]);
        const first = makers.get(key);
        makers.set(key, first ?? maker);
        if (first === undefined) continue;
        const where = first === maker ? "twice" : `as ${first.file ?? first.id.name} does`;
        yield { ...maker.at, message: `makes the Secret ${name}, ${where}`, fix: "keep one of them" };
      }
    }
  },
};
