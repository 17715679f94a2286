/** A file as it is to be; null where it is to be gone. Writers compute changes; one place applies them. */
export interface Change {
  path: string;
  content: string | null;
}

/** Changes and later ones, which win where both are about a path. */
export function mergeChanges(changes: readonly Change[], later: readonly Change[]): Change[] {
  return [...new Map([...changes, ...later].map((change) => [change.path, change])).values()];
}
