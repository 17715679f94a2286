import { policyPorts } from "../ports/policies.ts";
import { probePorts } from "../ports/probes.ts";
import { routePorts } from "../ports/routes.ts";
import { monitorPorts, servicePorts } from "../ports/services.ts";
import type { Rule } from "../rule.ts";

export const portMatch: Rule = {
  id: "port-match",
  severity: "error",
  needs: "clusters",
  holds:
    "What names a port, names one that is there: probes and hooks of their container, Services and monitors of their pods, routes of their Service, NetworkPolicies of the pods at the destination.",
  because:
    "A port that nobody listens on is closed without a word: probes fail, routes answer 503, scrapes find nothing.",
  *check(fleet) {
    yield* probePorts(fleet);
    yield* servicePorts(fleet);
    yield* monitorPorts(fleet);
    yield* routePorts(fleet);
    yield* policyPorts(fleet);
  },
};
