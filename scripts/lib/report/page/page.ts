import { counted } from "../../core/count.ts";
import type { Finding } from "../../core/finding.ts";
import { reachabilityOf } from "../../fleet/reachability.ts";
import type { Repository } from "../../fleet/repository.ts";
import type { Validation } from "../../validate/validate.ts";
import { reachabilityData } from "../reachability.ts";
import { clusterRows, placeOf, summarise, type Summary } from "../summary.ts";
import { groupFindings, judges, leftOut } from "../validation.ts";
import type { ApplicationRow, FindingRow, Notice, PageData, PageDifference } from "./data.ts";
import { tenantsOf } from "./tenants.ts";
import { promotionsOf, versionsOf } from "./versions.ts";

export interface PageInput {
  repository: Repository;
  validation: Validation;
  /** By which holds are judged, YYYY-MM-DD. */
  today: string;
  /** The commit that is shown, where it is not the working folder, and how many commits HEAD is ahead of it. */
  shown?: { commit: string; behind: number };
  applications: ApplicationRow[];
  difference?: PageDifference;
}

/** All that the page shows but the objects: those are in blocks. */
export function pageData({ repository, validation, today, shown, applications, difference }: PageInput): PageData {
  const { fleet, findings } = validation;
  const summary = summarise(validation);
  return {
    notices: noticesOf(validation, summary, shown),
    clusters: clusterRows(validation),
    versions: versionsOf(repository),
    promotions: promotionsOf(repository, today),
    tenants: tenantsOf(fleet),
    reachability: reachabilityOf(fleet).map(reachabilityData),
    findings: groupFindings(findings).map(findingRow),
    left: [...leftOut(summary), judges(summary)],
    applications,
    ...(difference === undefined ? {} : { difference }),
  };
}

function findingRow({ finding, applications }: { finding: Finding; applications: string[] }): FindingRow {
  const { severity, rule, object = "", message, fix = "" } = finding;
  return { severity, rule, place: placeOf(finding), object, message, fix, applications };
}

function noticesOf({ findings, failed }: Validation, summary: Summary, shown: PageInput["shown"]): Notice[] {
  const notices: Notice[] = [];
  if (shown !== undefined) {
    const { commit, behind } = shown;
    const name = commit.slice(0, 12);
    if (behind > 0)
      notices.push({
        severity: "warning",
        text: `This is an old revision: commit ${name}, ${counted(behind, "commits")} before the newest`,
      });
    else notices.push({ severity: "note", text: `This is commit ${name}` });
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (errors > 0)
    notices.push({
      severity: "error",
      text: `The fleet has ${counted(errors, "errors")}: what a broken file says is missing here`,
      view: "findings",
    });
  for (const { what, reason } of failed)
    notices.push({ severity: "error", text: `A program failed at ${what}: ${reason}`, view: "findings" });
  const missing = summary.notRendered.length;
  if (summary.rendered === 0)
    notices.push({
      severity: "error",
      text: "Nothing is rendered: there are no objects, no ways between pods and no quota in use to show",
      view: "findings",
    });
  else if (missing > 0)
    notices.push({
      severity: "warning",
      text: `${missing} of ${counted(summary.applications, "Applications")} ${missing === 1 ? "is" : "are"} not rendered, and what they would add is not here`,
      view: "findings",
    });
  return notices;
}
