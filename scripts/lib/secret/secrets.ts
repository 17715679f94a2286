import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { at, type Json, type JsonPath, listAt, objectAt, stringAt } from "../core/json.ts";
import { pathOf } from "../repo/address.ts";
import { type Content, expectName } from "../repo/content.ts";
import { kustomizationChange, listingChange } from "../repo/kustomization.ts";
import { isSecretFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";
import { editYaml } from "../yaml/emit.ts";
import { CipherError } from "./cipher.ts";
import { refuseComments } from "./comments.ts";
import { ciphertexts, clearText, close, encryptFile, openFile, readClear, rewrapFile } from "./file.ts";
import { encrypts, ownRule, parseMetadata } from "./metadata.ts";
import { placeOf, recipientsFor } from "./recipients.ts";
import { pendingAnnotation, pendingOf, secretsOf } from "./sops-secret.ts";
import { leavesOf } from "./walk.ts";

/** Whom a file has to be encrypted to; an error that says what is missing otherwise. */
export function recipientsOf({ documents }: Content, file: string): string[] {
  const recipients = recipientsFor(file, documents);
  if (typeof recipients === "string") throw new UsageError(`${file} ${recipients}`);
  return recipients;
}

/** New encrypted files out of texts in the clear, and their lines in what deploys them. What is there is written over. */
export async function encryptNew(fleet: Content, texts: ReadonlyMap<string, string>, now: string): Promise<Change[]> {
  const changes = await Promise.all(
    [...texts].map(async ([path, clear]) => ({
      path,
      content: await explaining(path, () => {
        refuseOtherThanText(clear);
        return encryptFile(clear, { recipients: recipientsOf(fleet, path), now });
      }),
    })),
  );
  const folders = new Set(changes.map(({ path }) => path.slice(0, path.lastIndexOf("/"))));
  return [...changes, ...[...folders].map((folder) => listing(fleet, folder, changes))];
}

/** A new encrypted file out of text in the clear. */
export async function encryptSecret(fleet: Content, file: string, clear: string, now: string): Promise<Change[]> {
  if (fleet.tree.has(file)) throw new UsageError(`${file} is there already: bun run secrets edit changes it`);
  return encryptNew(fleet, new Map([[file, clear]]), now);
}

/** The file in the clear. */
export async function decryptSecret({ tree }: Content, file: string, identities: readonly string[]): Promise<string> {
  return explaining(file, async () => clearText(await openFile(textOf(tree, file), identities)));
}

/** An edited text, closed again: values that did not change keep their bytes; nothing changed is no change. */
export async function editSecret(
  { tree }: Content,
  file: string,
  identities: readonly string[],
  edit: (clear: string) => Promise<string> | string,
  now: string,
): Promise<Change[]> {
  return explaining(file, async () => {
    const text = textOf(tree, file);
    const opened = await openFile(text, identities);
    const before = clearText(opened);
    const edited = await edit(before);
    if (edited === before) return [];
    const after = withoutSettled(before, edited);
    refuseOtherThanText(after);
    refuseComments(after, readClear(after), encrypts(opened.metadata.rule));
    const kept = await ciphertexts(text, identities);
    return [{ path: file, content: close({ ...opened, document: readClear(after) }, now, kept) }];
  });
}

/** Sets one value, or takes it away: that line changes, the MAC and the time. */
export function setSecret(
  fleet: Content,
  file: string,
  identities: readonly string[],
  target: string,
  value: string | undefined,
  now: string,
): Promise<Change[]> {
  return editSecret(
    fleet,
    file,
    identities,
    (clear) => editYaml(clear, [{ path: valuePath(readClear(clear).toJS() as Json, target), value }]),
    now,
  );
}

/** What was pending is so no more once it has another value. */
function withoutSettled(before: string, after: string): string {
  const [was, is] = [before, after].map((text) => readClear(text).toJS() as Json);
  const names = pendingOf(is);
  const valueAt = (data: Json | undefined, name: string) => {
    const [secret, key] = [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)];
    const item = listAt(data, "spec", "secrets").find((own) => stringAt(own, "name") === secret);
    return stringAt(item, "stringData", key) ?? stringAt(item, "data", key);
  };
  const left = names.filter((name) => valueAt(was, name) === valueAt(is, name));
  if (left.length === names.length) return after;
  const annotations = objectAt(is, "metadata", "annotations");
  const path = [
    "metadata",
    "annotations",
    ...(left.length === 0 && Object.keys(annotations).length === 1 ? [] : [pendingAnnotation]),
  ];
  return editYaml(after, [{ path, value: left.length === 0 ? undefined : left.join(",") }]);
}

/** SECRET/KEY, or keys and list positions with dots between, as a way into a SopsSecret. */
function valuePath(data: Json, target: string): JsonPath {
  const slash = target.indexOf("/");
  if (slash === -1) return target.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const [name, key] = [target.slice(0, slash), target.slice(slash + 1)];
  const secrets = secretsOf(data);
  const index = secrets.findIndex((secret) => secret.name === name);
  expectName(
    "Secret",
    name,
    secrets.map((secret) => secret.name),
    " in it",
  );
  const field = at(data, "spec", "secrets", index, "data", key) === undefined ? "stringData" : "data";
  return ["spec", "secrets", index, field, key];
}

/** Wraps the data key of each file for those the facts name now; files that are for exactly those stay. */
export async function syncSecrets(
  fleet: Content,
  files: readonly string[],
  identities: readonly string[],
): Promise<Change[]> {
  const stale = files.filter((file) => {
    const metadata = parseMetadata(at(fleet.sources.data(file), "sops"));
    if (typeof metadata === "string") return true;
    const found = metadata.age.map(({ recipient }) => recipient).toSorted();
    return found.join() !== recipientsOf(fleet, file).join();
  });
  return Promise.all(
    stale.map(async (path) => ({
      path,
      content: await explaining(path, () =>
        rewrapFile(textOf(fleet.tree, path), identities, recipientsOf(fleet, path)),
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
function refuseOtherThanText(clear: string): void {
  for (const { path, scalar } of leavesOf(readClear(clear)))
    if (isSecret(path) && typeof scalar.value !== "string")
      throw new CipherError(`${path.join(".")} is no text: put it in quotes`);
}

function listing(fleet: Content, folder: string, changes: readonly Change[]): Change {
  const file = `${folder}/kustomization.yaml`;
  if (fleet.tree.has(file)) return listingChange(fleet, folder, changes);
  if (placeOf(changes[0]!.path)?.kind === "tenantSecret")
    throw new UsageError(`${folder} is no placement: there is no ${file}`);
  return kustomizationChange(file, {
    resources: changes.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`)),
    components: [pathOf("platformDefinition", { part: "secrets" })],
  });
}

/** The bytes of a file that somebody named. */
export function textOf(tree: Tree, file: string): string {
  if (!tree.has(file)) throw new UsageError(`there is no ${file}`);
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
