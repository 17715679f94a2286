/** Command lines as pages show them, in words: enough of a shell to read what is called with what, and nothing is run. */

/** <cluster> and the like stand for a name. */
export const placeholder = /<[a-z][^<>]*>/g;

/** Every program that lines call, with its arguments; what only moves bytes about (redirections, settings before it) is left out. */
export function callsIn(lines: string): string[][] {
  const named = lines.replaceAll(placeholder, "name").replaceAll(/\\\n\s*/g, " ");
  return named.split("\n").flatMap(callsOf);
}

function callsOf(line: string): string[][] {
  const calls: string[][] = [[]];
  // A word in parts, some of them in quotes; a comment; what joins two calls; where bytes go.
  const parts = /(?:"[^"]*"|'[^']*'|[^\s"'|&;<>#]|(?<=\S)#)+|#.*$|[|&;]+|[0-9]?[<>]+ *\S*/g;
  for (const [part] of line.matchAll(parts)) {
    if (part.startsWith("#")) break;
    if (/^[|&;]/.test(part)) calls.push([]);
    else if (!/^[0-9]?[<>]/.test(part)) calls.at(-1)!.push(part.replaceAll(/["']/g, ""));
  }
  return calls
    .map((words) =>
      words.slice(
        Math.max(
          0,
          words.findIndex((word) => !/^[A-Z_]+=/.test(word)),
        ),
      ),
    )
    .filter((words) => words.length > 0);
}
