import { type Document, isMap, isNode, isScalar, isSeq, Lexer, type Node, type Pair, type Scalar, visit } from "yaml";

import { CipherError, decryptValue, isEncrypted } from "./cipher.ts";
import { pathText } from "./walk.ts";

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
    const pairs = node.items as Pair<Scalar, Node | null>[];
    for (const [index, { key, value }] of pairs.entries()) {
      const own = [...path, String(key.value)];
      if (!isSecret(own)) {
        visit(value, own);
        continue;
      }
      const from = key.range![0];
      const end = value?.range?.[2] ?? key.range![2];
      // In braces a comment behind the comma is still about what stands before it.
      const to = node.flow === true ? (pairs[index + 1]?.key.range![0] ?? node.range![1]) : end;
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

/**
 * Decrypts the comments that sops encrypts: those beside keys stand where they were, those of a list are items of it.
 * None of them is part of the MAC.
 */
export function revealComments(document: Document, key: Uint8Array): void {
  visit(document, (_key, node, ancestors) => {
    if (!isNode(node)) return;
    const path = ancestors.flatMap((above) => ("key" in above && isScalar(above.key) ? [String(above.key.value)] : []));
    for (const place of ["commentBefore", "comment"] as const) {
      const lines = node[place]?.split("\n");
      if (lines?.some((line) => isEncrypted(line.trim())) === true)
        node[place] = lines.map((line) => opened(line, path, key)).join("\n");
    }
    if (isSeq(node)) moveComments(node.items as Node[], (line) => opened(line, path, key));
  });
}

/** Items that are comments, as comments of what comes after them; at the end of the list those of what came before. */
function moveComments(items: Node[], open: (line: string) => string): void {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index];
    if (!isScalar(item) || typeof item.value !== "string" || !item.value.endsWith(",type:comment]")) continue;
    const text = open(item.value);
    if (text === item.value) continue;
    items.splice(index, 1);
    const next = items[index];
    if (next !== undefined) next.commentBefore = [text, ...(next.commentBefore?.split("\n") ?? [])].join("\n");
  }
}

/** A comment in the clear. Its path is that of what it stands in, which the place alone does not always tell. */
function opened(line: string, path: readonly string[], key: Uint8Array): string {
  const text = line.trim();
  if (!isEncrypted(text)) return line;
  for (let length = path.length; length >= 0; length--) {
    try {
      const clear = decryptValue(key, pathText(path.slice(0, length)), text);
      if (clear.type === "comment") return clear.text;
    } catch (error) {
      if (!(error instanceof CipherError)) throw error;
    }
  }
  return line;
}
