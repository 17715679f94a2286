import { UsageError } from "../core/errors.ts";
import { textsIn } from "../core/json.ts";
import { within } from "../repo/address.ts";
import type { Documents } from "../repo/documents.ts";
import { exceptionsFile, externalFile } from "../repo/layout.ts";
import type { Part } from "./part.ts";

/** Something that tells of a cluster or a customer who is in no part that is handed out. */
interface Foreign {
  text: string;
  pattern: RegExp;
}

/** Facts that identify: a mail address, a host of two labels or more, a range, a key, an owner; or a name of several words. */
const telling =
  /^(?:[^\s@]+@[^\s@]+\.[a-z]+|(?:[a-z0-9-]+\.)+[a-z]{2,}|[0-9a-f.:]+\/\d+|age1[a-z0-9]+|@\S+|\S+( \S+)+)$/;
/** Texts of upstream, in which any word may stand for what it means. */
const upstream = /^schemas\/(?:kubernetes|crds)\/|^schemas\/manifest\.json$|^lab\/programs\/|^engine\//;

/** What a part must not say: names of other clusters and customers, and what identifies them in their facts. */
export function foreignTo({ clusters, tenants }: Part, documents: Documents, files: ReadonlyMap<string, string>) {
  const gone = [...documents.retirements, ...documents.tombstones];
  const others = [...documents.clusters, ...documents.tenants, ...gone].filter(
    ([name]) => !clusters.includes(name) && !tenants.includes(name),
  );
  const own = [...documents.clusters, ...documents.tenants].filter(
    ([name]) => clusters.includes(name) || tenants.includes(name),
  );
  const known = new Set(own.flatMap(([, { document }]) => [...textsIn(document.spec)]));
  // What the platform's own files say of everybody is nobody's; what they excuse and leave to others may be somebody's.
  const shared = [...files]
    .filter(([file]) => ![exceptionsFile, externalFile].includes(file) && !isSomebodys(file))
    .map(([, text]) => text)
    .join("\n");
  const facts = new Set(
    others.flatMap(([, { document }]) => [...textsIn(document.spec)].filter((text) => telling.test(text))),
  );
  const told: Foreign[] = [...facts]
    .filter((text) => !known.has(text) && !shared.includes(text))
    .map((text) => ({ text, pattern: new RegExp(`(?<![\\w.-])${RegExp.escape(text)}(?![\\w-])`) }));
  return [...others.map(([name]): Foreign => ({ text: name, pattern: nameAt(name) })), ...told];
}

const isSomebodys = (file: string) => within("cluster", file) !== undefined || within("tenant", file) !== undefined;

/**
 * Where a text names a cluster or a customer. A name of several words stands for itself; one that is a word of the
 * language counts where names stand: in a path, as an owner, alone in quotes, behind the prefix of namespaces.
 */
function nameAt(name: string): RegExp {
  const text = RegExp.escape(name);
  if (!/^[a-z]+$/.test(name)) return new RegExp(`(?<![\\w-])${text}(?![\\w-])|tenant-${text}(?!\\w)`);
  return new RegExp(
    `["'\`]${text}["'\`]|(?<=[\\w*]/)${text}(?![\\w.-])|tenant-${text}(?!\\w)|^\\s*(?:- )?(?:\\w+: )?${text}$`,
    "m",
  );
}

/** Where files say what is foreign to them, as sentences; none if nothing leaves that should not. */
export function leaksIn(files: ReadonlyMap<string, string>, foreign: readonly Foreign[]): string[] {
  const found: string[] = [];
  for (const [file, content] of files) {
    const named = foreign.find(({ text }) => file.split("/").includes(text));
    if (named !== undefined) found.push(`${file}: lies at a place named ${named.text}`);
    if (upstream.test(file)) continue;
    for (const { text, pattern } of foreign) {
      if (!content.includes(text)) continue;
      const at = pattern.exec(content);
      if (at !== null)
        found.push(`${file}:${content.slice(0, at.index + at[0].search(/\S/)).split("\n").length}: says ${text}`);
    }
  }
  return found;
}

/** Refuses to hand out files that tell of others. */
export function refuseLeaks(leaks: readonly string[]): void {
  if (leaks.length === 0) return;
  const some = leaks.slice(0, 10);
  const more = leaks.length > some.length ? `\nand ${leaks.length - some.length} more` : "";
  throw new UsageError(
    `this would tell of clusters or customers that are not named; nothing was written:\n${some.join("\n")}${more}\ntake the names out of these files: what every cluster runs names none`,
  );
}

/** Files as texts, for a search. */
export function textsOf(files: ReadonlyMap<string, { bytes: Uint8Array }>): Map<string, string> {
  return new Map([...files].map(([file, { bytes }]) => [file, new TextDecoder().decode(bytes)]));
}
