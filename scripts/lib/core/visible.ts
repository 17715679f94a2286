/**
 * Text that somebody else chose, safe to print: control characters, line breaks and characters that turn the direction of
 * text are written out. A file name can then neither clear a terminal nor begin a line of its own.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{FFF9}-\u{FFFB}]/gu, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

/** The same for text of several lines, which stay. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
