/** A factor by which a ratio may fall short of the recorded one: machines are noisy, and ratios less so. */
const tolerance = 0.6;

/** Cells of a table of Markdown, by the names of its columns; of every table with these columns. */
function rowsOf(markdown: string, columns: readonly string[]): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  let names: string[] | undefined;
  for (const line of markdown.split("\n")) {
    const cells = line.startsWith("|")
      ? line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim())
      : undefined;
    if (cells === undefined) names = undefined;
    else if (names === undefined) names = columns.every((column) => cells.includes(column)) ? cells : [];
    else if (names.length > 0 && !cells.every((cell) => /^:?-+:?$/.test(cell)))
      found.push(Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])));
  }
  return found;
}

/** Where a measured table is clearly slower than the recorded one, against what both ran beside: sentences. */
export function regressions(recorded: string, measured: string, ratio: string): string[] {
  const columns = ["fleet", "run", ratio];
  const before = rowsOf(recorded, columns);
  return rowsOf(measured, columns).flatMap((row) => {
    const old = before.find(({ fleet, run }) => fleet === row["fleet"] && run === row["run"]);
    const [was, is] = [Number(old?.[ratio] || Number.NaN), Number(row[ratio] || Number.NaN)];
    if (!(is < was * tolerance)) return [];
    return [`${row["fleet"]}, ${row["run"]}: ${ratio} is ${is}, recorded is ${was} (docs/benchmarks.md)`];
  });
}
