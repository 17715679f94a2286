import { createHash } from "node:crypto";

/** Credentials that may stand in a file because they are made up: by path and by the hash of their letters both. */
export const fixtures: readonly { path: string; sha256: string; why: string }[] = [
  {
    path: "tests/fleet/clusters/dev-shared/published.agekey",
    sha256: "461ffac16fd301fefb5240b4e4f951f7c8832742af671bcd0ce59466796e89ae",
    why: "the published key of the frozen fleet: tests open its files",
  },
];

const known = new Set(fixtures.map(({ path, sha256 }) => `${path}\0${sha256}`));

/** Whether what looks like a credential is one of the fixtures, in its own file. */
export function isFixture(path: string, text: string): boolean {
  return known.has(`${path}\0${createHash("sha256").update(text).digest("hex")}`);
}
