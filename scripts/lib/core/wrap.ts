/** Lines that are too long, broken between words; what follows is indented like the line, commands to copy stay whole. */
export function wrapLines(text: string, width: number): string {
  if (!Number.isFinite(width)) return text;
  return text
    .split("\n")
    .flatMap((line) => (line.length <= width || /^\s*bun run /.test(line) ? [line] : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  const indent = /^\s*/.exec(line)![0].slice(0, Math.floor(width / 2));
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(/ +/)) {
    const joined = current === indent ? indent + word : `${current} ${word}`;
    if (joined.length > width && current !== indent) {
      lines.push(current);
      current = indent + word;
    } else current = joined;
  }
  return [...lines, current];
}
