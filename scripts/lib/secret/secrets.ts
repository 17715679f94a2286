import type { Document } from "yaml";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { at, type Json, listAt, objectAt, stringAt } from "../core/json.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { kustomizationChange, listingChange } from "../repo/kustomization.ts";
import { isSecretFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { editDocument } from "../yaml/emit.ts";
import { wrappingProblem } from "./age-header.ts";
import { CipherError } from "./cipher.ts";
import { refuseComments } from "./comments.ts";
import { clearText, close, encryptFile, type Opened, openFile, readClear, rewrapFile } from "./file.ts";
import { encrypts, ownRule, parseMetadata } from "./metadata.ts";
import { placeOf, recipientsFor } from "./recipients.ts";
import { emptiesOf, exampleOf, pendingAnnotation, pendingOf } from "./sops-secret.ts";
import { splitName, valuePath } from "./target.ts";
import { leavesOf } from "./walk.ts";

/** What secrets are read and changed with: the repository, the private keys at hand, and the time. */
export interface Vault {
  content: Content;
  identities: readonly string[];
  /** UTC, without a fraction of a second. */
  now: string;
}

/** Whom a file has to be encrypted to; an error that says what is missing otherwise. */
export function recipientsOf({ documents }: Content, file: string): string[] {
  const recipients = recipientsFor(file, documents);
  if (typeof recipients === "string") throw new UsageError(`${file} ${recipients}`);
  return recipients;
}

/** New encrypted files out of texts in the clear, and their lines in what deploys them. What is there is written over. */
export async function encryptNew(content: Content, texts: ReadonlyMap<string, string>, now: string): Promise<Change[]> {
  const changes = await Promise.all(
    [...texts].map(async ([path, clear]) => ({
      path,
      content: await explaining(path, () => {
        refuseOtherThanText(readClear(clear));
        return encryptFile(clear, { recipients: recipientsOf(content, path), now });
      }),
    })),
  );
  const folders = new Set(changes.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  return [...changes, ...[...folders].map((folder) => listing(content, folder, changes))];
}

/** A new encrypted file out of text in the clear. */
export async function encryptSecret(
  { content, now }: Omit<Vault, "identities">,
  file: string,
  clear: string,
  { empty }: Allowed,
): Promise<Change[]> {
  if (content.tree.has(file)) throw new UsageError(`${file} already exists: bun run secrets edit changes it`);
  await explaining(file, () => {
    const data = dataOf(readClear(clear));
    refuseOtherKind(data, file);
    if (!empty) refuseEmpties(emptiesOf(data));
    return Promise.resolve();
  });
  return encryptNew(content, new Map([[file, clear]]), now);
}

/** The file in the clear. */
export async function decryptSecret(vault: Vault, file: string): Promise<string> {
  return explaining(file, async () => clearText(await open(vault, file)));
}

/** An edited text, closed again: values that did not change keep their bytes; nothing changed is no change. */
export async function editSecret(
  vault: Vault,
  file: string,
  edit: (clear: string) => Promise<string> | string,
  { empty }: Allowed,
): Promise<Change[]> {
  return explaining(file, async () => {
    const opened = await open(vault, file);
    const before = dataOf(opened.document);
    const clear = clearText(opened);
    const edited = await edit(clear);
    if (edited === clear) return [];
    const document = readEdited(opened, edited);
    const own = dataOf(document);
    const known = emptiesOf(before);
    if (!empty) refuseEmpties(emptiesOf(own).filter((name) => !known.includes(name)));
    return [{ path: file, content: closeEdited(vault, { ...opened, document }, before) }];
  });
}

/** Sets one value, or takes it away where it is undefined: that line changes, the MAC and the time. */
export async function setSecret(
  vault: Vault,
  file: string,
  target: string,
  value: string | undefined,
  allowed: Allowed & { added: boolean },
): Promise<Change[]> {
  return explaining(file, async () => {
    const opened = await open(vault, file);
    const before = dataOf(opened.document);
    const path = valuePath(before, target, allowed.added);
    if (value === "" && !allowed.empty)
      throw new UsageError(
        `the value for ${target} is empty: is the variable that it comes from set? --empty stores an empty value`,
      );
    if (at(before, ...path) === value) return [];
    const document = readEdited(opened, clearText(opened));
    editDocument(document, [{ path, value }]);
    return [{ path: file, content: closeEdited(vault, { ...opened, document }, before) }];
  });
}

/** What a change may hold that is a slip more often than it is meant. */
export interface Allowed {
  empty: boolean;
}

const open = ({ content, identities }: Vault, file: string): Promise<Opened> =>
  openFile(textOf(content.tree, file), identities);

const dataOf = (document: Document) => document.toJS() as Json;

/** A text in the clear as it will be closed: without comments that would stay in the clear. */
function readEdited({ metadata }: Opened, text: string): Document {
  const document = readClear(text);
  refuseComments(text, document, encrypts(metadata.rule));
  return document;
}

function closeEdited({ now }: Vault, opened: Opened, before: Json): string {
  settle(opened.document, before);
  refuseOtherThanText(opened.document);
  return close(opened, now);
}

/** What was pending is so no more once it has another value. */
function settle(document: Document, before: Json): void {
  const own = dataOf(document);
  const names = pendingOf(own);
  const valueAt = (data: Json, name: string) => {
    const [secret, key] = splitName(name);
    const item = listAt(data, "spec", "secrets").find((found) => stringAt(found, "name") === secret);
    return stringAt(item, "stringData", key) ?? stringAt(item, "data", key);
  };
  const pending = names.filter((name) => valueAt(before, name) === valueAt(own, name));
  if (pending.length === names.length) return;
  const annotations = objectAt(own, "metadata", "annotations");
  const isLast = pending.length === 0 && Object.keys(annotations).length === 1;
  const path = ["metadata", "annotations", ...(isLast ? [] : [pendingAnnotation])];
  editDocument(document, [{ path, value: pending.length === 0 ? undefined : pending.join(",") }]);
}

/**
 * Wraps the data key of each file for those the facts name now; files that are for exactly those stay, if each of them
 * can open its own.
 */
export async function syncSecrets(
  { content, identities }: Omit<Vault, "now">,
  files: readonly string[],
): Promise<Change[]> {
  const stale = files.filter((file) => {
    const metadata = parseMetadata(at(content.sources.data(file), "sops"));
    if (typeof metadata === "string") return true;
    if (metadata.age.some(({ enc, recipient }) => wrappingProblem(enc, recipient) !== undefined)) return true;
    const found = metadata.age.map(({ recipient }) => recipient).toSorted();
    return found.join() !== recipientsOf(content, file).join();
  });
  return Promise.all(
    stale.map(async (path) => ({
      path,
      content: await explaining(path, () =>
        rewrapFile(textOf(content.tree, path), identities, recipientsOf(content, path)),
      ),
    })),
  );
}

/** Every encrypted file of the fleet. */
export function secretFiles({ tree }: Pick<Content, "tree">): string[] {
  return tree.paths.filter(isSecretFile);
}

const isSecret = encrypts(ownRule);

/** The operator makes Secrets of it, and those hold text: a number would come out as one and be refused there. */
function refuseOtherThanText(document: Document): void {
  for (const { path, scalar } of leavesOf(document))
    if (isSecret(path) && typeof scalar.value !== "string")
      throw new CipherError(`${path.join(".")} is not text: put it in quotes`);
}

function refuseEmpties(names: readonly string[]): void {
  if (names.length > 0) throw new CipherError(`${names.join(", ")}: the value is empty (--empty keeps it so)`);
}

/** A Secret in the clear, and anything else that the operator does not read: one sentence, and what to write instead. */
function refuseOtherKind(data: Json, file: string): void {
  const kind = stringAt(data, "kind");
  if (kind === "SopsSecret") return;
  throw new CipherError(
    `the text has the kind ${kind ?? "(none)"}, and a cluster decrypts only a SopsSecret. Write it like this (bun run secrets encrypt ${file} --example prints it):\n${exampleOf(file)}`,
  );
}

function listing(content: Content, folder: string, changes: readonly Change[]): Change {
  const file = `${folder}/kustomization.yaml`;
  if (content.tree.has(file)) return listingChange(content, folder, changes);
  if (placeOf(changes[0]!.path)?.kind === "tenantSecret")
    throw new UsageError(`${folder} is not a placement: there is no ${file}`);
  return kustomizationChange(file, {
    resources: changes.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`)),
    components: [pathOf("platformDefinition", { part: "secrets" })],
  });
}

/** The bytes of a file that somebody named. */
export function textOf(tree: Tree, file: string): string {
  if (!tree.has(file)) throw new UsageError(`${file} does not exist`);
  return tree.text(file);
}

/** Says which file could not be read or written. */
export async function explaining<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CipherError)) throw error;
    throw new UsageError(`${file}: ${error.message}`, { cause: error });
  }
}
