/** Readers of a store: what the chart tells each service, and what is made for it beside the store. */
import { environmentOf } from "../../../scripts/lib/fleet/environment.ts";
import type { Fleet } from "../../../scripts/lib/fleet/fleet.ts";
import { renderedObjects } from "../../../scripts/lib/fleet/objects.ts";
import { Accounts } from "../../../scripts/lib/secret/accounts.ts";
import { makeValues, secretRuleOf } from "../../../scripts/lib/secret/values.ts";
import { type Account, accountsOf, type StoreName, storesNamespace } from "../../../scripts/lib/store/account.ts";
import type { Validation } from "../../../scripts/lib/validate/validate.ts";

export interface StoreReader {
  account: Account;
  /** The Secret beside the store, as secrets generate makes it. */
  secret: Record<string, string>;
  /** Plain environment variables of its container. */
  told: Record<string, string>;
}

/** Every reader of a store on a cluster that was rendered, by the name of its account. */
export function storeReaders({ fleet }: Validation, cluster: string, store: StoreName): Map<string, StoreReader> {
  const own = accountsOf(fleet, cluster)!.filter((account) => account.store === store);
  return new Map(
    own.map((account) => [
      account.name,
      { account, secret: secretBeside(fleet, account), told: toldTo(fleet, account) },
    ]),
  );
}

function secretBeside(fleet: Fleet, account: Account): Record<string, string> {
  const half = new Accounts(fleet).halfOf(account.cluster, storesNamespace, account.copy)!;
  return makeValues(secretRuleOf(fleet.documents, account.copy)!, {
    reader: account.user,
    half,
    known: new Map(),
  });
}

/** What the chart tells a reader: what its Deployment says, and the ConfigMaps that it names. */
function toldTo(fleet: Fleet, { cluster, service, secret: { namespace } }: Account): Record<string, string> {
  const deployment = renderedObjects(fleet, "Deployment").find(
    (own) => own.cluster === cluster && own.id.namespace === namespace && own.id.name === service,
  )!;
  return Object.fromEntries(environmentOf(deployment));
}
