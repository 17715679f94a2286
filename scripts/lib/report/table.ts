import Table from "cli-table3";

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
  const grid = new Table({
    head: [...head],
    colAligns: head.map((name) => (right.includes(name) ? "right" : "left")),
    chars: { ...none, middle: "  " },
    style: { head: colour ? ["bold"] : [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) grid.push([...row]);
  return `${grid.toString().replaceAll(/ +$/gm, "")}\n`;
}
