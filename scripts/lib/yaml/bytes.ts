import type { RuleId } from "../core/rule-id.ts";

/** Larger files are refused before any parser sees them: kustomize turns 273 bytes of aliases into gigabytes. */
export const sizeLimit = 256 * 1024;

/** A problem of one YAML file, with the rule it breaks. Lines and columns count from 1. */
export interface Problem {
  rule: RuleId;
  message: string;
  fix: string;
  line?: number;
  column?: number;
}

/** Bytes to text, if they are what all our readers agree on: UTF-8 without a byte order mark, lines ended by LF. */
export function decode(bytes: Uint8Array): string | Problem {
  if (bytes.length > sizeLimit) {
    return {
      rule: "file-size",
      message: `has ${bytes.length} bytes, more than the ${sizeLimit} allowed`,
      fix: "split it, or generate its content in the cluster",
    };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { rule: "file-encoding", message: "is not UTF-8", fix: "save it as UTF-8" };
  }
  for (const [character, name] of forbidden) {
    const index = text.indexOf(character);
    if (index === -1) continue;
    const before = text.slice(0, index).split("\n");
    return {
      rule: "file-encoding",
      message: `holds ${name}`,
      fix: isCertain.has(character)
        ? `bun run validate --fix removes it; set the editor to UTF-8 and LF`
        : `remove ${name} (an editor set to UTF-8 and LF does it)`,
      line: before.length,
      column: before.at(-1)!.length + 1,
    };
  }
  return text;
}

/** Where git left both sides of a merge. */
export function conflictIn(text: string): Problem | undefined {
  const start = /^<{7} /m.exec(text);
  if (start === null || !/^={7}$/m.test(text) || !/^>{7} /m.test(text)) return undefined;
  return {
    rule: "yaml-syntax",
    message: "holds the marks of a conflict: a merge was not finished",
    fix: "keep what is right of the lines between <<<<<<< and >>>>>>>, and remove the marks",
    line: text.slice(0, start.index).split("\n").length,
    column: 1,
  };
}

/** What --fix takes out: it changes no value. */
const isCertain: ReadonlySet<string> = new Set(["\uFEFF", "\r"]);

const forbidden = [
  ["\uFEFF", "a byte order mark"],
  ["\r", "a carriage return"],
  ["\0", "a NUL character"],
  ["\u0085", "a next-line character (U+0085)"],
  ["\u2028", "a line separator (U+2028)"],
  ["\u2029", "a paragraph separator (U+2029)"],
] as const;
