import type { Finding } from "../core/finding.ts";
import { ruleIds } from "../core/rule-id.ts";
import { absentCharts } from "../fleet/absent-charts.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Exceptions } from "../model/generated.ts";
import { unknownName } from "../repo/documents.ts";
import type { RuleDescription } from "./rule.ts";

type Exception = Exceptions["spec"]["exceptions"][number];

/** What the runner itself reports of exceptions. */
export const exceptionRule: RuleDescription = {
  id: "exception",
  severity: "error",
  holds: "Exceptions excuse something, only until their day, and nothing that holds isolation, rights or keys.",
  because: "An exception that nobody needs hides the next mistake.",
};

/**
 * Takes out the findings that apps/exceptions.yaml excuses today, and adds one for each entry that excuses nothing or
 * has expired. Where only a part of the fleet was judged, an entry without use may be about the other part.
 */
export function applyExceptions(
  findings: readonly Finding[],
  { documents, sources, extent, applications }: Fleet,
  today: string,
  absolute: ReadonlySet<string>,
) {
  const located = documents.exceptions;
  if (located === undefined) return { left: [...findings], excused: 0 };
  const { file, document } = located;
  const entries = document.spec.exceptions;
  const used = new Set<number>();
  // A chart that this machine does not have may be what an entry is about; the summary names it.
  const isWhole = extent === "fleet" && absentCharts({ applications }).length === 0;
  const left = findings.filter((finding) => {
    const found = absolute.has(finding.rule) ? -1 : entries.findIndex((entry) => matches(entry, finding));
    if (found === -1) return true;
    used.add(found);
    return entries[found]!.expires < today;
  });
  const excused = findings.length - left.length;
  for (const [index, entry] of entries.entries()) {
    const place = (field: string) => ({ file, ...sources.locate(file, ["spec", "exceptions", index, field]) });
    const finding = { rule: "exception", severity: "error" } as const;
    if (!ruleIds.some((id) => id === entry.rule)) {
      const { message, fix } = unknownName("rule", entry.rule, ruleIds);
      left.push({ ...finding, ...place("rule"), message, fix });
    } else if (absolute.has(entry.rule)) {
      const message = `${entry.rule} takes no exception: it holds isolation, rights or keys`;
      left.push({ ...finding, ...place("rule"), message, fix: "remove it, and correct what the rule finds" });
    } else if (entry.expires < today) {
      const message = `the exception for ${entry.rule} expired on ${entry.expires}`;
      left.push({
        ...finding,
        ...place("expires"),
        message,
        fix: "mend what it excused, or decide anew and give it another day",
      });
    } else if (!used.has(index) && isWhole) {
      const message = `the exception for ${entry.rule} excuses nothing`;
      left.push({ ...finding, ...place("rule"), message, fix: "remove it" });
    }
  }
  return { left, excused };
}

function matches(entry: Exception, finding: Finding): boolean {
  if (entry.rule !== finding.rule) return false;
  return (["file", "application", "object", "message"] as const).every((field) => {
    const pattern = entry[field];
    return pattern === undefined || (finding[field] !== undefined && glob(pattern).test(finding[field]));
  });
}

/** A pattern whose * stands for any part. */
function glob(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(".*")}$`,
  );
}
