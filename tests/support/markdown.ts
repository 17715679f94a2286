/** What tests read of a Markdown page: headings, their anchors, code. */

/** Lines outside of fenced code, where # begins a heading. */
function proseOf(text: string): string[] {
  let fence: string | undefined;
  return text.split("\n").filter((line) => {
    const mark = /^ *(```+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark === fence)) {
      fence = fence === undefined ? mark : undefined;
      return false;
    }
    return fence === undefined;
  });
}

/** Headings of one level, in their order. */
export function headingsOf(text: string, level: number): string[] {
  const mark = `${"#".repeat(level)} `;
  return proseOf(text).flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
}

/** What a link may name after #, as GitHub makes it of headings. */
export function anchorsOf(text: string): Set<string> {
  const headings = [1, 2, 3, 4].flatMap((level) => headingsOf(text, level));
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** The text of every fenced block of a language, without the indent of the list that it stands in. */
export function blocksOf(text: string, language: string): string[] {
  const block = new RegExp(`^( *)\`\`\`${language}\\n([^]*?)\\n\\1\`\`\`$`, "gm");
  return [...text.matchAll(block)].map(([, indent, body]) => body!.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** Code within prose. */
export function inlineCodeOf(text: string): string[] {
  return [
    ...proseOf(text)
      .join("\n")
      .matchAll(/`([^`]+)`/g),
  ].map(([, code]) => code!.replaceAll(/\s+/g, " "));
}

/** Targets of links that lead to a file or an anchor. */
export function linksOf(text: string): { page: string; anchor?: string }[] {
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, page, anchor]) => ({
    page: page!,
    ...(anchor === undefined ? {} : { anchor }),
  }));
}
