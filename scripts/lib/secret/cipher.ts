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

const types: readonly string[] = ["str", "int", "float", "bool", "comment"] satisfies ValueType[];

/** A ciphertext in its parts, and what in it can't be right, seen without a key. */
interface Parts {
  data: Buffer;
  iv: Buffer;
  tag: Buffer;
  type: ValueType;
}

function partsOf(encrypted: string): Parts | string {
  const match = form.exec(encrypted);
  if (match === null) return "is not encrypted";
  const [, data, iv, tag, type] = match as unknown as [string, string, string, string, string];
  if (!types.includes(type)) return `has the type ${type}, which SOPS does not have`;
  const [bytes, nonce, mark] = [data, iv, tag].map((text) => {
    const found = Buffer.from(text, "base64");
    // Other letters that decode to the same bytes are a change too.
    return found.toString("base64") === text ? found : undefined;
  });
  if (bytes === undefined || nonce === undefined || mark === undefined) return "is not in the one form of base64";
  if (nonce.length !== 32 || mark.length !== 16) return "has a nonce or a tag of another length than SOPS writes";
  return { data: bytes, iv: nonce, tag: mark, type: type as ValueType };
}

/** What a ciphertext says of itself without a key: its type and how many bytes it hides; a sentence if it can't be one. */
export function ciphertextOf(encrypted: string): { type: ValueType; length: number } | string {
  const parts = partsOf(encrypted);
  return typeof parts === "string" ? parts : { type: parts.type, length: parts.data.length };
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
  const parts = partsOf(encrypted);
  if (typeof parts === "string") throw new CipherError(parts);
  const { data, iv, tag, type } = parts;
  const decipher = createDecipheriv("aes-256-gcm", key, iv);
  decipher.setAAD(Buffer.from(path));
  decipher.setAuthTag(tag);
  try {
    const text = Buffer.concat([decipher.update(data), decipher.final()]);
    return { type, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text) };
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
