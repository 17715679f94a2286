import { stringAt } from "../core/json.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { type Account, accountsOf, storesNamespace } from "../store/account.ts";
import { secretsOf } from "./sops-secret.ts";

/** One of the two Secrets of an account. */
export interface Half {
  account: Account;
  /** Whether it is the one beside the store. */
  isCopy: boolean;
  /** Where the other one is. */
  other: { namespace: string; name: string };
}

/** Which Secrets are halves of accounts, by cluster, namespace and name. */
export class Accounts {
  readonly #content: Content;
  readonly #halves = new Map<string, ReadonlyMap<string, Half>>();

  constructor(content: Content) {
    this.#content = content;
  }

  halfOf(cluster: string, namespace: string, name: string): Half | undefined {
    let halves = this.#halves.get(cluster);
    if (halves === undefined) this.#halves.set(cluster, (halves = halvesOf(accountsOf(this.#content, cluster) ?? [])));
    return halves.get(`${namespace}/${name}`);
  }

  /** The encrypted file that holds the other half, if one does. */
  fileOfOther({ account: { cluster, tenant }, other }: Half): string | undefined {
    const { tree, sources } = this.#content;
    const files =
      other.namespace === `tenant-${tenant ?? ""}`
        ? placesIn(tree, "tenantSecret", { tenant: tenant!, cluster }).map((place) => pathOf("tenantSecret", place))
        : placesIn(tree, "clusterSecret", { cluster }).map((place) => pathOf("clusterSecret", place));
    return files.find((file) => {
      const data = sources.data(file);
      if (stringAt(data, "metadata", "namespace") !== other.namespace) return false;
      return secretsOf(data).some(({ name }) => name === other.name);
    });
  }
}

/** What both halves of an account have to agree on: the same for either. */
export const accountKey = ({ account }: Half) => `${account.cluster}/${account.copy}`;

function halvesOf(accounts: readonly Account[]): Map<string, Half> {
  const halves = new Map<string, Half>();
  for (const account of accounts) {
    const copy = { namespace: storesNamespace, name: account.copy };
    halves.set(`${account.secret.namespace}/${account.secret.name}`, { account, isCopy: false, other: copy });
    halves.set(`${copy.namespace}/${copy.name}`, { account, isCopy: true, other: account.secret });
  }
  return halves;
}
