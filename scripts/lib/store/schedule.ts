/** Minutes between two runs of a schedule that repeats at one distance: every N minutes, hourly, every N hours, daily. */
export function minutesBetween([minute, hour, ...days]: readonly string[]): number | undefined {
  if (minute === undefined || hour === undefined || days.some((field) => field !== "*" && field !== "?"))
    return undefined;
  const step = (field: string) => Number(/^(?:\*|0)\/([1-9][0-9]*)$/.exec(field)?.[1] ?? Number.NaN);
  if (hour === "*") return minute === "*" ? 1 : /^[0-9]+$/.test(minute) ? 60 : numberOf(step(minute));
  if (!/^[0-9]+$/.test(minute)) return undefined;
  return /^[0-9]+$/.test(hour) ? 24 * 60 : numberOf(step(hour) * 60);
}

const numberOf = (value: number) => (Number.isNaN(value) ? undefined : value);

/** Minutes of a text like 5m, 15min, 1h or 1d; undefined for any other. */
export function minutesOf(text: string): number | undefined {
  const match = /^([1-9][0-9]*)(m|min|h|d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * { m: 1, min: 1, h: 60, d: 24 * 60 }[match[2] as "m"];
}
