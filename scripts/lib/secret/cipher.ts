import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Types of values that a SOPS file knows. A comment is one as well: it is encrypted beside what it is about. */
export type ValueType = "str" | "int" | "float" | "bool" | "comment";

/** A value as it is in the clear: its text, as SOPS hashes and encrypts it, and its type. */
export interface Clear {
  type: ValueType;
  text: string;
}

/** Something that keeps a file from being read: a wrong key, a changed byte. Never says what was inside. */
export class CipherError extends Error {
  override name = "CipherError";
}

/** The file is for keys or rules that only the sops program knows: KMS, PGP, key groups. */
export class ForeignKeyError extends CipherError {
  override name = "ForeignKeyError";
}

/** None of the private keys at hand opens the file; nothing is said about what is in it. */
export class NoKeyError extends CipherError {
  override name = "NoKeyError";
}

const form =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/]*={0,2}),iv:([A-Za-z0-9+/]+={0,2}),tag:([A-Za-z0-9+/]+={0,2}),type:([a-z]+)\]$/;

export function isEncrypted(text: string): boolean {
  return form.test(text);
}

/**
 * Encrypts one value as SOPS 3.13 does: AES-256-GCM with a nonce of 32 bytes. The path is authenticated with it, so that
 * a value can't be moved to another key; an empty text stays as it is.
 */
export function encryptValue(key: Uint8Array, path: string, { type, text }: Clear): string {
  if (type === "str" && text === "") return "";
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(path));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const [a, b, c] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${a},iv:${b},tag:${c},type:${type}]`;
}

export function decryptValue(key: Uint8Array, path: string, encrypted: string): Clear {
  if (encrypted === "") return { type: "str", text: "" };
  const match = form.exec(encrypted);
  if (match === null) throw new CipherError("is not encrypted");
  const [, data, iv, tag, type] = match as unknown as [string, string, string, string, string];
  if (!["str", "int", "float", "bool", "comment"].includes(type))
    throw new CipherError(`has the type ${type}, which is not read here`);
  const bytes = (text: string) => {
    const found = Buffer.from(text, "base64");
    // Other letters that decode to the same bytes are a change too.
    if (found.toString("base64") !== text) throw new CipherError("is not in the one form of base64");
    return found;
  };
  const [nonce, mark] = [bytes(iv), bytes(tag)];
  if (nonce.length !== 32 || mark.length !== 16) throw new CipherError("has a nonce or a tag of another length");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(Buffer.from(path));
  decipher.setAuthTag(mark);
  try {
    const text = Buffer.concat([decipher.update(bytes(data)), decipher.final()]);
    return { type: type as ValueType, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text) };
  } catch {
    throw new CipherError("was changed, moved from another key, or encrypted with another data key");
  }
}

/** What SOPS puts before the values where only encrypted ones count (stores.MACOnlyEncryptedInitialization). */
const macOnlyPrefix = Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex");

/** SHA-512 over every value in order, upper-case hex: what the file's MAC encrypts. */
export function macOf(values: Iterable<string>, onlyEncrypted: boolean): string {
  const hash = createHash("sha512");
  if (onlyEncrypted) hash.update(macOnlyPrefix);
  for (const value of values) hash.update(value, "utf8");
  return hash.digest("hex").toUpperCase();
}
