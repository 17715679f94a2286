/** Names whose literal value is a credential, and values that are none. Pure text: who asks decides where to look. */

/** The words of a name: of DB_PASSWORD, dbPassword, db-password and db.password the same two. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

const passwords = new Set(["password", "passwd", "passphrase", "passcode", "pass", "pwd"]);
const oneWord = new Set([
  "apikey",
  "apisecret",
  "accesskey",
  "accesstoken",
  "authtoken",
  "clientsecret",
  "secretkey",
  "privatekey",
  "encryptionkey",
  "signingkey",
  "authkey",
]);
/** Before "key": it is a credential however the name is written. */
const secretKeys = new Set([
  "access",
  "account",
  "api",
  "auth",
  "cipher",
  "cookie",
  "deploy",
  "encryption",
  "hmac",
  "jwt",
  "licence",
  "license",
  "master",
  "private",
  "secret",
  "session",
  "shared",
  "signing",
  "ssh",
  "storage",
  "webhook",
]);
/** Before "key" in a variable (SORT_KEY): it is none. Any other variable that ends in KEY is taken for one. */
const openKeys = new Set([
  "annotation",
  "cache",
  "config",
  "consumer",
  "dedup",
  "deduplication",
  "event",
  "feature",
  "field",
  "flag",
  "foreign",
  "group",
  "header",
  "host",
  "idempotency",
  "index",
  "label",
  "lookup",
  "map",
  "message",
  "metadata",
  "node",
  "object",
  "parent",
  "partition",
  "primary",
  "pub",
  "public",
  "publishable",
  "query",
  "rate",
  "record",
  "routing",
  "service",
  "setting",
  "shard",
  "site",
  "sort",
  "tenant",
  "topology",
  "tracking",
  "translation",
  "unique",
  "user",
  "verification",
  "zone",
]);
/** Before "secret": it is the secret itself. Elsewhere the word often means the name of a Secret. */
const ownSecrets = new Set([
  "access",
  "api",
  "app",
  "application",
  "client",
  "consumer",
  "cookie",
  "hmac",
  "jwt",
  "oauth",
  "session",
  "shared",
  "signing",
  "webhook",
]);

/** How sure a name is. `reference`: a name of this kind often holds the name of a Secret or of a key in it. */
export type NameKind = "password" | "credential" | "reference";

/** Kinds of the names seen last: a fleet sets the same few thousand times. */
const known = new Map<string, NameKind | undefined>();
const mostKnown = 4096;

/** Whether the value of a name is a credential; undefined for a name that says nothing. */
export function credentialName(name: string): NameKind | undefined {
  if (known.has(name)) return known.get(name);
  if (known.size === mostKnown) known.clear();
  const kind = judgeName(name);
  known.set(name, kind);
  return kind;
}

function judgeName(name: string): NameKind | undefined {
  // Most names are done after one look.
  if (!/(?:pass|pwd|wd|word|phrase|code|token|secret|key|credentials?)[^A-Za-z0-9]*$/i.test(name)) return undefined;
  const words = wordsOf(name);
  const [before, last] = [words.at(-2) ?? "", words.at(-1) ?? ""];
  // As variables are written: DB_SECRET, db_secret.
  const isVariable = /^_*[A-Z][A-Z0-9_]*$/.test(name) || /^[a-z0-9]+(_[a-z0-9]+)+$/.test(name);
  if (passwords.has(last)) return "password";
  if (last === "token" || oneWord.has(last)) return "credential";
  if (last === "secret") return ownSecrets.has(before) || (isVariable && words.length > 1) ? "credential" : "reference";
  if (last === "credential" || last === "credentials") return "reference";
  if (last !== "key" || words.length === 1) return undefined;
  if (isVariable) return openKeys.has(before) ? undefined : "credential";
  if (before === "api" || before === "access") return "credential";
  return secretKeys.has(before) ? "reference" : undefined;
}

/** Words that stand for no value, and marks of what is filled in elsewhere. */
const nothing = /^(?:null|nil|none|undefined|true|false|yes|no|on|off|disabled|enabled|[*x.?_•-]+)$/i;
const filledIn = /\{\{|\$\{|\$\(|^[$%`]|^<[^<>]*>$|^(?:ENC\[|ref\+|vault:|op:\/\/|env:|file:)/;
const systemPath =
  /^\.{0,2}\/(?:app|certs?|config|data|dev|etc|home|keys|mnt|opt|proc|root|run|secrets|srv|tmp|usr|var|vault)(?:\/[A-Za-z0-9._-]+)*\/?$/;
/** A name of an object of Kubernetes, or of a key in a Secret. */
const objectName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const keyName = /^[A-Za-z][A-Za-z._-]{0,60}$/;

/** Whether a value under a name of that kind is a credential in the clear. */
export function isCredential(kind: NameKind, name: string, value: string | number): boolean {
  if (typeof value === "number") return kind === "password";
  const text = value.trim();
  if (text === "" || nothing.test(text) || filledIn.test(text) || systemPath.test(text)) return false;
  // PASSWORD_KEY: DB_PASSWORD names the key, not the value.
  if (/^[A-Z][A-Z0-9_]*$/.test(text) && credentialName(text) !== undefined) return false;
  if (kind !== "reference") return true;
  if (text.includes("\n")) return false;
  return name.toLowerCase().endsWith("key") ? !keyName.test(text) : !objectName.test(text);
}

/** Credentials inside URLs: scheme://user:password@host. */
export function urlCredentials(text: string): { index: number; text: string }[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(/:\/\/[^\s:@/?#"'<>]{0,200}:([^\s@/"'<>]{1,400})@/g)]
    .filter(({ 1: password }) => !nothing.test(password!) && !/\{\{|\$\{|\$\(|^[$%`*]|^[A-Z_]+$/.test(password!))
    .map(({ 0: own, index }) => ({ index, text: own }));
}

/** What an Authorization header carries. */
export const isAuthorization = (name: string, value: string) =>
  /^(?:proxy-)?authorization$/i.test(name) &&
  /^(?:basic|bearer|token)\s{1,9}[A-Za-z0-9._~+/=-]{8,}$/i.test(value.trim());

/** What a file of registry credentials carries: user and password in base64. */
export const isRegistryAuth = (name: string, value: string) =>
  name === "auth" &&
  /^[A-Za-z0-9+/]{8,}={0,2}$/.test(value) &&
  /^[!-~]+:[!-~]+$/.test(Buffer.from(value, "base64").toString("latin1"));
