import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

import { addTo } from "../core/group.ts";
import { within } from "./address.ts";
import { exceptionsFile, externalFile } from "./layout.ts";

interface Found {
  file?: string;
  line?: number;
  fix?: string;
}

/** Files of which each entry is there because something of the fleet needs it. */
const isExcuse = (file: string) =>
  file === exceptionsFile || file === externalFile || within("addonDefinition", file)?.file === "addon.yaml";

/** Lines of entries that nothing needs any more, by file: rules named each, and said that it is to be removed. */
export function needlessLines(findings: readonly Found[]): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const { file = "", line, fix = "" } of findings)
    if (isExcuse(file) && /^remove (?:it|the entry)$/.test(fix) && line !== undefined) addTo(lines, file, line);
  return lines;
}

/** A YAML text without the entries of lists that some lines are about; an entry whose own list that leaves empty goes as well. */
export function withoutEntries(text: string, lines: readonly number[]): string {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: "1.2" });
  const isAt = (node: Node) => lines.includes(counter.linePos(node.range?.[0] ?? 0).line);
  const pairsOf = (node: Node) => (isMap(node) ? (node.items as Pair<Node, Node | null>[]) : []);
  /** A value by its line, an entry by the line of one of its fields. */
  const isNamed = (node: Node) =>
    isScalar(node)
      ? isAt(node)
      : pairsOf(node).some(({ key }) => isAt(key)) && !pairsOf(node).some(({ value }) => isSeq(value));

  /** Takes entries out of the lists in a node; whether one of these is empty now. */
  function empties(node: Node | null): boolean {
    if (!isSeq(node)) return node !== null && pairsOf(node).filter(({ value }) => empties(value)).length > 0;
    const before = node.items.length;
    // Of a list in a list, the inner entry of a line is meant.
    node.items = (node.items as Node[]).filter((item) => !empties(item) && !isNamed(item));
    return before > 0 && node.items.length === 0;
  }
  empties(document.contents);
  return document.toString({ lineWidth: 0, indentSeq: true });
}
