import { stringAt } from "../../core/json.ts";
import { prometheusRules } from "../../fleet/alerts.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

const severities = ["critical", "warning"];
/** Each has an address in spec.alerts of a cluster's facts. */
const teams = ["delivery", "platform", "services", "stores", "support"];
const cards = `blob/main/${pathOf("runbook", { runbook: "alerts" })}`;

export const alertLabels: Rule = {
  id: "alert-labels",
  severity: "error",
  holds: `Every alert of ours says how severe it is (${severities.join(", ")}), which team it is for (${teams.join(", ")}), what is wrong, and leads to its card in ${pathOf("runbook", { runbook: "alerts" })} of the cluster's repository.`,
  because:
    "An alert that no route takes reaches nobody, and one without a card leaves whoever is on call alone with it.",
  *check(fleet) {
    for (const { deployed, rule, name, isAlert, isOurs } of prometheusRules(fleet)) {
      if (!isAlert || !isOurs) continue;
      const label = (key: string) => stringAt(rule, "labels", key);
      const problem = (message: string, fix: string) => ({ ...deployed.at, message: `${name}: ${message}`, fix });
      if (!severities.includes(label("severity") ?? ""))
        yield problem(`its severity is ${label("severity")}`, `label it severity: ${severities.join(" or ")}`);
      if (!teams.includes(label("team") ?? ""))
        yield problem(`its team is ${label("team")}`, `label it team: one of ${teams.join(", ")}`);
      for (const key of ["summary", "description"])
        if ((stringAt(rule, "annotations", key) ?? "") === "")
          yield problem(`has no ${key}`, `say in annotations.${key} what is wrong`);
      const repository = fleet.documents.clusters.get(deployed.cluster)?.document.spec.repository.url;
      if (repository === undefined) continue;
      const card = `${repository.replace(/\.git$/, "")}/${cards}#${name.toLowerCase()}`;
      const own = stringAt(rule, "annotations", "runbook_url");
      if (own !== card) yield problem(`leads to ${own} instead of its card`, `annotate it runbook_url: ${card}`);
    }
  },
};
