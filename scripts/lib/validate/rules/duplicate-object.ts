import { formatResource, identity } from "../../model/resource.ts";
import type { Application, FleetObject } from "../../render/fleet.ts";
import type { Rule } from "../rule.ts";

export const duplicateObject: Rule = {
  id: "duplicate-object",
  severity: "error",
  holds: "An object of a cluster is rendered once, by one Application.",
  because:
    "Of two in one Application Argo CD keeps the last; two Applications overwrite each other for ever (FM-09, D-44).",
  *check({ applications }) {
    const owners = new Map<string, { application: Application; object: FleetObject }>();
    for (const application of applications) {
      for (const object of application.objects) {
        const key = `${application.cluster}\0${identity(object.id)}`;
        const first = owners.get(key);
        if (first === undefined) {
          owners.set(key, { application, object });
          continue;
        }
        const where = first.application === application ? "the same Application" : first.application.id;
        yield {
          application: application.id,
          object: formatResource(object.id),
          ...(object.file === undefined ? {} : { file: object.file }),
          message: `is rendered by ${where} as well${first.object.file === undefined ? "" : `, from ${first.object.file}`}`,
          fix: "give it one owner: remove or rename one of them",
        };
      }
    }
  },
};
