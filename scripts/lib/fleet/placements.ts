import { pathOf, placesIn } from "../repo/address.ts";
import { grantFile, placementFile } from "../tenant/placement.ts";
import type { Fleet } from "./fleet.ts";

/** One tenant on one cluster, as the folders have it: perhaps only one half of it. */
export interface Placement {
  tenant: string;
  cluster: string;
  grant: boolean;
  placement: boolean;
  /** A file of it that is there. */
  file: string;
}

const known = new WeakMap<Fleet, Placement[]>();

/** Every placement of the fleet, by its folders. */
export function placementsOf(fleet: Fleet): Placement[] {
  let found = known.get(fleet);
  if (found === undefined) {
    found = [...find(fleet)];
    known.set(fleet, found);
  }
  return found;
}

function* find({ tree }: Fleet): Iterable<Placement> {
  const pairs = new Map<string, [tenant: string, cluster: string]>();
  for (const { tenant, cluster } of [...placesIn(tree, "placement"), ...placesIn(tree, "grant")])
    pairs.set(`${tenant}/${cluster}`, [tenant, cluster]);
  for (const [tenant, cluster] of pairs.values()) {
    const grant = tree.has(grantFile(tenant, cluster));
    const placement = tree.has(placementFile(tenant, cluster));
    const file = grant
      ? grantFile(tenant, cluster)
      : placement
        ? placementFile(tenant, cluster)
        : [pathOf("placement", { tenant, cluster }), pathOf("grant", { tenant, cluster })].flatMap((own) =>
            tree.below(own),
          )[0]!;
    yield { tenant, cluster, grant, placement, file };
  }
}
