/** UTC without a fraction of a second, as SOPS authenticates it. */
export function utcNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** Some days before now. */
export function daysAgo(days: number): string {
  return `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

/** The day, YYYY-MM-DD in UTC: by it holds are over. */
export function today(): string {
  return utcNow().slice(0, 10);
}

/** The day that is so many days from today. */
export function dayAfter(days: number): string {
  return daysAgo(-days).slice(0, 10);
}
