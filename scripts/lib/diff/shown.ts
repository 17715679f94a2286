import { type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";

/** An object as it may be shown: secrets by their keys alone, with a mark that differs where the value does. */
export function shown(object: JsonObject): Json {
  const kind = stringAt(object, "kind");
  if (kind === "SopsSecret") {
    const { sops: _sops, ...rest } = object;
    const secrets = listAt(object, "spec", "secrets").map((item) => ({
      ...objectAt(item),
      ...masked(item, "data"),
      ...masked(item, "stringData"),
    }));
    const recipients = listAt(object, "sops", "age").flatMap((entry) => stringAt(entry, "recipient") ?? []);
    return { ...rest, spec: { ...objectAt(object, "spec"), secrets }, recipients };
  }
  return kind === "Secret" ? { ...object, ...masked(object, "data"), ...masked(object, "stringData") } : object;
}

function masked(item: Json, field: string): JsonObject {
  const values = Object.entries(objectAt(item, field));
  if (values.length === 0) return {};
  const mark = (value: Json) =>
    `encrypted ${new Bun.CryptoHasher("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8)}`;
  return { [field]: Object.fromEntries(values.map(([key, value]) => [key, mark(value)])) };
}
