import type { Finding } from "../core/finding.ts";
import { at, isObject, type Json, type JsonPath, objectAt, stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import type { Documents } from "../repo/documents.ts";
import { clusterFacts, tenantFacts } from "../repo/layout.ts";
import { CipherError, isEncrypted, NoKeyError } from "./cipher.ts";
import { openFile } from "./file.ts";
import { encrypts, ownRule, parseMetadata } from "./metadata.ts";
import { placeOf, recipientsFor, type SecretPlace } from "./recipients.ts";
import { pendingOf } from "./sops-secret.ts";

export type SecretProblem = Pick<Finding, "message" | "fix"> & { path: JsonPath };

/** What can be seen of an encrypted file without a key: whom it is for, and what in it is not encrypted. */
export function secretProblems({ tree, sources, documents }: Content, file: string): SecretProblem[] {
  const data = sources.data(file);
  if (data === undefined) return []; // The finding about its syntax is enough.
  const problems: SecretProblem[] = [];
  const metadata = parseMetadata(at(data, "sops"));
  if (typeof metadata === "string")
    return [{ path: ["sops"], message: metadata, fix: "bun run secrets encrypt writes files in the one form" }];
  if (metadata.rule.kind !== ownRule.kind || metadata.rule.pattern !== ownRule.pattern || !metadata.macOnlyEncrypted)
    problems.push({
      path: ["sops"],
      message: "is encrypted by another rule than encrypted_regex ^(data|stringData)$ with mac_only_encrypted",
      fix: "encrypt it anew: names stay readable, values do not",
    });
  if (stringAt(data, "kind") !== "SopsSecret")
    problems.push({
      path: ["kind"],
      message: `is a ${stringAt(data, "kind") ?? "nothing"}, which nobody decrypts`,
      fix: "write a SopsSecret",
    });
  const wanted = recipientsFor(file, documents);
  if (typeof wanted === "string") {
    // Facts with errors are told of where they are.
    const place = placeOf(file);
    const facts =
      place === undefined
        ? []
        : [clusterFacts(place.cluster), ...(place.kind === "tenantSecret" ? [tenantFacts(place.tenant)] : [])];
    if (facts.length > 0 && facts.every((own) => tree.has(own)) && !isKnown(documents, place!)) return problems;
    problems.push({ path: ["sops", "age"], message: wanted, fix: "see bun run secrets --help" });
  } else {
    const found = metadata.age.map(({ recipient }) => recipient);
    const extra = found.filter((recipient) => !wanted.includes(recipient));
    const missing = wanted.filter((recipient) => !found.includes(recipient));
    if (new Set(found).size !== found.length)
      problems.push({ path: ["sops", "age"], message: "names a recipient twice", fix: "bun run secrets sync" });
    for (const recipient of extra)
      problems.push({
        path: ["sops", "age"],
        message: `can be opened by ${recipient}, who is not in the facts`,
        fix: "bun run secrets sync, then rotate and change the values",
      });
    for (const recipient of missing)
      problems.push({
        path: ["sops", "age"],
        message: `can't be opened by ${recipient}, who is in the facts`,
        fix: "bun run secrets sync",
      });
  }
  const { sops: _sops, ...rest } = objectAt(data);
  problems.push(...cleartext(rest, []));
  return problems;
}

function isKnown({ clusters, environments, tenants }: Documents, place: SecretPlace): boolean {
  const cluster = clusters.get(place.cluster)?.document;
  const isPlaced = cluster !== undefined && environments.has(cluster.spec.environment);
  return isPlaced && (place.kind === "clusterSecret" || tenants.has(place.tenant));
}

const isSecret = encrypts(ownRule);

function cleartext(value: Json, path: readonly (string | number)[]): SecretProblem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => cleartext(item, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => cleartext(item, [...path, key]));
  const keys = path.filter((key) => typeof key === "string");
  const where = path.join(".");
  if (isSecret(keys)) {
    if (typeof value !== "string")
      return [
        { path, message: `${where} is no text`, fix: "a Secret holds text: put it in quotes before it is encrypted" },
      ];
    return value === "" || isEncrypted(value)
      ? []
      : [
          {
            path,
            message: `${where} is in the clear`,
            fix: "take it out of the history as well, change the value, and encrypt it",
          },
        ];
  }
  return typeof value === "string" && isEncrypted(value)
    ? [{ path, message: `${where} is encrypted, where everything is in the clear`, fix: "encrypt the file anew" }]
    : [];
}

/** What is only seen in time or with keys: values that are pending, files nobody changed for long, MACs. */
export interface Verification {
  findings: Finding[];
  /** Files whose every value and MAC are right. */
  verified: number;
  /** Files that none of the keys opens. */
  unopened: string[];
  pending: { file: string; names: string[] }[];
  /** Files last changed before the day that was given, and when (YYYY-MM-DD). */
  old: { file: string; since: string }[];
}

/** Opens every file that a key fits. */
export async function verifySecrets(
  { tree, sources }: Content,
  files: readonly string[],
  identities: readonly string[],
  before: string,
): Promise<Verification> {
  const result: Verification = { findings: [], verified: 0, unopened: [], pending: [], old: [] };
  for (const file of files) {
    const data = sources.data(file);
    const names = pendingOf(data);
    if (names.length > 0) result.pending.push({ file, names });
    const changed = stringAt(data, "sops", "lastmodified") ?? "";
    if (changed < before) result.old.push({ file, since: changed.slice(0, 10) });
    try {
      await openFile(tree.text(file), identities);
      result.verified++;
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      if (error instanceof NoKeyError) result.unopened.push(file);
      else {
        const fix = "restore the file from a commit that opens";
        result.findings.push({ rule: "sops-file", severity: "error", file, line: 1, message: error.message, fix });
      }
    }
  }
  return result;
}
