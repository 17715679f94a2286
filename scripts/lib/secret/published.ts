import type { Documents } from "../repo/documents.ts";

/** Whether the private key of a cluster may lie in the repository for everybody to read: its environment says so. */
export function publishes({ clusters, environments }: Documents, cluster: string): boolean {
  const facts = clusters.get(cluster)?.document.spec;
  return facts !== undefined && environments.get(facts.environment)?.document.spec.publishedKeys === true;
}
