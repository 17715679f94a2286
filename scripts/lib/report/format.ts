/** Forms of a report: for people, for programs, as annotations of GitHub, for a comment. */
export const formats = ["text", "json", "github", "markdown"] as const;
export type Format = (typeof formats)[number];
