/** Why an API server refuses an object, and what to do about it: sentences. */
export interface Problem {
  message: string;
  fix: string;
}

/** A check of one part of an object. */
export type Problems = Iterable<Problem>;

/** Names that stand more than once, each once. */
export function repeated(names: readonly (string | undefined)[]): string[] {
  const known = names.filter((name) => name !== undefined && name !== "") as string[];
  return [...new Set(known.filter((name, index) => known.indexOf(name) !== index))];
}
