import Table from "cli-table3";
import { createColors } from "picocolors";

const none = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
};

/** A table without lines; columns named in `right` are numbers. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: boolean,
  right: readonly string[] = [],
): string {
  // The table's own colours would ask the process, and not the place it is written to.
  const grid = new Table({
    head: head.map(createColors(colour).bold),
    colAligns: head.map((name) => (right.includes(name) ? "right" : "left")),
    chars: { ...none, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) grid.push([...row]);
  return `${grid.toString().replaceAll(/ +$/gm, "")}\n`;
}

/** How a report may look: in colour, and how wide it may be. */
export interface Look {
  colour: boolean;
  width: number;
}

/**
 * A table that fits: where it is too wide, columns go in the order that is given, and are named below. What may not go
 * stays, however narrow the place.
 */
export function fittingTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { colour, width }: Look,
  { right = [], expendable = [] }: { right?: readonly string[]; expendable?: readonly string[] },
): string {
  for (let gone = 0; ; gone++) {
    const without = expendable.slice(0, gone);
    const shown = head.map((name, index) => (without.includes(name) ? -1 : index)).filter((index) => index !== -1);
    const pick = (cells: readonly string[]) => shown.map((index) => cells[index]!);
    const table = plainTable(pick(head), rows.map(pick), colour, right);
    const widest = Math.max(...table.split("\n").map((line) => Bun.stringWidth(line)));
    if (widest > width && gone < expendable.length) continue;
    return gone === 0 ? table : `${table}(too narrow for: ${without.join(", ")})\n`;
  }
}
