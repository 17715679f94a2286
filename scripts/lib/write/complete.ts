import { addonChanges } from "../addon/generated.ts";
import { type Change, mergeChanges } from "../core/change.ts";
import { utcNow } from "../core/clock.ts";
import { type Loaded, loadFleet, type LoadOptions } from "../fleet/load.ts";
import { missingSecrets } from "../fleet/references.ts";
import type { Repository } from "../fleet/repository.ts";
import type { Selection } from "../fleet/selection.ts";
import { unreadDocuments } from "../repo/documents.ts";
import { sopsConfigFile } from "../repo/layout.ts";
import { realChanges } from "../repo/real-changes.ts";
import type { Tree } from "../repo/tree.ts";
import { generateSecrets } from "../secret/generate.ts";
import { sopsConfig, sopsConfigDocuments } from "../secret/sops-config.ts";
import { stampChanges } from "../secret/stamps.ts";
import { peerChanges } from "../service/peer.ts";
import { storeChanges } from "../store/generated.ts";
import { tenantChanges } from "../tenant/generated.ts";

/**
 * The changes of a plan with everything that follows from them: .sops.yaml, the stamps of Secrets, and a file for each
 * Secret that the changed fleet refers to and nobody has written. Their values are generated, and only public keys are needed for it. Comes with
 * the changed fleet; undefined where nothing changes.
 */
export async function complete(
  repository: Repository,
  changes: readonly Change[],
  selection: Selection,
  progress?: LoadOptions["progress"],
): Promise<{ changes: Change[]; loaded: Loaded } | undefined> {
  const planned = withGenerated(repository, inOrder(repository.tree, changes));
  if (planned.length === 0) return undefined;
  const loaded = await loadFleet(repository.with(planned), { selection, progress });
  const generated = await generateSecrets(loaded.fleet, missingSecrets(loaded.fleet), utcNow());
  if (generated.changes.length === 0) return { changes: planned, loaded };
  const all = withGenerated(repository, mergeChanges(planned, generated.changes));
  return { changes: all, loaded: await loadFleet(repository.with(all), { selection, progress }) };
}

/** With the files that are made from others: each names every place, key or Secret of what it follows from. */
function withGenerated(repository: Repository, changes: readonly Change[]): Change[] {
  if (changes.length === 0) return [];
  const { tree, sources, documents } = repository.with(changes);
  const content = { tree, sources, documents };
  const generated = [
    ...stampChanges(content),
    ...addonChanges(content),
    ...peerChanges(content),
    ...storeChanges(content),
    ...tenantChanges(content),
  ];
  // Made from all of them: a document with an error would lose its rule.
  const isWhole = unreadDocuments({ tree, documents }, ...sopsConfigDocuments).length === 0;
  if (isWhole && tree.has(sopsConfigFile))
    generated.push({ path: sopsConfigFile, content: sopsConfig(tree, documents) });
  return inOrder(repository.tree, mergeChanges(changes, generated));
}

/** Changes that change something, in the order of their paths. */
function inOrder(tree: Tree, changes: readonly Change[]): Change[] {
  return realChanges(tree, changes).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
