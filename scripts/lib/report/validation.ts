import { createColors } from "picocolors";

import type { Finding } from "../core/finding.ts";
import { visible, visibleLines } from "../core/visible.ts";
import { wrapLines } from "../core/wrap.ts";
import { exceptionsFile } from "../repo/layout.ts";
import type { Validation } from "../validate/validate.ts";
import type { Format } from "./format.ts";
import { type ClusterRow, clusterRows, groupOmissions, placeOf, summarise, type Summary } from "./summary.ts";
import { fittingTable, type Look } from "./table.ts";

/** A validation as text for people or data for programs. Pure: the same validation gives the same text. */
export function report(validation: Validation, format: Format, look: Look): string {
  switch (format) {
    case "json":
      return `${JSON.stringify({ summary: summarise(validation), findings: validation.findings }, null, 2)}\n`;
    case "github":
      return [...groupFindings(validation.findings).map(annotation), ...closing(validation)].join("\n") + "\n";
    case "markdown":
      return markdown(validation);
    case "text":
      return text(validation, look);
  }
}

/** A finding whose every word can be printed: names and messages hold what a branch put into files. */
function printable(finding: Finding): Finding {
  const { file, application, object, message, fix } = finding;
  return {
    ...finding,
    message: visibleLines(message),
    ...(file === undefined ? {} : { file: visible(file) }),
    ...(application === undefined ? {} : { application: visible(application) }),
    ...(object === undefined ? {} : { object: visible(object) }),
    ...(fix === undefined ? {} : { fix: visibleLines(fix) }),
  };
}

/** Findings that say the same of many Applications, as one. */
export interface FindingGroup {
  finding: Finding;
  applications: string[];
}

export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = Map.groupBy(findings.map(printable), ({ application: _application, ...same }) => JSON.stringify(same));
  return [...groups.values()].map((group) => ({
    finding: group[0]!,
    applications: group.flatMap(({ application }) => (application === undefined ? [] : [application])),
  }));
}

function listed(applications: readonly string[]): string {
  const more = applications.length > 3 ? ` and ${applications.length - 3} more` : "";
  return `${applications.slice(0, 3).join(", ")}${more}`;
}

/** Findings alone, a block each, alike ones together. */
export function findingsText(findings: readonly Finding[], colour: boolean): string {
  const paint = createColors(colour);
  const blocks = groupFindings(findings).map(({ finding, applications }) => {
    const severity = finding.severity === "error" ? paint.red("error") : paint.yellow("warning");
    const lines = [`${severity} ${paint.bold(placeOf(finding) || listed(applications))} ${paint.dim(finding.rule)}`];
    const about = [
      finding.object,
      applications.length > 0 && placeOf(finding) !== "" ? `in ${listed(applications)}` : undefined,
    ];
    lines.push(`  ${finding.message}`);
    if (about.some((part) => part !== undefined))
      lines.push(paint.dim(`  ${about.filter((part) => part !== undefined).join(" ")}`));
    if (finding.fix !== undefined) lines.push(`  ${paint.cyan("fix:")} ${finding.fix}`);
    return `${lines.join("\n")}\n`;
  });
  return blocks.map((block) => `${block}\n`).join("");
}

function text(validation: Validation, look: Look): string {
  const closed = [table(clusterRows(validation), look), closing(validation).join("\n"), ""].join("\n");
  return findingsText(validation.findings, look.colour) + wrapLines(closed, look.width);
}

const numbers = ["applications", "rendered", "objects", "findings"] as const;

function table(rows: readonly ClusterRow[], look: Look): string {
  const cells = rows.map((row) => [
    row.cluster,
    row.environment,
    row.model,
    row.kubernetes,
    ...numbers.map((name) => String(row[name])),
  ]);
  const total = numbers.map((name) => String(rows.reduce((sum, row) => sum + row[name], 0)));
  const all = [...cells, [plural(rows.length, "cluster"), "", "", "", ...total]];
  const expendable = ["kubernetes", "model", "environment", "objects", "applications"];
  return fittingTable(["cluster", "environment", "model", "kubernetes", ...numbers], all, look, {
    right: numbers,
    expendable,
  });
}

/** What was not judged, or judged and not listed, each with its reason. */
export function leftOut(summary: Summary): string[] {
  return [
    ...groupOmissions(summary.notRendered, "Application not rendered", "Applications not rendered"),
    ...groupOmissions(summary.folded, "finding folded", "findings folded"),
    ...(summary.excused === 0 ? [] : [`${plural(summary.excused, "finding")} excused by ${exceptionsFile}`]),
    ...(summary.allowed === 0 ? [] : [`${plural(summary.allowed, "finding")} allowed by the addons they are about`]),
    ...groupOmissions(summary.notChecked, "check left out", "checks left out"),
  ];
}

/** What rendered the fleet, and whether Kubernetes' own code judged it. */
export const judges = ({ renderer, judgedBy }: Summary): string =>
  `rendered by ${renderer}, ${judgedBy === null ? "not judged by Kubernetes' own code" : `judged by Kubernetes ${judgedBy}`}`;

function closing(validation: Validation): string[] {
  const summary = summarise(validation);
  const errors = validation.findings.filter(({ severity }) => severity === "error").length;
  const warnings = validation.findings.length - errors;
  const counts = `${plural(errors, "error")}${warnings === 0 ? "" : `, ${plural(warnings, "warning")}`}`;
  const seconds = (summary.milliseconds / 1000).toFixed(1);
  const fresh = summary.rendered - summary.cached;
  return [
    ...leftOut(summary),
    judges(summary),
    `${counts} in ${plural(summary.rendered, "Application")} and ${plural(summary.objects, "object")} (${fresh} rendered now, ${summary.cached} unchanged since an earlier run, ${seconds} s)`,
  ];
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** A workflow command, which GitHub shows at the line (its escapes: docs.github.com, workflow commands). */
function annotation({ finding, applications }: FindingGroup): string {
  const escape = (value: string) => value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (value: string) => escape(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const { file, line, column, rule } = finding;
  const properties = Object.entries({ file, line, col: column, title: rule })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${property(String(value))}`);
  const where = applications.length === 0 ? "" : ` (${listed(applications)})`;
  const said = [`${finding.message}${where}`, finding.fix === undefined ? "" : `fix: ${finding.fix}`].filter(
    (part) => part !== "",
  );
  return `::${finding.severity} ${properties.join(",")}::${escape(said.join("\n"))}`;
}

function markdown(validation: Validation): string {
  const cell = (value: string) =>
    value.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(/\s+/g, " ");
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const findings = groupFindings(validation.findings).map(({ finding, applications }) =>
    row([finding.severity, finding.rule, placeOf(finding), listed(applications), finding.message, finding.fix ?? ""]),
  );
  const head = [row(["", "rule", "place", "Applications", "what", "fix"]), row(Array<string>(6).fill("---"))];
  const clusters = clusterRows(validation);
  return [
    ...(findings.length === 0 ? [] : [...head, ...findings, ""]),
    row(["cluster", "environment", ...numbers]),
    row(["---", "---", ...numbers.map(() => "--:")]),
    ...clusters.map((cluster) =>
      row([cluster.cluster, cluster.environment, ...numbers.map((name) => String(cluster[name]))]),
    ),
    "",
    ...closing(validation).map((line) => `${cell(line)}\n`),
  ].join("\n");
}
