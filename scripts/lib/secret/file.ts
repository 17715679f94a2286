import { timingSafeEqual } from "node:crypto";

import { type Document, isMap, isScalar, type Node, parseDocument, Scalar, visit } from "yaml";

import { at } from "../core/json.ts";
import { quoteScalars } from "../yaml/emit.ts";
import { parseYaml } from "../yaml/parse.ts";
import { wrappingProblem } from "./age-header.ts";
import { unwrap, wrap } from "./age-wrapping.ts";
import { CipherError, type Clear, decryptValue, encryptValue, ForeignKeyError, isEncrypted, macOf } from "./cipher.ts";
import { refuseComments, revealComments } from "./comments.ts";
import {
  type EncryptionRule,
  encrypts,
  foreignKeys,
  formatVersion,
  type Metadata,
  metadataBlock,
  ownRule,
  parseMetadata,
} from "./metadata.ts";
import { clearOf, dataOf, type Leaf, leavesOf, pathText } from "./walk.ts";

/** How a file is encrypted. */
export interface EncryptOptions {
  recipients: readonly string[];
  /** UTC, without a fraction of a second. */
  now: string;
  rule?: EncryptionRule;
  macOnlyEncrypted?: boolean;
  key?: Uint8Array;
}

/** An encrypted file, opened: its document with the values in the clear, and what is needed to close it again. */
export interface Opened {
  document: Document;
  metadata: Metadata;
  key: Uint8Array;
  /** What was encrypted, so that a value that does not change keeps its bytes. */
  kept: readonly Kept[];
}

/** A value that was encrypted before: where, what it means, and how. */
interface Kept {
  place: string;
  meaning: string;
  encrypted: string;
}

/** Encrypts a YAML file in the clear. Comments and order stay; comments inside what is encrypted are refused. */
export async function encryptFile(text: string, options: EncryptOptions): Promise<string> {
  const document = readClear(text);
  refuseComments(text, document, encrypts(options.rule ?? ownRule));
  if (options.recipients.length === 0) throw new CipherError("has no recipient to be encrypted to");
  const key = options.key ?? crypto.getRandomValues(new Uint8Array(32));
  const metadata: Metadata = {
    age: await wrap(key, options.recipients),
    rule: options.rule ?? ownRule,
    lastModified: options.now,
    mac: "",
    macOnlyEncrypted: options.macOnlyEncrypted ?? true,
    version: formatVersion,
  };
  return close({ document, metadata, key, kept: [] }, options.now);
}

/** Reads a file in the clear. */
export function readClear(text: string): Document {
  const document = read(text);
  if (isMap(document.contents) && document.contents.has("sops"))
    throw new CipherError("has a sops block: it is encrypted already");
  return document;
}

/** Opens a file: every value decrypted, the MAC verified always. */
export async function openFile(text: string, identities: readonly string[]): Promise<Opened> {
  const document = read(text);
  const metadata = metadataOf(document);
  const key = await unwrap(metadata.age, identities);
  const isSecret = encrypts(metadata.rule);
  revealComments(document, key);
  const values: string[] = [];
  const kept: Kept[] = [];
  for (const leaf of leavesOf(document)) {
    const secret = isSecret(leaf.path);
    const { value } = leaf.scalar;
    if (secret && typeof value === "string") {
      const clear = naming(leaf, () => decryptValue(key, pathText(leaf.path), value));
      values.push(clear.text);
      if (value !== "") kept.push({ place: leaf.place, meaning: meaning(leaf.path, clear), encrypted: value });
      leaf.scalar.value = dataOf(clear);
      delete leaf.scalar.source;
    } else if (secret && value !== null) throw new CipherError(`${leaf.path.join(".")} is not encrypted`);
    else if (!metadata.macOnlyEncrypted) values.push(clearOf(leaf.scalar)?.text ?? "");
  }
  const found = Buffer.from(macOf(values, metadata.macOnlyEncrypted));
  const stated = Buffer.from(naming(undefined, () => decryptValue(key, metadata.lastModified, metadata.mac)).text);
  if (found.length !== stated.length || !timingSafeEqual(found, stated))
    throw new CipherError("its values do not match its MAC: one was added, removed, swapped or changed");
  document.delete("sops");
  return { document, metadata, key, kept };
}

/** The file in the clear. */
export function clearText({ document }: Opened): string {
  quoteScalars(document);
  return document.toString({ lineWidth: 0, indentSeq: true });
}

/** Closes a document: encrypts what its rule says; a value that was there before keeps its ciphertext. */
export function close({ document, metadata, key, kept }: Opened, now: string): string {
  const isSecret = encrypts(metadata.rule);
  const values: string[] = [];
  const leaves = leavesOf(document);
  const reuse = reusable(leaves, kept);
  for (const leaf of leaves) {
    const clear = clearOf(leaf.scalar);
    if (!isSecret(leaf.path)) {
      if (!metadata.macOnlyEncrypted) values.push(clear?.text ?? "");
      continue;
    }
    if (clear === undefined) continue;
    if (clear.type === "str" && isEncrypted(clear.text))
      throw new CipherError(`${leaf.path.join(".")} is encrypted already`);
    values.push(clear.text);
    const path = pathText(leaf.path);
    leaf.scalar.value = reuse.get(leaf) ?? encryptValue(key, path, clear);
    leaf.scalar.type = leaf.scalar.value === "" ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
    delete leaf.scalar.source;
  }
  const mac = encryptValue(key, now, { type: "str", text: macOf(values, metadata.macOnlyEncrypted) });
  const block = document.createNode(metadataBlock({ ...metadata, lastModified: now, mac, version: formatVersion }));
  styleBlock(block);
  const time = block.get("lastmodified", true) as Scalar;
  // Plain, go-yaml would make a timestamp of it, which sops refuses.
  time.type = Scalar.QUOTE_DOUBLE;
  document.set("sops", block);
  return document.toString({ lineWidth: 0, indentSeq: true });
}

/**
 * Which values keep their ciphertext: where the same stood in the same place; else, in a list that items were put into or
 * taken from, one that means the same. Each once: the same ciphertext twice would say that two values are equal.
 */
function reusable(leaves: readonly Leaf[], kept: readonly Kept[]): Map<Leaf, string> {
  const found = new Map<Leaf, string>();
  const left = new Map(kept.map((own) => [own.place, own]));
  const meaningOf = (leaf: Leaf) => {
    const clear = clearOf(leaf.scalar);
    return clear === undefined ? undefined : meaning(leaf.path, clear);
  };
  for (const leaf of leaves) {
    const own = left.get(leaf.place);
    if (own === undefined || own.meaning !== meaningOf(leaf)) continue;
    found.set(leaf, own.encrypted);
    left.delete(leaf.place);
  }
  const spare = Map.groupBy(left.values(), (own) => own.meaning);
  for (const leaf of leaves) {
    const own = found.has(leaf) ? undefined : spare.get(meaningOf(leaf) ?? "")?.shift();
    if (own !== undefined) found.set(leaf, own.encrypted);
  }
  return found;
}

const meaning = (path: readonly string[], { type, text }: Clear) => `${pathText(path)}\0${type}\0${text}`;

/** Wrapped keys are armored: several lines each, written as such. */
function styleBlock(node: Node): void {
  visit(node, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === "string" && scalar.value.includes("\n")) scalar.type = Scalar.BLOCK_LITERAL;
    },
  });
}

/** Wraps the same data key for other recipients: values, MAC and time stay. It takes nothing back from who has read it. */
export async function rewrapFile(
  text: string,
  identities: readonly string[],
  recipients: readonly string[],
): Promise<string> {
  const { metadata, key } = await openFile(text, identities);
  // One that its own recipient could not open is wrapped again.
  const whole = metadata.age.filter(({ enc, recipient }) => wrappingProblem(enc, recipient) === undefined);
  const known = new Map(whole.map((stanza) => [stanza.recipient, stanza]));
  const added = await wrap(
    key,
    recipients.filter((recipient) => !known.has(recipient)),
  );
  const age = [...added, ...whole.filter(({ recipient }) => recipients.includes(recipient))].toSorted((a, b) =>
    a.recipient < b.recipient ? -1 : 1,
  );
  const document = read(text);
  const node = document.createNode(age.map(({ enc, recipient }) => ({ enc, recipient })));
  styleBlock(node);
  document.setIn(["sops", "age"], node);
  return document.toString({ lineWidth: 0, indentSeq: true });
}

/** A new data key: every value is encrypted anew. */
export async function rotateFile(text: string, identities: readonly string[], now: string): Promise<string> {
  return rotateOpened(text, await openFile(text, identities), now);
}

/** The same for a file that is open, and may have been changed since. */
export async function rotateOpened(text: string, { document, metadata }: Opened, now: string): Promise<string> {
  // A comment that sops encrypted would stay under the old data key, and nobody could read it.
  refuseComments(text, document, encrypts(metadata.rule));
  const key = crypto.getRandomValues(new Uint8Array(32));
  const age = await wrap(
    key,
    metadata.age.map(({ recipient }) => recipient),
  );
  return close({ document, metadata: { ...metadata, age }, key, kept: [] }, now);
}

/** Reads a document that every reader reads alike; SOPS, Kubernetes and we. */
function read(text: string): Document {
  const parsed = parseYaml(new TextEncoder().encode(text));
  if ("problems" in parsed) {
    const { line, message, fix } = parsed.problems[0]!;
    throw new CipherError(`line ${line ?? 1} ${message}: ${fix}`);
  }
  const document = parseDocument(text, { version: "1.2", keepSourceTokens: false });
  if (!isMap(document.contents)) throw new CipherError("does not hold an object");
  visit(document, {
    Pair(_key, { key }) {
      if (!isScalar(key) || typeof key.value !== "string")
        throw new CipherError("has a key that is not text: put it in quotes");
    },
  });
  return document;
}

export function metadataOf(document: Document): Metadata {
  const sops = at(document.toJS(), "sops");
  const metadata = parseMetadata(sops);
  if (typeof metadata === "string")
    throw foreignKeys(sops).length > 0 ? new ForeignKeyError(metadata) : new CipherError(metadata);
  return metadata;
}

function naming<T>(leaf: Leaf | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CipherError)) throw error;
    throw new CipherError(`${leaf === undefined ? "its mac" : leaf.path.join(".")} ${error.message}`);
  }
}
