import type { Change } from "../core/change.ts";
import { counted } from "../core/count.ts";
import { objectAt, stringAt } from "../core/json.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { renderedObjects } from "../fleet/objects.ts";
import { tenantName } from "../fleet/ownership.ts";
import type { Tree } from "../repo/tree.ts";

/** How many names a line has at most. */
const most = 6;

/** What would be written, and what comes of it, for whoever is asked once before it is. */
export function summaryOf(tree: Tree, fleet: Fleet, changes: readonly Change[], own: readonly string[]): string {
  const removed = changes.filter(({ content }) => content === null).length;
  const added = changes.filter(({ path, content }) => content !== null && !tree.has(path)).length;
  const kinds = [
    [added, "new"],
    [changes.length - added - removed, "changed"],
    [removed, "removed"],
  ] as const;
  const files = kinds.filter(([number]) => number > 0).map(([number, kind]) => `${number} ${kind}`);
  const made = fleet.applications
    .filter(({ folder }) => folder !== undefined && !tree.isFolder(folder))
    .map(({ id }) => id);
  return [
    "",
    ...own,
    `${counted(changes.length, "files")}: ${files.join(", ")}`,
    ...(made.length === 0 ? [] : [`once it is merged, Argo CD makes ${listed(made)}`]),
    "",
  ].join("\n");
}

function listed(names: readonly string[]): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(", ")} and ${rest} more` : names.join(", ");
}

/** What a tenant is promised where, by what is rendered. */
export function tenantLines(fleet: Fleet, tenant: string): string[] {
  const spec = fleet.documents.tenants.get(tenant)?.document.spec;
  const quotas = renderedObjects(fleet, "ResourceQuota").filter(({ id }) => id.namespace === tenantName(tenant));
  const limits = quotas.map(({ cluster, object }) => {
    const hard = objectAt(object, "spec", "hard");
    const [cpu, memory] = [stringAt(hard, "requests.cpu"), stringAt(hard, "requests.memory")];
    return `on ${cluster}: ${cpu ?? "?"} CPUs and ${memory ?? "?"} of memory at most`;
  });
  return spec === undefined
    ? limits
    : [
        `${tenant}: plan ${spec.plan}, isolation ${spec.isolation}, data in ${spec.residency}`,
        `its hosts: ${spec.hosts.join(", ")}`,
        ...limits,
      ];
}
