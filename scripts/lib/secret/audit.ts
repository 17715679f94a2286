import type { Finding } from "../core/finding.ts";
import { stringAt } from "../core/json.ts";
import { CipherError, NoKeyError } from "./cipher.ts";
import { openFile } from "./file.ts";
import type { Vault } from "./secrets.ts";
import { emptiesOf, pendingOf } from "./sops-secret.ts";

/** Values of one file: SECRET/KEY each. */
export interface NamesInFile {
  file: string;
  names: string[];
}

/** What is only seen in time or with keys: values that are pending, files nobody changed for long, MACs. */
export interface Verification {
  findings: Finding[];
  /** Files whose every value and MAC are right. */
  verified: number;
  /** Files that none of the keys opens. */
  unopened: string[];
  pending: NamesInFile[];
  /** Values that are empty text. */
  empty: NamesInFile[];
  /** Files last changed before the day that was given, and when (YYYY-MM-DD). */
  old: { file: string; since: string }[];
}

/** Opens every file that a key fits. */
export async function verifySecrets(
  { content, identities }: Omit<Vault, "now">,
  files: readonly string[],
  before: string,
): Promise<Verification> {
  const { tree, sources } = content;
  const result: Verification = { findings: [], verified: 0, unopened: [], pending: [], empty: [], old: [] };
  for (const file of files) {
    const data = sources.data(file);
    const names = pendingOf(data);
    if (names.length > 0) result.pending.push({ file, names });
    const empty = emptiesOf(data);
    if (empty.length > 0) result.empty.push({ file, names: empty });
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
