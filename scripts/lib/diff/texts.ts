import { diffArrays } from "diff";

import { isDeeper, isObject, type Json } from "../core/json.ts";

/** Larger texts are compared as a whole: nobody reads their lines in a report, in bytes. */
const readable = 256 * 1024;

/** Levels of a document that anybody writes. */
const deepest = 64;

/** Lines that may come and go before two texts count as two others. */
const edits = 500;

/** What two texts hold if both are documents, JSON or YAML: their data differs, and not their layout. Undefined otherwise. */
export function documentsIn(before: string, after: string): [Json, Json] | undefined {
  const [a, b] = [documentIn(before), documentIn(after)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

function documentIn(text: string): Json | undefined {
  // An alias may stand for gigabytes; a text without a line break is a value and no document.
  if (text.length > readable || !/^\s*[{[]|\n./.test(text) || /(^|[\s[{,:-])[&*]\w/.test(text)) return undefined;
  try {
    const data = (/^\s*[{[]/.test(text) ? JSON.parse(text) : Bun.YAML.parse(text)) as Json;
    const isDocument = isObject(data) || (Array.isArray(data) && data.some(isObject));
    return isDocument && !isDeeper(data, deepest) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of a text that are others, together as long as they follow each other. */
export interface Hunk {
  /** In the later text, from 1. */
  line: number;
  before: string | undefined;
  after: string | undefined;
}

/** What differs between two texts of several lines; undefined where they have none, or too little in common. */
export function hunksOf(before: string, after: string): Hunk[] | undefined {
  if (!before.includes("\n") && !after.includes("\n")) return undefined;
  if (before.length + after.length > 2 * readable) return undefined;
  const parts = diffArrays(before.split("\n"), after.split("\n"), { maxEditLength: edits });
  if (parts === undefined) return undefined;
  const hunks: Hunk[] = [];
  let line = 1;
  let open: Hunk | undefined;
  for (const { added, removed, value } of parts) {
    if (!added && !removed) {
      open = undefined;
      line += value.length;
      continue;
    }
    if (open === undefined) hunks.push((open = { line, before: undefined, after: undefined }));
    open[added ? "after" : "before"] = value.join("\n");
    if (added) line += value.length;
  }
  return hunks;
}
