import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Omission } from "../core/finding.ts";
import { type Json, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { secretRulesFile } from "../repo/layout.ts";
import { accountKey, Accounts, type Half } from "./accounts.ts";
import { NoKeyError } from "./cipher.ts";
import { openFile, rotateOpened } from "./file.ts";
import { parseMetadata } from "./metadata.ts";
import { placeOf } from "./recipients.ts";
import { explaining, textOf, type Vault } from "./secrets.ts";
import { isPublic, isRenewable, makeValues, secretRuleOf } from "./values.ts";

/** How far a rotation goes. */
export interface Rotation {
  /** Values that a rule makes are made anew. */
  values: boolean;
  /** Files that none of the keys opens are skipped, and named; without it they are an error. */
  lenient: boolean;
  /** UTC: files changed since then are skipped, so that a rotation can be taken up again where it ended. */
  before?: string | undefined;
}

/**
 * A new data key for each file, and new values if they are asked for. Who has read a value knows it still until it is
 * another. What is skipped as it was is named.
 */
export async function rotateSecrets(
  { content, identities, now }: Vault,
  files: readonly string[],
  { values, lenient, before }: Rotation,
): Promise<{ changes: Change[]; skipped: Omission[] }> {
  const skipped: Omission[] = [];
  const closed = new Set<string>();
  const opened = new Map<string, Opened>();
  await Promise.all(
    files.map(async (path) => {
      const metadata = parseMetadata(objectAt(content.sources.data(path))["sops"]);
      if (before !== undefined && typeof metadata !== "string" && metadata.lastModified >= before) {
        skipped.push({ what: path, reason: `was changed on ${metadata.lastModified.slice(0, 10)}` });
        return;
      }
      const file = await openUnlessClosed(textOf(content.tree, path), path, identities, lenient);
      if (file !== undefined) opened.set(path, file);
      else {
        closed.add(path);
        skipped.push({ what: path, reason: "none of the private keys opens it" });
      }
    }),
  );
  const pairs = new Pairs(content, closed);
  const changes: Change[] = [];
  for (const path of files) {
    const file = opened.get(path);
    if (file === undefined) continue;
    if (values) skipped.push(...renew(content, pairs, path, file.document));
    const rotated = await explaining(path, () => rotateOpened(textOf(content.tree, path), file, now));
    changes.push({ path, content: rotated });
  }
  pairs.expectBoth();
  return { changes, skipped: skipped.toSorted((a, b) => (a.what < b.what ? -1 : 1)) };
}

type Opened = Awaited<ReturnType<typeof openFile>>;

function openUnlessClosed(
  text: string,
  path: string,
  identities: Vault["identities"],
  lenient: boolean,
): Promise<Opened | undefined> {
  return explaining(path, () =>
    openFile(text, identities).catch((error: unknown) => {
      if (lenient && error instanceof NoKeyError) return undefined;
      throw error;
    }),
  );
}

/** What halves of accounts have in common while they are renewed. */
class Pairs {
  readonly accounts: Accounts;
  readonly #known = new Map<string, Map<string, string>>();
  readonly #seen = new Map<string, { half: Half; file: string }[]>();
  readonly #closed: ReadonlySet<string>;

  /** @param closed files that no key opens: what they hold stays as it is, and so does the other half of it */
  constructor(content: Content, closed: ReadonlySet<string>) {
    this.accounts = new Accounts(content);
    this.#closed = closed;
  }

  /** The file of the other half, if nothing opens it. */
  closedHalf(half: Half | undefined): string | undefined {
    const file = half === undefined ? undefined : this.accounts.fileOfOther(half);
    return file !== undefined && this.#closed.has(file) ? file : undefined;
  }

  /** The passwords that a Secret has to have: none yet, or those of its other half. */
  knownTo(half: Half | undefined, file: string): Map<string, string> {
    if (half === undefined) return new Map();
    const key = accountKey(half);
    this.#seen.set(key, [...(this.#seen.get(key) ?? []), { half, file }]);
    const known = this.#known.get(key) ?? new Map<string, string>();
    this.#known.set(key, known);
    return known;
  }

  /** A reader with another password than its store is locked out. */
  expectBoth(): void {
    for (const [first, ...others] of this.#seen.values()) {
      const { half, file } = first!;
      const other = others.length > 0 ? undefined : this.accounts.fileOfOther(half);
      if (other === undefined) continue;
      throw new UsageError(`${file} has one half of an account, and ${other} the other: rotate both at once`);
    }
  }
}

/** New values in an open document; what of it stays, and why. */
function renew({ documents }: Content, pairs: Pairs, file: string, document: Opened["document"]): Omission[] {
  const skipped: Omission[] = [];
  const data = document.toJS() as Json;
  const namespace = stringAt(data, "metadata", "namespace") ?? "";
  const cluster = placeOf(file)?.cluster ?? "";
  for (const [index, item] of listAt(data, "spec", "secrets").entries()) {
    const secret = stringAt(item, "name") ?? "";
    const rule = secretRuleOf(documents, secret);
    const half = pairs.accounts.halfOf(cluster, namespace, secret);
    const closed = pairs.closedHalf(half);
    if (closed !== undefined) {
      skipped.push({ what: `${file} ${secret}`, reason: `none of the private keys opens its other half, ${closed}` });
      continue;
    }
    const reader = half?.account.user ?? secret;
    const values = rule === undefined ? {} : makeValues(rule, { reader, half, known: pairs.knownTo(half, file) });
    for (const field of ["data", "stringData"]) {
      for (const key of Object.keys(objectAt(item, field))) {
        const own = rule?.keys[key];
        const value = values[key];
        if (own !== undefined && value !== undefined && field === "stringData" && isRenewable(own))
          document.setIn(["spec", "secrets", index, field, key], value);
        else if (own === undefined || !isPublic(own.make))
          skipped.push({
            what: `${file} ${secret}/${key}`,
            reason: own?.keep ?? `no rule of ${secretRulesFile} makes it`,
          });
      }
    }
  }
  return skipped;
}
