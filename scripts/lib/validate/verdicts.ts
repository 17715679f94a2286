import type { Forbidden, Refusal } from "../engine/messages.ts";
import type { DeployedObject } from "../fleet/objects.ts";
import type { Kinds } from "../model/kinds.ts";
import { objectProblems } from "../model/objects/objects.ts";
import { formatPath } from "../model/violation.ts";
import { badName } from "./rules/object-name.ts";

/** A path as messages and Kubernetes write it: spec.ports[0].name. */
const pathIn = /[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*|\[[^\]\s]*\])+/g;

/**
 * What an API server refuses about an object and no rule here says better: what is said of the same field, or of one that it
 * is in, is said once.
 */
export function newRefusals(deployed: DeployedObject, kinds: Kinds): readonly Refusal[] {
  const refusals = deployed.verdict?.refusals ?? [];
  if (refusals.length === 0) return [];
  const { object, raw, pods } = deployed;
  const violations = kinds.violations(raw);
  const problems = [...violations, ...kinds.duplicates(object), ...objectProblems(object, pods)];
  const paths = [
    ...violations.map(({ path }) => formatPath(path)),
    ...problems.flatMap(({ message }) => message.match(pathIn) ?? []),
  ];
  const isOwn = kinds.isOwn(raw);
  return refusals.filter(({ field, kind }) => {
    // Which fields a kind has, its schema knows for each version; the engine is linked with one.
    if (kind === "strict" && isOwn) return false;
    if (/^metadata\.name(space)?$/.test(field) && badName(deployed.id) !== undefined) return false;
    return !paths.some((path) => isWithin(field, path) || isWithin(path, field));
  });
}

function isWithin(field: string, path: string): boolean {
  const [inner, outer] = [bare(field), bare(path)];
  return inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/** Without an index at the end: of an item twice one says which, another only the list. */
function bare(path: string): string {
  return path.replace(/(\[\d+\])+$/, "");
}

/** What the profile restricted forbids, and no problem that was named is about. */
export function newForbidden({ verdict }: DeployedObject, said: readonly string[]): readonly Forbidden[] {
  return (verdict?.restricted ?? []).filter(({ reason, detail }) => {
    const fields = detail.match(/[a-z]+[A-Z][A-Za-z]+/g)?.filter((field) => field !== "securityContext") ?? [];
    const topics = fields.length > 0 ? fields : [reason];
    return !said.some((message) => topics.some((topic) => message.toLowerCase().includes(topic.toLowerCase())));
  });
}
