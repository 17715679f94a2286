import type { Finding } from "../core/finding.ts";
import { within } from "../repo/address.ts";
import { isFixture } from "../repo/fixtures.ts";
import { fleetFolders, isPublishedKeyFile, isSecretFile } from "../repo/layout.ts";
import { credentialName, isAuthorization, isCredential, isRegistryAuth, urlCredentials } from "./credentials.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { ageKey, secretShapes } from "./shapes.ts";

export type Plaintext = Required<Pick<Finding, "message" | "fix">> & { line: number };

/** Something in the clear. Its letters are there to be compared, and never to be shown. */
export interface Exposed {
  what: string;
  index: number;
  text: string;
}

/** A Secret by its kind, in YAML or JSON, alone, in a list or inside other values; in any case of letters. */
const secretKind = /^[ \t-]*kind:[ \t]*["']?secret["']?[ \t]*(?:#.*)?$|"kind"\s*:\s*"secret"/im;
const secretData = /^[ \t-]*(?:data|stringData):|"(?:data|stringData)"\s*:/m;

/** Names of files that hold what was decrypted, or what an editor left behind. */
const leftBehind = /\.dec(?:rypted)?\.[a-z]+$|~$|\.(?:bak|orig|rej|sw[a-p]|tmp)$|(?:^|\/)[.#][^/]*#$/;

/** Files that set things by name. Code does so too, but there a name says little about its value. */
const settings =
  /\.(?:ya?ml|json|jsonc|toml|ini|cfg|conf|properties|env|sh|bash|zsh|tfvars|npmrc|netrc)$|(?:^|\/)\.env(?:\.[^/]*)?$|(?:^|\/)\.(?:npmrc|netrc|pgpass)$/i;
/** Descriptions of settings hold names without values. */
const described = /^schemas\/|\.schema\.json$|\.md$/;

const isInFleet = (path: string) => fleetFolders.some((folder) => path.startsWith(`${folder}/`));

/** What an Application or a file sets that is a credential by its name, or has one in a URL. */
export function exposedPairs(pairs: readonly Pair[]): Exposed[] {
  return pairs.flatMap(({ name, value, index }): Exposed[] => {
    const text = String(value);
    const kind = credentialName(name);
    if (
      (kind !== undefined && isCredential(kind, name, value)) ||
      isAuthorization(name, text) ||
      isRegistryAuth(name, text)
    )
      return [{ what: `sets ${name} to a literal value`, index, text }];
    return urlCredentials(text).map((url) => ({
      what: `has a user and a password in the URL of ${name}`,
      index,
      text: url.text,
    }));
  });
}

/**
 * What in a file is a secret in the clear: by its shape in every file; by its kind and by names (PASSWORD: hunter2) where
 * files set things. The rule plaintext-secret and secrets scan both ask here.
 */
export function plaintextProblems(path: string, text: string, published: Published = () => true): Plaintext[] {
  const lineOf = lineIndex(text);
  const found: Plaintext[] = [];
  // A shape is told once a line; what is behind base64 too.
  const lines = new Set<number>();
  for (const { what, index } of exposedIn(path, text, published)) {
    const line = lineOf(index);
    if (lines.has(line)) continue;
    lines.add(line);
    found.push({ line, message: what, fix: fixOf(what) });
  }
  const isEncrypted = isSecretFile(path);
  const kind =
    isInFleet(path) || isEncrypted || (settings.test(path) && !described.test(path)) ? secretKind.exec(text) : null;
  if (kind !== null && secretData.test(text))
    found.push({
      line: lineOf(kind.index + kind[0].search(/\S/)),
      message: "holds a Secret in the clear",
      fix: "encrypt it with bun run secrets encrypt: a Secret reaches a cluster as a SopsSecret only",
    });
  if (isEncrypted && !/^sops:|"sops"\s*:/m.test(text))
    found.push({
      line: 1,
      message: "is not encrypted",
      fix: "encrypt it with bun run secrets encrypt, and replace every value that was in it",
    });
  if ((isInFleet(path) || isEncrypted) && leftBehind.test(path))
    found.push({ line: 1, message: "looks like the backup of an editor, or a decrypted copy", fix: "remove it" });
  return found;
}

/** Whether a cluster may publish its key. */
type Published = (cluster: string) => boolean;

/** Every credential in a file, by shape and by name. */
export function exposedIn(path: string, text: string, published: Published = () => true): Exposed[] {
  const isPublished = isPublishedKeyFile(path) && published(within("cluster", path)?.cluster ?? "");
  const shapes = secretShapes(text)
    // One key is what such a file is for. Whether it is the right one is the question of the rule published-key.
    .filter(({ what }, position) => !(isPublished && position === 0 && what === ageKey))
    .filter((match) => !isFixture(path, match.text))
    .map(({ what, index, text: own }) => ({ what: `holds ${what}`, index, text: own }));
  // What a name of an encrypted file is set to is the question of the rule sops-file.
  if (described.test(path) || isSecretFile(path) || !(isInFleet(path) || settings.test(path))) return shapes;
  return [...shapes, ...exposedPairs(pairsOf(path, text)).filter((own) => !isFixture(path, own.text))];
}

const fixOf = (what: string) =>
  what.startsWith("holds")
    ? "remove it and replace the key: whoever can read the repository has it"
    : "read it from a Secret (bun run secrets encrypt), and replace the value: whoever can read the repository has it";

/** Lines by position, without reading the text again for each. */
function lineIndex(text: string): (index: number) => number {
  let starts: number[] | undefined;
  return (index) => {
    if (starts === undefined) {
      starts = [0];
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** The text of a file; undefined if it is binary. Windows' shells write UTF-16. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return bytes.subarray(0, 8000).includes(0) ? undefined : new TextDecoder().decode(bytes);
}
