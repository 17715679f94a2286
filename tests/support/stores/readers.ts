/** Readers of a store: what the chart tells each service, and what is made for it beside the store. */
import { type JsonObject, listAt, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";
import type { Fleet } from "../../../scripts/lib/fleet/fleet.ts";
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
      { account, secret: secretBeside(fleet, account), told: environmentOf(fleet, account) },
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

/** What the Deployment of a reader says by itself and by the ConfigMaps that it names. */
function environmentOf({ applications }: Fleet, { cluster, service, secret: { namespace } }: Account) {
  const objects = applications
    .filter((application) => application.cluster === cluster)
    .flatMap((application) => application.objects)
    .filter(({ id }) => id.namespace === namespace);
  const find = (kind: string, name: string): JsonObject =>
    objects.find(({ id }) => id.kind === kind && id.name === name)!.object;
  const [container] = listAt(find("Deployment", service!), "spec", "template", "spec", "containers");
  const maps = listAt(container, "envFrom").flatMap((from) => {
    const name = stringAt(from, "configMapRef", "name");
    return name === undefined ? [] : Object.entries(objectAt(find("ConfigMap", name), "data"));
  });
  const single = listAt(container, "env").flatMap((entry) => {
    const [name, value] = [stringAt(entry, "name"), stringAt(entry, "value")];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...maps, ...single]) as Record<string, string>;
}
