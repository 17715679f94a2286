import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Tenant } from "../model/generated.ts";
import type { Content } from "../repo/content.ts";
import { tenantFacts, tenantValues } from "../repo/layout.ts";
import { type Edit, editYaml } from "../yaml/emit.ts";
import { order } from "./facts.ts";
import { clustersOf, codeownersChange, findTenant, isRouted } from "./lookup.ts";
import { sortKeys } from "./options.ts";
import { grantChanges } from "./placement.ts";

type Spec = Tenant["spec"];

/** What is to be different. Maps are merged, an empty value takes a key out; lists gain and lose items. */
export interface Update {
  displayName?: string | undefined;
  plan?: Spec["plan"] | undefined;
  ring?: number | undefined;
  recoveryPoint?: Spec["recoveryPoint"] | undefined;
  /** Empty where it goes. */
  recoveryReason?: string | undefined;
  rateLimit?: Spec["rateLimit"] | undefined;
  contacts: Record<string, string>;
  features: Record<string, string>;
  limits: Record<string, string>;
  addHosts: readonly string[];
  removeHosts: readonly string[];
  addOwners: readonly string[];
  removeOwners: readonly string[];
}

/** The facts with what is to be different, comments and order kept, and whatever follows from them. */
export function updateTenant(fleet: Content, id: string, update: Update): Change[] {
  const { document } = findTenant(fleet, id);
  const { spec } = document;
  if (spec.state !== "active") throw new UsageError(`${id} is ${spec.state}: it is leaving, and stays as it is`);
  const owners = changeList("owner", spec.owners, update.addOwners, update.removeOwners);
  const hosts = changeList("host", spec.hosts, update.addHosts, update.removeHosts);
  const features = mergeMap(spec.features ?? {}, update.features);
  const wanted: Partial<Record<keyof Spec, Json | undefined>> = {
    displayName: update.displayName ?? spec.displayName,
    plan: update.plan ?? spec.plan,
    ring: update.ring ?? spec.ring,
    recoveryPoint: update.recoveryPoint ?? spec.recoveryPoint,
    recoveryReason: update.recoveryReason === "" ? undefined : (update.recoveryReason ?? spec.recoveryReason),
    rateLimit: update.rateLimit ?? spec.rateLimit,
    contacts: mergeMap(spec.contacts, update.contacts),
    features: Object.keys(features).length === 0 ? undefined : features,
    limits: mergeMap(spec.limits, update.limits),
    hosts,
    owners,
  };
  const edits = Object.entries(wanted).flatMap(([key, value]): Edit[] =>
    JSON.stringify(value) === JSON.stringify(spec[key as keyof Spec])
      ? []
      : [{ path: ["spec", key], value, before: order.slice(order.indexOf(key as (typeof order)[number]) + 1) }],
  );
  const file = tenantFacts(id);
  if (edits.length === 0) return [];
  const after = { ...spec, ...(wanted as Partial<Spec>) };
  if (wanted.features === undefined) delete after.features;
  return [
    { path: file, content: editYaml(fleet.tree.text(file), edits) },
    ...clustersOf(fleet, id).flatMap((cluster) =>
      grantChanges(fleet, { ...document, spec: after }, cluster, isRouted(fleet, id, cluster)),
    ),
    ...publicHost(fleet, id, hosts),
    codeownersChange(fleet, new Map([[id, owners]])),
  ];
}

/** Its own copies of services name one of its hosts: another, if that one goes. */
function publicHost({ tree, sources }: Content, id: string, hosts: readonly string[]): Change[] {
  const file = tenantValues(id);
  if (!tree.has(file)) return [];
  const data = sources.data(file) as { publicHost?: string } | undefined;
  if (data?.publicHost === undefined || hosts.includes(data.publicHost)) return [];
  return [{ path: file, content: editYaml(tree.text(file), [{ path: ["publicHost"], value: hosts[0]! }]) }];
}

function mergeMap(
  own: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  const merged = { ...own, ...changes };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
  // New keys are sorted in; a map that was in its own order and gains none keeps it.
  return Object.keys(kept).every((key) => Object.hasOwn(own, key)) ? kept : sortKeys(kept);
}

function changeList(what: string, own: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  for (const item of remove)
    if (!own.includes(item) && !add.includes(item))
      throw new UsageError(`${item} is not a ${what} of the tenant: it has ${own.join(", ")}`);
  const left = [...new Set([...own, ...add])].filter((item) => !remove.includes(item));
  if (left.length === 0) throw new UsageError(`it would have no ${what} left: add another first`);
  return left;
}
