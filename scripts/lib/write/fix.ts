import type { CommandIo } from "../command/io.ts";
import { type Change, mergeChanges } from "../core/change.ts";
import { Repository } from "../fleet/repository.ts";
import { applyChanges, recover } from "../io/apply.ts";
import { withLock } from "../io/lock.ts";
import { workspaceOf } from "../io/workspace.ts";
import { codeownersFile, sopsConfigFile } from "../repo/layout.ts";
import { sopsConfig } from "../secret/sops-config.ts";
import { stampChanges } from "../secret/stamps.ts";
import { codeownersChange } from "../tenant/lookup.ts";
import { certainFixes } from "../validate/fixes.ts";

/** Makes every change that is certain: the form of files first, then what is generated from them. Returns their paths. */
export async function applyFixes({ cwd, env }: CommandIo): Promise<string[]> {
  const workspace = await workspaceOf(cwd, env);
  return withLock(workspace, async () => {
    await recover(workspace);
    const repository = await Repository.read(cwd, { env, cache: false });
    const form = certainFixes(repository.tree);
    const { tree, sources, documents } = repository.with(form);
    const generated: Change[] = [];
    if (tree.has(codeownersFile) && documents.tenants.size > 0)
      generated.push(codeownersChange({ tree, sources, documents }, new Map()));
    if (tree.has(sopsConfigFile)) generated.push({ path: sopsConfigFile, content: sopsConfig(tree, documents) });
    const changes = mergeChanges(form, [
      ...generated.filter(({ path, content }) => tree.text(path) !== content),
      ...stampChanges({ tree, sources }),
    ]);
    if (changes.length > 0) await applyChanges(workspace, changes);
    return changes.map(({ path }) => path);
  });
}
