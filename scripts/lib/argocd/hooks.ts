import { type JsonObject, stringAt } from "../core/json.ts";

export const hookAnnotation = "argocd.argoproj.io/hook";
export const helmHookAnnotation = "helm.sh/hook";

/** Phases that Argo CD has for hooks; the names are exact. */
export const hookPhases = ["PostDelete", "PostSync", "PreDelete", "PreSync", "Skip", "Sync", "SyncFail"] as const;

/** Helm's hooks, as Argo CD takes them. What is not among them (tests, rollbacks) it never applies. */
export const helmHooks: Readonly<Record<string, (typeof hookPhases)[number]>> = {
  "pre-install": "PreSync",
  "pre-upgrade": "PreSync",
  "post-install": "PostSync",
  "post-upgrade": "PostSync",
  "pre-delete": "PreDelete",
  "post-delete": "PostDelete",
};

/** Helm's old way to say that an object is a definition: no hook to Argo CD. */
export const helmDefinitionHook = "crd-install";

/**
 * Phases of a hook, sorted: empty for what is none, "Skip" alone for what Argo CD never applies. Whatever carries the
 * annotation is a hook, whether or not it names a phase that there is; of names that are unknown nothing comes (gitops-engine,
 * pkg/sync/hook).
 */
export function hooksOf(annotations: JsonObject): string[] {
  const own = annotations[hookAnnotation];
  const helm = annotations[helmHookAnnotation];
  if (own === undefined && (helm === undefined || helm === helmDefinitionHook)) return [];
  const known = (hookPhases as readonly string[]).filter((phase) =>
    namesIn(annotations, hookAnnotation).includes(phase),
  );
  const phases =
    known.length > 0 ? known : namesIn(annotations, helmHookAnnotation).flatMap((name) => helmHooks[name] ?? []);
  const runs = [...new Set(phases)].filter((phase) => phase !== "Skip").toSorted();
  return runs.length > 0 ? runs : ["Skip"];
}

/** Whether hooks are of an object that is never applied. */
export function isSkipped(hooks: readonly string[]): boolean {
  return hooks.length === 1 && hooks[0] === "Skip";
}

/** Names in a list of an annotation, without blanks. */
export function namesIn(annotations: JsonObject, annotation: string): string[] {
  const names = (stringAt(annotations, annotation) ?? "").split(",").map((name) => name.trim());
  return names.filter((name) => name !== "");
}
