import type { Finding } from "../core/finding.ts";
import type { RuleId } from "../core/rule-id.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { isUnknownKind } from "../model/kinds.ts";
import { within } from "../repo/address.ts";
import { documentKindAt } from "../repo/document-kinds.ts";
import { allowanceRule } from "./allowances.ts";
import { intakeRules } from "./intake-rules.ts";
import { renderRules } from "./render-rules.ts";
import { rules } from "./rules.ts";

/** A finding that goes away with its cause. */
export interface Follower {
  finding: Finding;
  cause: Finding;
}

/** What was found while files were read is never a consequence of something else; a file that is missing may be. */
const roots: ReadonlySet<RuleId> = new Set([
  ...intakeRules.map(({ id }) => id).filter((id) => id !== "missing-file"),
  "document-reference",
]);
const isRoot = ({ rule, application }: Finding) =>
  roots.has(rule) || (rule === "missing-file" && application === undefined);

/** Rules that no exception sets aside, and that are always named. */
export const absolute: ReadonlySet<string> = new Set(
  [...intakeRules, ...renderRules, allowanceRule, ...rules]
    .filter((rule) => rule.absolute === true)
    .map(({ id }) => id),
);

/** What is wrong with a name, or with what hides objects, whatever else is wrong with the same file. */
const independent: ReadonlySet<RuleId> = new Set(["rendered-list", "tenant-id"]);

/** Why an Application is not rendered. */
const stops: ReadonlySet<RuleId> = new Set(["application-source", "missing-file", "render-failed", "values-schema"]);

/**
 * Sets apart what follows from something that is wrong already: whatever is said of a file that could not be read, of a
 * cluster or tenant whose facts have errors, of an Application that does not render. What is left is what to correct.
 */
export function foldFollowers(
  findings: readonly Finding[],
  { applications }: Pick<Fleet, "applications">,
): { kept: Finding[]; followers: Follower[] } {
  const errors = findings.filter(({ severity }) => severity === "error");
  const first = errors.filter(isRoot);
  const stopped = new Set(applications.filter(({ notRendered }) => notRendered !== undefined).map(({ id }) => id));
  const unnamed = new Set(applications.filter(({ request }) => request === undefined).map(({ id }) => id));
  const second = errors.filter(({ rule, application }) => stops.has(rule) && stopped.has(application ?? ""));
  const unknownKinds = errors.filter(
    ({ rule, message }) => rule === "kubernetes-schema" && message.endsWith(isUnknownKind),
  );
  const causeOf = (finding: Finding): Finding | undefined => {
    // Who is protected by a rule is told what it says, whatever else is wrong.
    if (isRoot(finding) || absolute.has(finding.rule) || independent.has(finding.rule)) return undefined;
    const root = first.find((cause) => isAbout(finding, cause));
    const unknownKind = unknownKinds.find((cause) => isOfKind(finding, cause));
    if (unknownKind !== undefined) return unknownKind;
    if (root !== undefined || second.includes(finding)) return root;
    return second.find(
      (cause) =>
        cause.application === finding.application ||
        // A call of a service whose folder is there under another name, or is not in order.
        (finding.rule === "service-reference" && unnamed.has(cause.application!) && sameCluster(cause, finding)),
    );
  };
  const kept: Finding[] = [];
  const followers: Follower[] = [];
  for (const finding of findings) {
    const cause = causeOf(finding);
    if (cause === undefined) kept.push(finding);
    else followers.push({ finding, cause });
  }
  return { kept, followers };
}

const sameCluster = (a: Finding, b: Finding) => a.application?.split("/")[0] === b.application?.split("/")[0];

/** Whether a finding is there because of a kind that nothing knows: no patch finds the object, and nothing fills it in. */
function isOfKind({ rule, file, fix }: Finding, cause: Finding): boolean {
  if (cause.file === undefined || rule === cause.rule) return false;
  return file === cause.file || (rule === "kustomize-target" && fix !== undefined && names(fix, cause.file));
}

/** Whether a finding is about the file of another one, or about what the facts in it describe. */
function isAbout({ file, application, message, fix }: Finding, cause: Finding): boolean {
  if (cause.file === undefined) return false;
  if (file === cause.file) return true;
  if ([message, fix].some((text) => text !== undefined && names(text, cause.file!))) return true;
  const kind = documentKindAt(cause.file);
  if (kind === "Cluster") {
    const { cluster } = within("cluster", cause.file)!;
    const own = file === undefined ? undefined : within("cluster", file)?.cluster;
    return application === undefined ? own === cluster : application.startsWith(`${cluster}/`);
  }
  if (kind === "Tenant" && file !== undefined) {
    const { tenant } = within("tenant", cause.file)!;
    return within("tenant", file)?.tenant === tenant || within("grant", file)?.tenant === tenant;
  }
  return false;
}

/** Whether a text names a file: as a whole path, not as a part of a longer one. */
function names(text: string, file: string): boolean {
  const start = text.indexOf(file);
  return start !== -1 && !/[\w./-]/.test(text[start - 1] ?? "") && !/[\w/-]/.test(text[start + file.length] ?? "");
}
