import type { CommandIo } from "../command/io.ts";
import { UsageError } from "../core/errors.ts";
import { objectAt, stringAt } from "../core/json.ts";
import { fileAt } from "../io/git.ts";
import type { Content } from "../repo/content.ts";
import { tenantFacts } from "../repo/layout.ts";
import { findTenant } from "../tenant/lookup.ts";
import { refuseOutOfOrder, type Step } from "../tenant/offboard.ts";
import { parseYaml } from "../yaml/parse.ts";

/** Each step of offboarding is a pull request: refuses one while the step before is not merged, only written here. */
export async function refuseUnmerged(
  { cwd, stderr }: CommandIo,
  content: Content,
  id: string,
  to: Step["to"],
  base: string | undefined,
): Promise<void> {
  const revisions = base === undefined ? ["origin/main", "HEAD"] : [base];
  for (const revision of revisions) {
    const text = await fileAt(cwd, revision, tenantFacts(id));
    if (text === undefined) continue;
    const parsed = parseYaml(new TextEncoder().encode(text ?? ""));
    const merged = "source" in parsed ? stringAt(objectAt(parsed.source.data, "spec"), "state") : undefined;
    const here = findTenant(content, id).document.spec.state;
    if (merged === here) return refuseOutOfOrder(id, merged, to);
    const there = merged === undefined ? `${id} does not exist` : `it is ${merged}`;
    throw new UsageError(
      `${id} is ${here} here, but in ${revision} ${there}: merge that step first, each step is a pull request`,
    );
  }
  if (base !== undefined) throw new UsageError(`there is no revision ${base}`);
  stderr.write("not checked: whether the step before is merged, because this is not a git repository with a commit\n");
}
