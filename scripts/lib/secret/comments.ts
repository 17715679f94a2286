import { type Document, isMap, isSeq, Lexer, type Node, type Pair, type Scalar } from "yaml";

import { CipherError } from "./cipher.ts";

/**
 * Refuses comments inside what is encrypted: they would stay in the clear, and often hold what they are about. (SOPS
 * encrypts them; in a list it makes items of them, which no schema allows.) One that is less indented belongs to what
 * comes after.
 */
export function refuseComments(text: string, document: Document, isSecret: (path: readonly string[]) => boolean): void {
  const comments = commentsOf(text);
  visit(document.contents, []);

  function visit(node: Node | null, path: readonly string[]): void {
    if (isSeq(node)) for (const item of node.items) visit(item as Node | null, path);
    if (!isMap(node)) return;
    for (const { key, value } of node.items as Pair<Scalar, Node | null>[]) {
      const own = [...path, String(key.value)];
      if (!isSecret(own)) {
        visit(value, own);
        continue;
      }
      const from = key.range![0];
      const to = value?.range?.[2] ?? key.range![2];
      const found = comments.find(
        ({ offset, column }) => offset > from && offset < to && column > columnOf(text, from),
      );
      if (found !== undefined)
        throw new CipherError(
          `${own.join(".")} has a comment (line ${text.slice(0, found.offset).split("\n").length}), which would stay in the clear: remove it`,
        );
    }
  }
}

/** Marks of the lexer that stand for nothing in the text. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);

function commentsOf(text: string): { offset: number; column: number }[] {
  const found: { offset: number; column: number }[] = [];
  let offset = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) {
      isScalar = token === "\u001f";
      continue;
    }
    if (token.startsWith("#") && !isScalar) found.push({ offset, column: columnOf(text, offset) });
    isScalar = false;
    offset += token.length;
  }
  return found;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}
