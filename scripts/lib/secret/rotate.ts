import type { Change } from "../core/change.ts";
import type { Omission } from "../core/finding.ts";
import { listAt, objectAt, stringAt } from "../core/json.ts";
import type { Content } from "../repo/content.ts";
import { secretRulesFile } from "../repo/layout.ts";
import { NoKeyError } from "./cipher.ts";
import { openFile, rotateOpened } from "./file.ts";
import { parseMetadata } from "./metadata.ts";
import { explaining, textOf, type Vault } from "./secrets.ts";
import { isRenewable, makeValue, secretRuleOf } from "./values.ts";

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
  const changes = await Promise.all(
    files.map(async (path): Promise<Change[]> => {
      const text = textOf(content.tree, path);
      const metadata = parseMetadata(objectAt(content.sources.data(path))["sops"]);
      if (before !== undefined && typeof metadata !== "string" && metadata.lastModified >= before) {
        skipped.push({ what: path, reason: `was changed on ${metadata.lastModified.slice(0, 10)}` });
        return [];
      }
      return explaining(path, async () => {
        const opened = await openFile(text, identities).catch((error: unknown) => {
          if (lenient && error instanceof NoKeyError) return undefined;
          throw error;
        });
        if (opened === undefined) {
          skipped.push({ what: path, reason: "none of the private keys opens it" });
          return [];
        }
        if (values) skipped.push(...renew(content, path, opened.document));
        return [{ path, content: await rotateOpened(text, opened, now) }];
      });
    }),
  );
  return { changes: changes.flat(), skipped: skipped.toSorted((a, b) => (a.what < b.what ? -1 : 1)) };
}

/** New values in an open document; what of it stays, and why. */
function renew(
  { documents }: Content,
  file: string,
  document: Awaited<ReturnType<typeof openFile>>["document"],
): Omission[] {
  const skipped: Omission[] = [];
  for (const [index, item] of listAt(document.toJS(), "spec", "secrets").entries()) {
    const secret = stringAt(item, "name") ?? "";
    const rule = secretRuleOf(documents, secret);
    for (const field of ["data", "stringData"]) {
      for (const key of Object.keys(objectAt(item, field))) {
        const own = rule?.keys[key];
        if (own !== undefined && field === "stringData" && isRenewable(own))
          document.setIn(["spec", "secrets", index, field, key], makeValue(own, secret));
        else if (own?.make !== "reader")
          skipped.push({
            what: `${file} ${secret}/${key}`,
            reason: own?.keep ?? `no rule of ${secretRulesFile} makes it`,
          });
      }
    }
  }
  return skipped;
}
