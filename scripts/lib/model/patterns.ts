import { RE2JS } from "re2js";

/** What a pattern of a schema becomes. */
export interface Expression {
  test: (text: string) => boolean;
}

/** Patterns of Kubernetes are Go's RE2; JavaScript knows nearly all of them, RE2 in JavaScript the rest. */
export const regExp = Object.assign(
  (pattern: string, flags: string): Expression & { toString: () => string } => {
    try {
      return new RegExp(pattern, flags);
    } catch {
      const compiled = RE2JS.compile(pattern);
      // Ajv tells patterns apart by their text: without one of its own, the first of a schema would judge for all.
      return { test: (text: string) => compiled.matcher(text).find(), toString: () => `re2:${pattern}` };
    }
  },
  { code: "re2" },
);
