import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { JsonPath } from "../core/json.ts";
import { stringsAt } from "../core/json.ts";
import type { Documents } from "../repo/documents.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { editYaml } from "../yaml/emit.ts";
import { CipherError } from "./cipher.ts";
import { refuseComments } from "./comments.ts";
import { ciphertexts, clearText, close, encryptFile, openFile, readClear, rewrapFile, rotateFile } from "./file.ts";
import { leavesOf } from "./leaves.ts";
import { encrypts, ownRule } from "./metadata.ts";
import { placeOf, recipientsFor } from "./places.ts";

/** What plans about secrets are made from. Private keys are given apart, and stay in memory. */
export interface SecretFleet {
  tree: Tree;
  sources: Sources;
  documents: Documents;
}

/** Whom a file has to be encrypted to; an error that says what is missing otherwise. */
export function recipientsOf({ documents }: SecretFleet, file: string): string[] {
  const recipients = recipientsFor(file, documents);
  if (typeof recipients === "string") throw new UsageError(`${file} ${recipients}`);
  return recipients;
}

/** A new encrypted file out of text in the clear, and its line in the placement that deploys it. */
export async function encryptSecret(fleet: SecretFleet, file: string, clear: string, now: string): Promise<Change[]> {
  const recipients = recipientsOf(fleet, file);
  if (fleet.tree.has(file)) throw new UsageError(`${file} is there already: bun run secrets edit changes it`);
  const content = await explaining(file, () => {
    refuseOtherThanText(clear);
    return encryptFile(clear, { recipients, now });
  });
  return [{ path: file, content }, ...listed(fleet, file)];
}

/** The file in the clear. */
export async function decryptSecret(
  { tree }: SecretFleet,
  file: string,
  identities: readonly string[],
): Promise<string> {
  return explaining(file, async () => clearText(await openFile(textOf(tree, file), identities)));
}

/** An edited text, closed again: values that did not change keep their bytes; nothing changed is no change. */
export async function editSecret(
  { tree }: SecretFleet,
  file: string,
  identities: readonly string[],
  edit: (clear: string) => Promise<string> | string,
  now: string,
): Promise<Change[]> {
  return explaining(file, async () => {
    const text = textOf(tree, file);
    const opened = await openFile(text, identities);
    const before = clearText(opened);
    const after = await edit(before);
    if (after === before) return [];
    refuseOtherThanText(after);
    refuseComments(after, readClear(after), encrypts(opened.metadata.rule));
    const kept = await ciphertexts(text, identities);
    return [{ path: file, content: close({ ...opened, document: readClear(after) }, now, kept) }];
  });
}

/** Sets one value, or takes it away: that line changes, the MAC and the time. */
export function setSecret(
  fleet: SecretFleet,
  file: string,
  identities: readonly string[],
  path: JsonPath,
  value: string | undefined,
  now: string,
): Promise<Change[]> {
  return editSecret(fleet, file, identities, (clear) => editYaml(clear, [{ path, value: value }]), now);
}

/** Wraps the data key of each file for those the facts name now. */
export async function syncSecrets(
  fleet: SecretFleet,
  files: readonly string[],
  identities: readonly string[],
): Promise<Change[]> {
  return Promise.all(
    files.map(async (path) => ({
      path,
      content: await explaining(path, () =>
        rewrapFile(textOf(fleet.tree, path), identities, recipientsOf(fleet, path)),
      ),
    })),
  );
}

/** A new data key for each file. Who has read a value knows it still: change the values as well. */
export async function rotateSecrets(
  { tree }: SecretFleet,
  files: readonly string[],
  identities: readonly string[],
  now: string,
): Promise<Change[]> {
  return Promise.all(
    files.map(async (path) => ({
      path,
      content: await explaining(path, () => rotateFile(textOf(tree, path), identities, now)),
    })),
  );
}

/** Every encrypted file of the fleet. */
export function secretFiles({ tree }: Pick<SecretFleet, "tree">): string[] {
  return tree.paths.filter((file) => file.endsWith(".sops.yaml") && file !== ".sops.yaml");
}

const isSecret = encrypts(ownRule);

/** The operator makes Secrets of it, and those hold text: a number would come out as one and be refused there. */
function refuseOtherThanText(clear: string): void {
  for (const { path, scalar } of leavesOf(readClear(clear)))
    if (isSecret(path) && typeof scalar.value !== "string")
      throw new CipherError(`${path.join(".")} is no text: put it in quotes`);
}

/** A placement deploys what its kustomization lists. */
function listed({ tree, sources }: SecretFleet, file: string): Change[] {
  if (placeOf(file)?.kind !== "tenant") return [];
  const kustomization = `${file.slice(0, file.lastIndexOf("/"))}/kustomization.yaml`;
  if (!tree.has(kustomization)) throw new UsageError(`${file} would be in no placement: there is no ${kustomization}`);
  const resources = stringsAt(sources.data(kustomization), "resources");
  const own = `./${file.slice(file.lastIndexOf("/") + 1)}`;
  if (resources.includes(own)) return [];
  const value = [
    ...resources.filter((entry) => !entry.startsWith("./")),
    ...[...resources.filter((entry) => entry.startsWith("./")), own].toSorted(),
  ];
  return [{ path: kustomization, content: editYaml(tree.text(kustomization), [{ path: ["resources"], value }]) }];
}

function textOf(tree: Tree, file: string): string {
  if (!tree.has(file)) throw new UsageError(`there is no ${file}`);
  return tree.text(file);
}

async function explaining<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CipherError)) throw error;
    throw new UsageError(`${file}: ${error.message}`);
  }
}
