import type { Change } from "../core/change.ts";
import type { Omission } from "../core/finding.ts";
import { addTo } from "../core/group.ts";
import { listAt, stringAt } from "../core/json.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { secretRulesFile } from "../repo/layout.ts";
import { storesNamespace } from "../store/account.ts";
import { accountKey, Accounts, type Half } from "./accounts.ts";
import { NoKeyError } from "./cipher.ts";
import { openFile } from "./file.ts";
import { recipientsFor } from "./recipients.ts";
import { encryptNew } from "./secrets.ts";
import { pendingAnnotation, type SecretItem, sopsSecretText } from "./sops-secret.ts";
import { makeValues, secretRuleOf } from "./values.ts";

/** A Secret that something refers to and no file holds. */
export interface WantedSecret {
  cluster: string;
  namespace: string;
  name: string;
  /** Keys that are referred to by name; there may be more in it. */
  keys: readonly string[];
  /** Services that refer to it. */
  readers: readonly string[];
  /** Whose name a user name in it is made of, where it is not a service's. */
  user?: string;
}

/**
 * Files with generated values for Secrets that are missing: one a service and place. What no rule makes, or what can't be
 * encrypted for anybody yet, is left and named. Both halves of an account are made together, without a key; one that is
 * there already has to be opened for the other.
 */
export async function generateSecrets(
  content: Content,
  wanted: readonly WantedSecret[],
  now: string,
  identities: readonly string[] = [],
): Promise<{ changes: Change[]; omitted: Omission[] }> {
  const omitted: Omission[] = [];
  const accounts = new Accounts(content);
  const passwords = new Map<string, Map<string, string>>();
  const files = new Map<string, { namespace: string; name: string; items: SecretItem[]; pending: string[] }>();
  for (const secret of wanted) {
    const leave = (reason: string) =>
      omitted.push({ what: `Secret ${secret.namespace}/${secret.name} on ${secret.cluster}`, reason });
    const rule = secretRuleOf(content.documents, secret.name);
    if (rule === undefined) {
      leave(`no rule of ${secretRulesFile} makes it`);
      continue;
    }
    const half = accounts.halfOf(secret.cluster, secret.namespace, secret.name);
    const unknown = secret.keys.filter((key) => rule.keys[key] === undefined);
    if (unknown.length > 0) {
      leave(`its rule in ${secretRulesFile} has no key ${unknown.join(", ")}`);
      continue;
    }
    const file = fileFor(content, secret, half);
    if (file === undefined) {
      leave("a file of its name exists and does not hold it: bun run secrets edit adds it there");
      continue;
    }
    const recipients = recipientsFor(file, content.documents);
    if (typeof recipients === "string") {
      leave(`${file} ${recipients}`);
      continue;
    }
    const key = half === undefined ? `${secret.cluster}/${secret.namespace}/${secret.name}` : accountKey(half);
    let known = passwords.get(key);
    if (known === undefined) {
      const found =
        half === undefined ? new Map<string, string>() : await passwordsOf(content, accounts, half, identities);
      if (typeof found === "string") {
        leave(found);
        continue;
      }
      passwords.set(key, (known = found));
    }
    const reader = half?.account.user ?? secret.user ?? secret.readers[0] ?? secret.name;
    const { namespace } = secret;
    const entry = files.get(file) ?? { namespace, name: nameOf(file), items: [], pending: [] };
    entry.items.push({ name: secret.name, type: rule.type, stringData: makeValues(rule, { reader, half, known }) });
    for (const [own, { make }] of Object.entries(rule.keys))
      if (make === "given") entry.pending.push(`${secret.name}/${own}`);
    files.set(file, entry);
  }
  const texts = new Map<string, string>();
  for (const [file, { namespace, name, items, pending }] of files) {
    const annotations: Record<string, string> =
      pending.length === 0 ? {} : { [pendingAnnotation]: pending.toSorted().join(",") };
    const sorted = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    texts.set(file, sopsSecretText({ name, namespace, annotations }, sorted));
  }
  return { changes: await encryptNew(content, texts, now), omitted };
}

/** The passwords of the other half of an account, if it is there; a sentence where they can't be read. */
async function passwordsOf(
  { tree }: Content,
  accounts: Accounts,
  half: Half,
  identities: readonly string[],
): Promise<Map<string, string> | string> {
  const file = accounts.fileOfOther(half);
  if (file === undefined) return new Map();
  try {
    const { document } = await openFile(tree.text(file), identities);
    const items = listAt(document.toJS(), "spec", "secrets");
    const password = stringAt(
      items.find((item) => stringAt(item, "name") === half.other.name),
      "stringData",
      "password",
    );
    return password === undefined ? `${file} has no password of ${half.other.name}` : new Map([["password", password]]);
  } catch (error) {
    if (!(error instanceof NoKeyError)) throw error;
    return `its other half is in ${file}, and none of the private keys opens that: run it with a key that does (SOPS_AGE_KEY_FILE)`;
  }
}

/**
 * SERVICE.sops.yaml if one service reads it, stores-READER.sops.yaml for what is beside a store, else SECRET.sops.yaml; that
 * as well where the first is there already.
 */
function fileFor(
  { tree }: Content,
  { cluster, namespace, name, readers }: WantedSecret,
  half: Half | undefined,
): string | undefined {
  const tenant = /^tenant-(.+)$/.exec(namespace)?.[1];
  const isBeside = namespace === storesNamespace;
  const first = half?.isCopy === true ? [`stores-${half.account.name.replace(/-migration$/, "")}`] : [];
  return [...first, ...(readers.length === 1 && !isBeside ? readers : []), name]
    .map((secret) =>
      tenant === undefined
        ? pathOf("clusterSecret", { cluster, secret })
        : pathOf("tenantSecret", { tenant, cluster, secret }),
    )
    .find((file) => !tree.has(file));
}

const nameOf = (file: string) => file.slice(file.lastIndexOf("/") + 1, -".sops.yaml".length);

/** One place that refers to a Secret, or to a key of it. */
export interface SecretReference {
  cluster: string;
  namespace: string;
  name: string;
  key?: string | undefined;
  /** The service that does. */
  reader: string;
}

/** Wanted Secrets out of single references: one entry a Secret, keys and readers sorted. */
export function gather(references: Iterable<SecretReference>): WantedSecret[] {
  const found = new Map<string, SecretReference[]>();
  for (const reference of references)
    addTo(found, [reference.cluster, reference.namespace, reference.name].join("\0"), reference);
  return [...found.values()].map((all) => ({
    cluster: all[0]!.cluster,
    namespace: all[0]!.namespace,
    name: all[0]!.name,
    keys: [...new Set(all.flatMap(({ key }) => key ?? []))].toSorted(),
    readers: [...new Set(all.map(({ reader }) => reader))].toSorted(),
  }));
}
