import type { Change } from "../core/change.ts";
import type { Omission } from "../core/finding.ts";
import { addTo } from "../core/group.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { secretRulesFile } from "../repo/layout.ts";
import { recipientsFor } from "./recipients.ts";
import { encryptNew } from "./secrets.ts";
import { pendingAnnotation, type SecretItem, sopsSecretText } from "./sops-secret.ts";
import { makeValue, secretRuleOf } from "./values.ts";

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
 * encrypted for anybody yet, is left and named.
 */
export async function generateSecrets(
  content: Content,
  wanted: readonly WantedSecret[],
  now: string,
): Promise<{ changes: Change[]; omitted: Omission[] }> {
  const omitted: Omission[] = [];
  const files = new Map<string, { namespace: string; name: string; items: SecretItem[]; pending: string[] }>();
  for (const secret of wanted) {
    const leave = (reason: string) =>
      omitted.push({ what: `Secret ${secret.namespace}/${secret.name} on ${secret.cluster}`, reason });
    const rule = secretRuleOf(content.documents, secret.name);
    if (rule === undefined) {
      leave(`no rule of ${secretRulesFile} makes it`);
      continue;
    }
    const unknown = secret.keys.filter((key) => rule.keys[key] === undefined);
    if (unknown.length > 0) {
      leave(`its rule in ${secretRulesFile} has no key ${unknown.join(", ")}`);
      continue;
    }
    const file = fileFor(content, secret);
    if (file === undefined) {
      leave("a file of its name exists and does not hold it: bun run secrets edit adds it there");
      continue;
    }
    const recipients = recipientsFor(file, content.documents);
    if (typeof recipients === "string") {
      leave(`${file} ${recipients}`);
      continue;
    }
    const reader = secret.user ?? secret.readers[0] ?? secret.name;
    const { namespace } = secret;
    const entry = files.get(file) ?? { namespace, name: nameOf(file), items: [], pending: [] };
    const stringData = Object.fromEntries(Object.entries(rule.keys).map(([key, own]) => [key, makeValue(own, reader)]));
    entry.items.push({ name: secret.name, type: rule.type, stringData });
    for (const [key, { make }] of Object.entries(rule.keys))
      if (make === "given") entry.pending.push(`${secret.name}/${key}`);
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

/** SERVICE.sops.yaml if one service reads it, else SECRET.sops.yaml; that as well where the first is there already. */
function fileFor({ tree }: Content, { cluster, namespace, name, readers }: WantedSecret): string | undefined {
  const tenant = /^tenant-(.+)$/.exec(namespace)?.[1];
  return [...(readers.length === 1 ? readers : []), name]
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
