import { wrapLines } from "../core/wrap.ts";

/** The first sentence of the description in a command's help. */
export function descriptionIn(help: string): string {
  const paragraph = help.split(/\n\s*\n/)[1] ?? "";
  return (
    /^.*?[.:](?=\s|$)/.exec(paragraph.replaceAll(/\s+/g, " ").trim())?.[0].replace(/[.:]$/, "") ?? paragraph.trim()
  );
}

/** Commands in groups, each with what it does; texts that are too long go on below themselves. */
export function commandsText(
  groups: readonly (readonly [group: string, commands: readonly (readonly [name: string, text: string])[]])[],
  bold: (text: string) => string,
  width: number,
): string {
  const longest = Math.max(...groups.flatMap(([, commands]) => commands.map(([name]) => name.length)));
  const indent = " ".repeat(longest + 4);
  const parts = groups.map(([group, commands]) => {
    const lines = commands.map(([name, text]) => {
      const wrapped = wrapLines(`${indent}${text}`, width);
      return `  ${name.padEnd(longest + 2)}${wrapped.slice(indent.length)}\n`;
    });
    return `${bold(group)}\n${lines.join("")}`;
  });
  return `${parts.join("\n")}\nbun run COMMAND --help says more.\n`;
}
