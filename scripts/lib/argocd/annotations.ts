import { type JsonObject, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import { helmDefinitionHook, helmHookAnnotation, helmHooks, hookAnnotation, hookPhases, namesIn } from "./hooks.ts";

/** What may be wrong with an annotation: sentences. */
interface Problem {
  message: string;
  fix: string;
}

/** Options of one sync, as "NAME=VALUE"; an Application has some more than an object. */
export const objectSyncOptions = [
  ...boolean("ApplyOutOfSyncOnly", "ClientSideApplyMigration", "Force", "Replace", "ServerSideApply", "Validate"),
  ...["Delete", "Prune"].flatMap((name) => [`${name}=false`, `${name}=confirm`]),
  "PruneLast=true",
  "SkipDryRunOnMissingResource=true",
];
export const applicationSyncOptions = [
  ...objectSyncOptions,
  ...boolean("CreateNamespace", "FailOnSharedResource", "RespectIgnoreDifferences"),
  ...["background", "foreground", "orphan"].map((value) => `PrunePropagationPolicy=${value}`),
];

const anything = undefined;
const yes = ["true", "false"];

/** Annotations that Argo CD 3.5 reads of a manifest and that a manifest may have; names in a list, if they are known. */
const argo: Readonly<Record<string, readonly string[] | undefined>> = {
  [hookAnnotation]: hookPhases,
  "argocd.argoproj.io/client-side-apply-migration-manager": anything,
  "argocd.argoproj.io/compare-options": ["IgnoreExtraneous", ...boolean("IncludeMutationWebhook", "ServerSideDiff")],
  "argocd.argoproj.io/hook-delete-policy": ["BeforeHookCreation", "HookFailed", "HookSucceeded"],
  "argocd.argoproj.io/ignore-default-links": yes,
  "argocd.argoproj.io/ignore-healthcheck": yes,
  "argocd.argoproj.io/ignore-resource-updates": yes,
  "argocd.argoproj.io/managed-by-url": anything,
  "argocd.argoproj.io/manifest-generate-paths": anything,
  "argocd.argoproj.io/sync-options": objectSyncOptions,
  // Rule sync-wave reads it.
  "argocd.argoproj.io/sync-wave": anything,
};

/** Those that somebody sets in a cluster, and no manifest. */
const notForManifests: Readonly<Record<string, string>> = {
  "argocd.argoproj.io/application-set-refresh": "is how a refresh is asked for",
  "argocd.argoproj.io/deletion-approved": "approves a deletion before anybody asked for it",
  "argocd.argoproj.io/hydrate": "is how a hydration is asked for",
  "argocd.argoproj.io/refresh": "is how a refresh is asked for",
  "argocd.argoproj.io/skip-reconcile": "keeps Argo CD from reconciling it",
};
/** Rule object-metadata refuses them. */
const elsewhere = new Set(["argocd.argoproj.io/installation-id", "argocd.argoproj.io/tracking-id"]);

const helm: Readonly<Record<string, readonly string[] | undefined>> = {
  [helmHookAnnotation]: [
    ...Object.keys(helmHooks),
    helmDefinitionHook,
    "post-rollback",
    "pre-rollback",
    "test",
    "test-success",
  ],
  "helm.sh/hook-delete-policy": ["before-hook-creation", "hook-failed", "hook-succeeded"],
  "helm.sh/hook-output-log-policy": ["hook-failed", "hook-succeeded"],
  "helm.sh/hook-weight": anything,
  "helm.sh/resource-policy": ["keep"],
};

const argoPrefix = "argocd.argoproj.io";
const prefixes = [argoPrefix, "helm.sh"];

/** Why annotations for Argo CD or Helm mean nothing to them: of an unknown one both say nothing. */
export function* annotationProblems(annotations: JsonObject): Iterable<Problem> {
  for (const key of Object.keys(annotations)) {
    const slash = key.indexOf("/");
    const prefix = key.slice(0, Math.max(0, slash));
    if (!prefixes.includes(prefix)) {
      const meant = meantPrefix(prefix);
      if (meant !== undefined)
        yield {
          message: `has the annotation ${key}, which nothing reads`,
          fix: `did you mean ${meant}${key.slice(slash)}?`,
        };
      continue;
    }
    if (elsewhere.has(key)) continue;
    const reason = notForManifests[key];
    const known = prefix === "helm.sh" ? helm : argo;
    if (reason !== undefined) yield { message: `has the annotation ${key}, which ${reason}`, fix: "remove it" };
    else if (Object.hasOwn(known, key)) yield* valueProblems(annotations, key, known[key]);
    else yield unknown("the annotation", key, Object.keys(known));
  }
}

/** Argo CD's own prefix, where it was surely meant: other projects of Argo have others. */
function meantPrefix(prefix: string): string | undefined {
  const [first, ...rest] = prefix.split(".");
  if (rest.join(".") !== "argoproj.io") return prefix.endsWith(argoPrefix) ? undefined : suggest(prefix, [argoPrefix]);
  return suggest(first!, ["argocd"]) === undefined ? undefined : argoPrefix;
}

function* valueProblems(annotations: JsonObject, key: string, known: readonly string[] | undefined): Iterable<Problem> {
  if (key === "helm.sh/hook-weight" && !/^[+-]?[0-9]+$/.test(stringAt(annotations, key) ?? ""))
    yield { message: `has ${key} ${JSON.stringify(annotations[key])}`, fix: "write a whole number in quotes" };
  if (known === undefined) return;
  const names = namesIn(annotations, key);
  if (names.length === 0) yield { message: `has ${key} without a value`, fix: `use one of ${known.join(", ")}` };
  for (const name of names) if (!known.includes(name)) yield unknown(key, name, known);
}

/** Why options of an Application's sync mean nothing to Argo CD. */
export function* syncOptionProblems(options: readonly string[]): Iterable<Problem> {
  for (const option of options)
    if (!applicationSyncOptions.includes(option)) yield unknown("the sync option", option, applicationSyncOptions);
}

function unknown(what: string, name: string, known: readonly string[]): Problem {
  const meant = suggest(name, known);
  const message = `has ${what} ${name}, which means nothing`;
  return { message, fix: meant === undefined ? `use one of ${known.join(", ")}` : `did you mean ${meant}?` };
}

function boolean(...names: string[]): string[] {
  return names.flatMap((name) => [`${name}=true`, `${name}=false`]);
}
