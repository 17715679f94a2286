import type { Finding } from "../core/finding.ts";
import { fleetFolders, isSecretFile } from "../repo/layout.ts";

export type Plaintext = Required<Pick<Finding, "message" | "fix">> & { line: number };

const shapes: [RegExp, string][] = [
  [/AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{20,}/, "a private key of age"],
  [/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, "a private key"],
  [/-----BEGIN PGP PRIVATE KEY BLOCK-----/, "a private key of PGP"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, "a token of GitHub"],
  [/\bAKIA[0-9A-Z]{16}\b/, "an access key of AWS"],
];

/** What a text holds that is secret by its shape, also behind base64; undefined if nothing is seen. */
export function secretShape(text: string, depth = 3): { what: string; index: number } | undefined {
  for (const [shape, what] of shapes) {
    const match = shape.exec(text);
    if (match !== null) return { what, index: match.index };
  }
  if (depth === 0) return undefined;
  for (const { 0: token, index } of text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) {
    const decoded = Buffer.from(token, "base64").toString("latin1");
    const inner = secretShape(decoded, depth - 1);
    if (inner !== undefined) return { what: `${inner.what}, as base64`, index };
  }
  return undefined;
}

/** A Secret by its kind, in YAML or JSON, alone, in a list or inside other values; in any case of letters. */
const secretKind = /^[\s-]*kind:\s*["']?secret["']?\s*(#.*)?$|"kind"\s*:\s*"secret"/im;
const secretData = /^[\s-]*(data|stringData):|"(data|stringData)"\s*:/m;

/** Names of files that hold what was decrypted, or what an editor left behind. */
const leftBehind = /\.dec(rypted)?\.[a-z]+$|~$|\.(bak|orig|rej|sw[a-p]|tmp)$|(^|\/)[.#][^/]*#$/;

/**
 * What in a file is a secret in the clear, by its kind, its shape and its name. Code and its tests are not looked into:
 * they have made-up ones.
 */
export function plaintextProblems(path: string, text: string): Plaintext[] {
  const isEncrypted = isSecretFile(path);
  const isFleet = fleetFolders.some((folder) => path.startsWith(`${folder}/`));
  if (!isFleet && !isEncrypted) return [];
  const lineOf = (index: number) => text.slice(0, index).split("\n").length;
  const found: Plaintext[] = [];
  const shape = secretShape(text);
  if (shape !== undefined)
    found.push({
      line: lineOf(shape.index),
      message: `holds ${shape.what}`,
      fix: "remove it, and replace the key: it is no secret any more",
    });
  const kind = secretKind.exec(text);
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
      fix: "bun run secrets encrypt writes it; change what was in it",
    });
  if (leftBehind.test(path))
    found.push({ line: 1, message: "looks like what an editor or a decryption left behind", fix: "remove it" });
  return found;
}
