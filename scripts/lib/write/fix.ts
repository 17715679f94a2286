import { addonChanges } from "../addon/generated.ts";
import type { CommandIo } from "../command/io.ts";
import { type Change, mergeChanges } from "../core/change.ts";
import type { Omission } from "../core/finding.ts";
import { Repository } from "../fleet/repository.ts";
import { applyChanges, recover } from "../io/apply.ts";
import { withLock } from "../io/lock.ts";
import { workspaceOf } from "../io/workspace.ts";
import { notComputed, unreadDocuments } from "../repo/documents.ts";
import { codeownersFile, sopsConfigFile } from "../repo/layout.ts";
import { sopsConfig, sopsConfigDocuments } from "../secret/sops-config.ts";
import { stampChanges } from "../secret/stamps.ts";
import { peerChanges } from "../service/peer.ts";
import { storeChanges } from "../store/generated.ts";
import { tenantChanges } from "../tenant/generated.ts";
import { codeownersChange } from "../tenant/lookup.ts";
import { certainFixes } from "../validate/fixes.ts";

/**
 * Makes every change that is certain: the form of files first, then what is generated from them. Returns their paths, and
 * what was left as it is because a document that it is made from has errors.
 */
export async function applyFixes({ cwd, env }: CommandIo): Promise<{ fixed: string[]; skipped: Omission[] }> {
  const workspace = await workspaceOf(cwd, env);
  return withLock(workspace, async () => {
    await recover(workspace);
    const repository = await Repository.read(cwd, { env, cache: false });
    const form = certainFixes(repository.tree);
    const { tree, sources, documents } = repository.with(form);
    const generated: Change[] = [];
    const content = { tree, sources, documents };
    const owners = notComputed(codeownersFile, unreadDocuments(content, "Tenant"));
    const recipients = notComputed(sopsConfigFile, unreadDocuments(content, ...sopsConfigDocuments));
    if (owners === undefined && tree.has(codeownersFile) && documents.tenants.size > 0)
      generated.push(codeownersChange(content, new Map()));
    if (recipients === undefined && tree.has(sopsConfigFile))
      generated.push({ path: sopsConfigFile, content: sopsConfig(tree, documents) });
    const changes = mergeChanges(form, [
      ...generated.filter(({ path, content }) => tree.text(path) !== content),
      ...stampChanges({ tree, sources }),
      ...addonChanges(content),
      ...peerChanges(content),
      ...storeChanges(content),
      ...tenantChanges(content),
    ]);
    if (changes.length > 0) await applyChanges(workspace, changes);
    const skipped = [owners, recipients].filter((omission) => omission !== undefined);
    return { fixed: changes.map(({ path }) => path), skipped };
  });
}
