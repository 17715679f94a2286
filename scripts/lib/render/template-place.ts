/** NAME/templates/FILE:LINE or NAME/templates/FILE:LINE:COLUMN, as Helm names places in a chart. */
const named = /\b[\w.-]+\/(templates\/[\w./-]+):(\d+)(?::(\d+))?/g;

/** The place in a chart that an error of Helm is about: the innermost one, where templates include each other. */
export function templatePlace(
  chart: string,
  message: string,
): { file: string; line: number; column?: number } | undefined {
  const last = [...message.matchAll(named)].at(-1);
  if (last === undefined) return undefined;
  const [, file, line, column] = last;
  return {
    file: `${chart}/${file}`,
    line: Number(line),
    // Helm counts columns from 0.
    ...(column === undefined ? {} : { column: Number(column) + 1 }),
  };
}
