import { createColors } from "picocolors";

import type { Item, State } from "../cluster/checklist-before.ts";
import { visible } from "../core/visible.ts";
import { wrapLines } from "../core/wrap.ts";
import type { Look } from "./table.ts";

const marks: Readonly<Record<State, string>> = { done: "[x]", look: "[?]", open: "[ ]" };

/** A checklist for people: each box with what was seen, then how many are left. */
export function checklistText(items: readonly Item[], { colour, width }: Look): string {
  const colours = createColors(colour);
  const paint = { done: colours.green, look: colours.yellow, open: colours.red };
  const longest = Math.max(...items.map(({ what }) => what.length));
  const indent = " ".repeat(longest + 6);
  const lines = items.map(({ what, state, says }) => {
    const [first = "", ...rest] = says.map((text) => wrapLines(`${indent}${visible(text)}`, width));
    const head = `${paint[state](marks[state])} ${what.padEnd(longest + 2)}${first.slice(indent.length)}`;
    return [head, ...rest].join("\n");
  });
  const count = (state: State) => items.filter((item) => item.state === state).length;
  return `${lines.join("\n")}\n\n${count("done")} done, ${count("open")} open, ${count("look")} for a person to look at\n`;
}
