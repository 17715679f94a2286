import type { Change } from "../core/change.ts";
import type { Finding } from "../core/finding.ts";
import { listAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { exceptionsFile } from "../repo/layout.ts";
import { needlessLines, withoutEntries } from "../repo/needless.ts";
import { parseYaml } from "../yaml/parse.ts";

/**
 * The changes that take out what a part of the fleet does not need and the whole does: files that nothing of it reads, and
 * excuses for what is elsewhere. Rules named each of them; everything else they found is left.
 */
export function unusedChanges({ tree }: Content, findings: readonly Finding[]): Change[] {
  return [
    ...findings.flatMap(({ rule, file }): Change[] =>
      rule === "orphan-file" && file !== undefined ? [{ path: file, content: null }] : [],
    ),
    ...[...needlessLines(findings)].map(([path, lines]): Change => {
      const text = withoutEntries(tree.text(path), lines);
      return { path, content: path === exceptionsFile && excusesNothing(text) ? null : text };
    }),
  ];
}

function excusesNothing(text: string): boolean {
  const parsed = parseYaml(new TextEncoder().encode(text));
  return "source" in parsed && listAt(parsed.source.data, "spec", "exceptions").length === 0;
}
