import { type Json, listAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { tenantPartOf } from "../../fleet/ownership.ts";
import type { Rule } from "../rule.ts";

/** Gateways of a hybrid deployment: the other cluster comes in by one, and is called by the other. */
const betweenClusters: ReadonlySet<string> = new Set(["internal", "peer"]);

export const tenantHeader: Rule = {
  id: "tenant-header",
  severity: "error",
  holds:
    "Every rule of an HTTPRoute that leads to a Service removes X-Tenant-ID, unless it is a tenant's, which sets it, or hangs on the gateways internal and peer alone, between two clusters, where another service sent it.",
  because:
    "A client that may send the header chooses its tenant; a route between two clusters that drops it loses the tenant (R11, D-19).",
  *check(fleet) {
    for (const { application, object, at } of renderedObjects(fleet, "HTTPRoute")) {
      const isTenants = tenantPartOf(application)?.kind === "grant";
      const isInternal = listAt(object, "spec", "parentRefs").every(
        (parent) => stringAt(parent, "namespace") === "gateway" && betweenClusters.has(stringAt(parent, "name") ?? ""),
      );
      for (const [index, rule] of listAt(object, "spec", "rules").entries()) {
        if (listAt(rule, "backendRefs").length === 0) continue;
        const problem = problemOf(filtersOf(rule), isTenants, isInternal);
        if (problem === undefined) continue;
        yield { ...at, message: `spec.rules[${index}] ${problem.message}`, fix: problem.fix };
      }
    }
  },
};

interface Header {
  removes: boolean;
  /** Sets it, or adds another. */
  gives: boolean;
}

function filtersOf(rule: Json): Header {
  const isHeader = (name: string | undefined) => name?.toLowerCase() === "x-tenant-id";
  // Filters of a single backend count as well.
  const filters = [rule, ...listAt(rule, "backendRefs")].flatMap((place) => listAt(place, "filters"));
  return {
    removes: filters.some((filter) => stringsAt(filter, "requestHeaderModifier", "remove").some(isHeader)),
    gives: filters.some((filter) =>
      ["set", "add"].some((field) =>
        listAt(filter, "requestHeaderModifier", field).some((header) => isHeader(stringAt(header, "name"))),
      ),
    ),
  };
}

function problemOf({ removes, gives }: Header, isTenants: boolean, isInternal: boolean) {
  if (isTenants) {
    // Which tenant it says, grant-scope holds.
    return removes
      ? { message: "removes X-Tenant-ID, which the tenant's route has to set", fix: "remove the filter" }
      : undefined;
  }
  if (gives)
    return {
      message: "sets X-Tenant-ID, which only the route of a tenant does",
      fix: "remove the header from the filter",
    };
  if (isInternal || removes) return undefined;
  return {
    message: "lets a client's own X-Tenant-ID through",
    fix: "remove the header in a RequestHeaderModifier filter, or hang the route on the gateway internal",
  };
}
