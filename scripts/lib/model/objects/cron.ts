/** Fields of a schedule: their bounds, and names that stand for numbers. */
const fields = [
  { name: "minute", first: 0, last: 59 },
  { name: "hour", first: 0, last: 23 },
  { name: "day of the month", first: 1, last: 31 },
  {
    name: "month",
    first: 1,
    last: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of the week", first: 0, last: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
] as const;

const macros = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]);

/** Why a schedule of a CronJob is none, as robfig/cron reads it; undefined if it is one. */
export function cronProblem(schedule: string): string | undefined {
  if (/^(CRON_)?TZ=/.test(schedule)) return "a time zone belongs into spec.timeZone";
  if (macros.has(schedule) || /^@every ([0-9.]+(ns|us|µs|ms|s|m|h))+$/.test(schedule)) return undefined;
  if (schedule.startsWith("@")) return "there is no such abbreviation";
  const parts = schedule.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== fields.length) return `it has ${parts.length} fields, not five`;
  for (const [index, part] of parts.entries()) {
    const field = fields[index]!;
    for (const range of part.split(",")) if (!isRange(range, field)) return `${part} is not a ${field.name}`;
  }
  return undefined;
}

function isRange(text: string, field: (typeof fields)[number]): boolean {
  const [range, step, ...rest] = text.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9][0-9]*$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const bounds = range!.split("-").map((bound) => valueOf(bound, field));
  if (bounds.length > 2 || bounds.some((bound) => Number.isNaN(bound))) return false;
  const [first, last] = [bounds[0]!, bounds.at(-1)!];
  return first >= field.first && last <= field.last && first <= last;
}

function valueOf(text: string, field: (typeof fields)[number]): number {
  const position = "names" in field ? (field.names as readonly string[]).indexOf(text.toLowerCase()) : -1;
  if (position !== -1) return field.first + position;
  return /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}
