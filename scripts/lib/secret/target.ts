import { UsageError } from "../core/errors.ts";
import { at, type Json, type JsonPath, listAt, objectAt, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";

/** SECRET/KEY in its two parts. */
export function splitName(name: string): [secret: string, key: string] {
  const slash = name.indexOf("/");
  return [name.slice(0, slash), name.slice(slash + 1)];
}

/**
 * The way to a value in a SopsSecret, by SECRET/KEY or by keys and positions with dots between. A key that is not there is
 * a slip more often than it is meant: it is refused unless it is to be added.
 */
export function valuePath(data: Json, target: string, added: boolean): JsonPath {
  const secrets = listAt(data, "spec", "secrets");
  const names = secrets.map((secret) => stringAt(secret, "name") ?? "");
  const path = target.includes("/") ? named(secrets, names, target) : dotted(target);
  const [, , index, field, key] = path;
  const isValue =
    path.length === 5 && path[0] === "spec" && path[1] === "secrets" && (field === "data" || field === "stringData");
  if (!isValue || at(secrets, index!) === undefined) {
    const example = names[0] === undefined ? "database/password" : `${names[0]}/${keysOf(secrets[0])[0] ?? "password"}`;
    throw new UsageError(
      `${JSON.stringify(target)} is not a value of the file: write SECRET/KEY, for example ${example} (or spec.secrets.0.stringData.KEY)`,
    );
  }
  if (added || at(data, ...path) !== undefined) return path;
  const keys = keysOf(secrets[index as number]);
  const meant = suggest(String(key), keys);
  throw new UsageError(
    `the Secret ${names[index as number]} has no key ${String(key)}${meant === undefined ? "" : ` (did you mean ${meant}?)`}; its keys are ${keys.join(", ") || "none"}`,
  );
}

function named(secrets: readonly Json[], names: readonly string[], target: string): JsonPath {
  const [name, key] = splitName(target);
  const index = names.indexOf(name);
  if (index === -1) {
    const meant = suggest(name, names);
    throw new UsageError(
      `the file has no Secret ${name}${meant === undefined ? "" : ` (did you mean ${meant}?)`}; it has ${names.join(", ") || "none"}`,
    );
  }
  const field = at(secrets[index], "data", key) === undefined ? "stringData" : "data";
  return ["spec", "secrets", index, field, key];
}

const dotted = (target: string): JsonPath => {
  const parts = target.split(".");
  // Keys of a Secret may hold dots: .dockerconfigjson, tls.crt.
  const key = parts.slice(4).join(".");
  return [...parts.slice(0, 4).map((part) => (/^\d+$/.test(part) ? Number(part) : part)), ...(key === "" ? [] : [key])];
};

const keysOf = (secret: Json | undefined) => [
  ...Object.keys(objectAt(secret, "stringData")),
  ...Object.keys(objectAt(secret, "data")),
];
