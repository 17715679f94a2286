import { isObject, type Json } from "../../core/json.ts";
import { visible, visibleLines } from "../../core/visible.ts";

/** Texts of several lines in what the page shows; all else is in one. */
const texts: ReadonlySet<string> = new Set(["fix", "message"]);

/**
 * Data whose every text can be shown: names, keys and messages are what a branch put into files. `hasLines` keeps line breaks, as
 * the fields of messages and of whole objects do.
 */
export function printable(data: Json, hasLines = false): Json {
  if (typeof data === "string") return hasLines ? visibleLines(data) : visible(data);
  if (Array.isArray(data)) return data.map((item) => printable(item, hasLines));
  if (!isObject(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [visible(key), printable(value, hasLines || texts.has(key))]),
  );
}
