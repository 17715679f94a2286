import type { Finding } from "../core/finding.ts";
import { type Loaded, loadFleet, type LoadOptions } from "../fleet/load.ts";
import type { Repository } from "../fleet/repository.ts";
import type { Selection } from "../fleet/selection.ts";
import { foldFollowers } from "../validate/fold.ts";
import { judge } from "../validate/validate.ts";

/**
 * The errors that a change would add, and how many were there before it: somebody's unfinished work is not the fault of a
 * change elsewhere. The fleet before is judged only where the changed one has errors at all.
 */
export async function errorsOf(
  repository: Repository,
  changed: Loaded,
  selection: Selection,
  progress?: LoadOptions["progress"],
): Promise<{ added: Finding[]; before: number }> {
  const after = errorsIn(changed);
  if (after.length === 0) return { added: [], before: 0 };
  // A cluster that comes with the change was not there; where all do, the whole fleet says what was wrong before.
  const clusters = selection.clusters.filter((name) => repository.documents.clusters.has(name));
  const before = errorsIn(
    await loadFleet(repository, { selection: { ...selection, clusters }, progress, partial: true }),
  );
  const known = new Set(before.map(keyOf));
  const added = after.filter((finding) => !known.has(keyOf(finding)));
  const { kept } = foldFollowers(added, changed.fleet);
  return { added: kept, before: after.length - added.length };
}

/** Those that follow from others as well: what was there before must not hide what is new. */
function errorsIn(loaded: Loaded): Finding[] {
  const { findings, followers } = judge(loaded);
  return [...findings, ...followers.map(({ finding }) => finding)].filter(({ severity }) => severity === "error");
}

/** What is wrong, wherever in the file it has moved to. */
const keyOf = ({ rule, file, application, object, message }: Finding) =>
  JSON.stringify([rule, file, application, object, message]);
