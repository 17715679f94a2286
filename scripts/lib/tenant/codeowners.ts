import { pathOf } from "../repo/address.ts";
import { codeownersFile, tombstoneFile } from "../repo/layout.ts";

const begin = "# Tenants: generated from their facts (bun run validate --fix). Don't edit below.";

/** Owners of a tenant's half, by tenant. */
export type Owners = ReadonlyMap<string, readonly string[]>;

/**
 * CODEOWNERS with the lines of the tenants as they have to be. Lines above are written by hand; the first of them says
 * who owns everything. The last match wins, so that facts come after what they are an exception of. Undefined where
 * there is no such line, and so nobody to own the facts.
 */
export function withTenants(text: string, owners: Owners): string | undefined {
  const own = text.split(begin)[0]!;
  const platform = /^\*[ \t]+(.+)$/m.exec(own)?.[1];
  if (platform === undefined) return undefined;
  const lines = [...owners]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, who]) => `/${pathOf("tenant", { tenant: id })}/ ${who.join(" ")}`);
  const facts = [`/${pathOf("tenant", { tenant: "*" }, "facts/")} ${platform}`, `/${tombstoneFile("*")} ${platform}`];
  return `${[own.trimEnd(), "", begin, ...lines, ...facts].join("\n")}\n`;
}

export function codeownersProblem(file = codeownersFile): string {
  return `${file} has no line for everything ("* @owners"), so nobody would own the facts of tenants`;
}
