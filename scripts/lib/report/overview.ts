import { visible } from "../core/visible.ts";
import { wrapLines } from "../core/wrap.ts";
import type { Overview } from "../fleet/overview.ts";
import type { Look } from "./table.ts";

/** An overview for people: a line for each fact, and nothing of what is not there. */
export function overviewText({ kind, name, file, facts }: Overview, { width }: Pick<Look, "width">): string {
  const shown = Object.entries(facts).filter(([, value]) => value.length > 0);
  const column = Math.max(...shown.map(([word]) => word.length)) + 2;
  const lines = shown.flatMap(([word, value]) => {
    const [first, ...rest] = wrapLines(
      visible(typeof value === "string" ? value : value.join(", ")),
      width - column,
    ).split("\n");
    return [`${word.padEnd(column)}${first!}`, ...rest.map((line) => " ".repeat(column) + line.trimStart())];
  });
  return `${kind} ${visible(name)}, ${file}\n\n${lines.join("\n")}\n`;
}
