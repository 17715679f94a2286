/** Nobody deletes data by taking a line out of Git: Argo CD asks a person first. */
export const kept = { "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm" } as const;

/** When Argo CD applies it: the store itself is wave 0. */
export const wave = (number: number) => ({ "argocd.argoproj.io/sync-wave": String(number) });
