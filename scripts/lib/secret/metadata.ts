import { RE2JS } from "re2js";

import { at, isObject, type JsonObject, listAt, stringAt } from "../core/json.ts";
import type { Stanza } from "./age-wrapping.ts";

/** Which values of a file are encrypted: one of the forms SOPS knows. A key on the way decides for all below it. */
export type EncryptionRule = {
  kind: "encrypted_regex" | "unencrypted_regex" | "encrypted_suffix" | "unencrypted_suffix";
  pattern: string;
};

/** The `sops` block of a file. */
export interface Metadata {
  age: Stanza[];
  rule: EncryptionRule;
  lastModified: string;
  mac: string;
  macOnlyEncrypted: boolean;
  version: string;
}

export const kinds = ["encrypted_regex", "encrypted_suffix", "unencrypted_regex", "unencrypted_suffix"] as const;

/** The rule of this repository: names stay readable, values do not. */
export const ownRule: EncryptionRule = { kind: "encrypted_regex", pattern: "^(data|stringData)$" };

/** The version of SOPS whose format is written. */
export const formatVersion = "3.13.2";

const known = new Set(["age", "lastmodified", "mac", "mac_only_encrypted", "version", ...kinds]);

/** Reads a `sops` block, or says in a sentence why it can't be one of ours. */
export function parseMetadata(sops: unknown): Metadata | string {
  if (!isObject(sops)) return "has no sops block: it is not encrypted";
  const others = foreignKeys(sops);
  if (others.length > 0)
    return `uses ${others.toSorted().join(", ")}: only the sops program opens it (this reads age recipients and one rule)`;
  const rules = kinds.filter((kind) => typeof sops[kind] === "string" && sops[kind] !== "");
  if (rules.length > 1) return `has more than one rule: ${rules.join(", ")}`;
  const mac = stringAt(sops, "mac");
  const lastModified = stringAt(sops, "lastmodified");
  if (mac === undefined) return "has no mac";
  if (lastModified === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastModified))
    return "has no lastmodified in UTC";
  const age = listAt(sops, "age").map((entry): Partial<Stanza> => ({
    recipient: stringAt(entry, "recipient")!,
    enc: stringAt(entry, "enc")!,
  }));
  if (age.length === 0) return "has no recipients";
  if (age.some(({ recipient, enc }) => recipient === undefined || enc === undefined))
    return "has a recipient without a key";
  const [kind] = rules;
  return {
    age: age as Stanza[],
    rule:
      kind === undefined
        ? { kind: "unencrypted_suffix", pattern: "_unencrypted" }
        : { kind, pattern: sops[kind] as string },
    lastModified,
    mac,
    macOnlyEncrypted: at(sops, "mac_only_encrypted") === true,
    version: stringAt(sops, "version") ?? "",
  };
}

/** What of a `sops` block only the sops program understands: KMS, PGP, key groups. */
export function foreignKeys(sops: unknown): string[] {
  if (!isObject(sops)) return [];
  return Object.keys(sops).filter((key) => !known.has(key) && !isNothing(sops[key]));
}

/** Fields of such a block that say where a key is kept. */
const addresses = new Set(["arn", "fp", "key_id", "resource_id", "vault_address", "vault_url", "vaultUrl"]);

/** Where the keys of such a block are kept: the sops program goes there with the credentials of whoever runs it. */
export function foreignAddresses(sops: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value))
      for (const [key, item] of Object.entries(value))
        if (addresses.has(key) && typeof item === "string") found.add(item);
        else visit(item);
  };
  visit(sops);
  return [...found].toSorted();
}

/** The block as it is written: keys sorted, as SOPS has them. */
export function metadataBlock({ age, rule, lastModified, mac, macOnlyEncrypted, version }: Metadata): JsonObject {
  const block: JsonObject = {
    age: age.map(({ enc, recipient }) => ({ enc, recipient })),
    [rule.kind]: rule.pattern,
    lastmodified: lastModified,
    mac,
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    version,
  };
  return Object.fromEntries(Object.entries(block).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a value is one of those that are encrypted. Patterns are Go's (RE2), and match anywhere in a key. */
export function encrypts(rule: EncryptionRule): (path: readonly string[]) => boolean {
  const matches: (key: string) => boolean = rule.kind.endsWith("regex")
    ? (
        (pattern) => (key: string) =>
          pattern.matcher(key).find()
      )(RE2JS.compile(rule.pattern))
    : (key) => key.endsWith(rule.pattern);
  const wanted = !rule.kind.startsWith("un");
  return (path) => path.some(matches) === wanted;
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
