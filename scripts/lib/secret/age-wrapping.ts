import { createPrivateKey, createPublicKey } from "node:crypto";

import { bech32 } from "@scure/base";
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

import { UsageError } from "../core/errors.ts";
import { CipherError, NoKeyError } from "./cipher.ts";

/** One recipient of a file, and the data key wrapped for it. */
export interface Stanza {
  recipient: string;
  /** Armored age file that holds the data key. */
  enc: string;
}

/** A key: the private half, and the public one that files are encrypted to. */
export interface Identity {
  identity: string;
  recipient: string;
}

export async function newIdentity(): Promise<Identity> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** What comes before the 32 bytes of a private X25519 key in PKCS #8. */
const pkcs8Head = Buffer.from("302e020100300506032b656e04220420", "hex");

/** The public half of a private X25519 key; undefined for other text. For those who can't wait for a promise. */
export function recipientOf(identity: string): string | undefined {
  const decoded = bech32.decodeUnsafe(identity, 1023);
  if (decoded?.prefix !== "age-secret-key-" || decoded.words.length !== 52) return undefined;
  const key = Buffer.concat([pkcs8Head, bech32.fromWords(decoded.words)]);
  const own = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
  return bech32.encode("age", bech32.toWords(own.export({ format: "der", type: "spki" }).subarray(-32)), 1023);
}

/** Wraps a data key for each recipient, sorted: the same recipients give the same order. */
export async function wrap(key: Uint8Array, recipients: readonly string[]): Promise<Stanza[]> {
  return Promise.all(
    [...new Set(recipients)].toSorted().map(async (recipient) => {
      const encrypter = new Encrypter();
      try {
        encrypter.addRecipient(recipient);
      } catch {
        // Of the right form, and one letter is wrong: the schema can't see that.
        throw new UsageError(`${recipient} is not a valid age key: its checksum is wrong; copy it anew`);
      }
      return { recipient, enc: armor.encode(await encrypter.encrypt(key)) };
    }),
  );
}

/** The data key, by the first identity that opens a stanza. */
export async function unwrap(stanzas: readonly Stanza[], identities: readonly string[]): Promise<Uint8Array> {
  const own = new Map<string, string>();
  for (const identity of identities) {
    // The library's own message would repeat the key.
    const recipient = await identityToRecipient(identity).catch(() => undefined);
    if (recipient === undefined)
      throw new CipherError("can't be opened: one of the private keys is not a valid age key");
    own.set(recipient, identity);
  }
  for (const { recipient, enc } of stanzas) {
    const identity = own.get(recipient);
    if (identity === undefined) continue;
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    let key: Uint8Array;
    try {
      key = await decrypter.decrypt(armor.decode(enc));
    } catch {
      throw new CipherError(`the key wrapped for ${recipient} was changed`);
    }
    if (key.length !== 32) throw new CipherError(`the key wrapped for ${recipient} is not a data key`);
    return key;
  }
  const known = stanzas.map(({ recipient }) => recipient).join(", ");
  throw new NoKeyError(`none of the private keys opens it: it is encrypted to ${known || "nobody"}`);
}
