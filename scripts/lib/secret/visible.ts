import type { Finding } from "../core/finding.ts";
import { at, isObject, type Json, type JsonPath, objectAt, stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import type { Documents } from "../repo/documents.ts";
import { clusterFacts, tenantFacts } from "../repo/layout.ts";
import { wrappingProblem } from "./age-header.ts";
import { ciphertextOf, isEncrypted } from "./cipher.ts";
import { encrypts, type Metadata, ownRule, parseMetadata } from "./metadata.ts";
import { placeOf, recipientsFor, type SecretPlace } from "./recipients.ts";

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
      fix: "encrypt it again with bun run secrets encrypt: names stay readable, values do not",
    });
  if (stringAt(data, "kind") !== "SopsSecret")
    problems.push({
      path: ["kind"],
      message: `has the kind ${stringAt(data, "kind") ?? "(none)"}, which nothing in a cluster decrypts`,
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
    problems.push(...recipientProblems(metadata, wanted));
  }
  const { sops: _sops, ...rest } = objectAt(data);
  problems.push(...valueProblems(rest, []));
  return problems;
}

function isKnown({ clusters, environments, tenants }: Documents, place: SecretPlace): boolean {
  const cluster = clusters.get(place.cluster)?.document;
  const isPlaced = cluster !== undefined && environments.has(cluster.spec.environment);
  return isPlaced && (place.kind === "clusterSecret" || tenants.has(place.tenant));
}

/** Whom the data key is wrapped for, by label; and whether each wrapping can be what its label says. */
function recipientProblems({ age, mac }: Metadata, wanted: readonly string[]): SecretProblem[] {
  const problems: SecretProblem[] = [];
  const found = age.map(({ recipient }) => recipient);
  const report = (path: JsonPath, message: string, fix = "bun run secrets sync") =>
    problems.push({ path, message, fix });
  if (new Set(found).size !== found.length) report(["sops", "age"], "names a recipient twice");
  if (new Set(age.map(({ enc }) => enc)).size !== age.length)
    report(["sops", "age"], "has the same wrapped key for two recipients: one of them can't open it");
  for (const recipient of found.filter((own) => !wanted.includes(own)))
    report(
      ["sops", "age"],
      `can be opened by ${recipient}, who is not in the facts`,
      "bun run secrets sync, then bun run secrets rotate --values: what was read once is known",
    );
  for (const recipient of wanted.filter((own) => !found.includes(own)))
    report(["sops", "age"], `can't be opened by ${recipient}, who is in the facts`);
  for (const [index, { enc, recipient }] of age.entries()) {
    const problem = wrappingProblem(enc, recipient);
    if (problem !== undefined)
      report(
        ["sops", "age", index, "enc"],
        `the key wrapped for ${recipient} ${problem}: that recipient can't open the file`,
        "bun run secrets sync, with the key of another recipient; without one restore the file from a commit that opens",
      );
  }
  const sealed = ciphertextOf(mac);
  // Of SHA-512 in hex.
  if (typeof sealed === "string" || sealed.type !== "str" || sealed.length !== 128)
    report(
      ["sops", "mac"],
      `the mac ${typeof sealed === "string" ? sealed : "is not that of a SOPS file"}`,
      "restore the file from a commit that opens",
    );
  return problems;
}

const isSecret = encrypts(ownRule);

/** What in a file is in the clear and should not be, or can't be opened by the operator. */
function valueProblems(value: Json, path: readonly (string | number)[]): SecretProblem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => valueProblems(item, [...path, index]));
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => valueProblems(item, [...path, key]));
  const keys = path.filter((key) => typeof key === "string");
  const where = path.join(".");
  const problem = (message: string, fix: string) => [{ path, message: `${where} ${message}`, fix }];
  if (!isSecret(keys))
    return typeof value === "string" && isEncrypted(value)
      ? problem("is encrypted, where everything is in the clear", "encrypt the file again with bun run secrets encrypt")
      : [];
  if (typeof value !== "string")
    return problem("is not text", "a Secret holds text: put it in quotes, and encrypt the file");
  if (value === "") return [];
  if (!isEncrypted(value))
    return problem("is in the clear", "replace the value, encrypt it, and take the old one out of the history as well");
  const found = ciphertextOf(value);
  const again = "set it again: bun run secrets set FILE SECRET/KEY";
  if (typeof found === "string") return problem(found, again);
  return found.type === "str"
    ? []
    : problem(
        `is encrypted as ${found.type}, not as text: the operator takes text only, and opens none of the file`,
        again,
      );
}
