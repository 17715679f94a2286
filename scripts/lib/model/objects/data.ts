import { type JsonObject, objectAt } from "../../core/json.ts";
import type { Problems } from "./problem.ts";

const limit = 1024 * 1024;

/** What a ConfigMap or a Secret holds together. */
export function* keyedData(object: JsonObject): Problems {
  const texts = objectAt(object, "data");
  const bytes = objectAt(object, "binaryData");
  for (const key of Object.keys(texts))
    if (Object.hasOwn(bytes, key))
      yield { message: `holds the key ${key} in data and in binaryData`, fix: "keep one of them" };
  let size = 0;
  for (const value of [
    ...Object.values(texts),
    ...Object.values(bytes),
    ...Object.values(objectAt(object, "stringData")),
  ])
    if (typeof value === "string") size += Buffer.byteLength(value);
  if (size > limit)
    yield {
      message: `holds ${Math.ceil(size / 1024)} KiB, more than the 1024 KiB that a server takes`,
      fix: "split it",
    };
}
