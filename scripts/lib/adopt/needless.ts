import { isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";

import { addTo } from "../core/group.ts";
import { exceptionsFile, externalFile } from "../repo/layout.ts";

interface Found {
  file?: string;
  line?: number;
  fix?: string;
}

/** Lines of entries that nothing needs any more, by file: what is known of clusters that went. */
export function needlessLines(findings: readonly Found[]): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const { file = "", line, fix = "" } of findings)
    if ([exceptionsFile, externalFile].includes(file) && /^remove (?:it|the entry)$/.test(fix) && line !== undefined)
      addTo(lines, file, line);
  return lines;
}

/** A YAML text without the entries of lists that begin in some lines; an entry whose own list that leaves empty goes as well. */
export function withoutEntries(text: string, lines: readonly number[]): string {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: "1.2" });
  const isNamed = (node: Node) => lines.includes(counter.linePos(node.range?.[0] ?? 0).line);
  const childrenOf = (node: Node) => (isMap(node) ? node.items.map(({ value }) => value as Node | null) : []);

  /** Takes entries out of the lists in a node; whether one of these is empty now. */
  function empties(node: Node | null): boolean {
    if (!isSeq(node)) return node !== null && childrenOf(node).filter((child) => empties(child)).length > 0;
    const before = node.items.length;
    node.items = (node.items as Node[]).filter(
      // Of a list in a list, the inner entry of a line is meant.
      (item) => !empties(item) && (childrenOf(item).some((child) => isSeq(child)) || !isNamed(item)),
    );
    return before > 0 && node.items.length === 0;
  }
  empties(document.contents);
  return document.toString({ lineWidth: 0, indentSeq: true });
}
