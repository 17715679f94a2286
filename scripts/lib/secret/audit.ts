import type { Finding } from "../core/finding.ts";
import { at, isObject, type Json, type JsonPath, objectAt, stringAt } from "../core/json.ts";
import { CipherError, isEncrypted } from "./cipher.ts";
import { openFile } from "./file.ts";
import { encrypts, ownRule, parseMetadata } from "./metadata.ts";
import { recipientsFor } from "./places.ts";
import { secretFiles, type SecretFleet } from "./secrets.ts";

export type SecretProblem = Pick<Finding, "message" | "fix"> & { path: JsonPath };

/** What can be seen of an encrypted file without a key: whom it is for, and what in it is not encrypted. */
export function secretProblems({ sources, documents }: SecretFleet, file: string): SecretProblem[] {
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
  if (typeof wanted === "string")
    problems.push({ path: ["sops", "age"], message: wanted, fix: "see bun run secrets --help" });
  else {
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

/** Every encrypted file, judged by what can be seen, and opened where a key fits. */
export async function auditSecrets(fleet: SecretFleet, identities: readonly string[]) {
  const findings: Finding[] = [];
  let verified = 0;
  let unverified = 0;
  for (const file of secretFiles(fleet)) {
    const finding = { rule: "sops-file", severity: "error", file } as const;
    const problems = secretProblems(fleet, file);
    for (const { path, message, fix } of problems)
      findings.push({
        ...finding,
        ...fleet.sources.locate(file, path),
        message,
        ...(fix === undefined ? {} : { fix }),
      });
    try {
      await openFile(fleet.tree.text(file), identities);
      verified++;
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
      if (error.message.startsWith("no key for it") || problems.length > 0) unverified++;
      else
        findings.push({
          ...finding,
          line: 1,
          message: error.message,
          fix: "restore the file from a commit that opens",
        });
    }
  }
  return { findings, verified, unverified };
}
