import path from "node:path";

import { stringAt } from "../../core/json.ts";
import { tenantValues } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

export const tenantHosts: Rule = {
  id: "tenant-hosts",
  severity: "error",
  holds:
    "A host is one tenant's, for ever; it is a plain name, and below our own domain it is ID.tenantDomain of an environment.",
  because: "Who has a host is that tenant: the gateway sets X-Tenant-ID by it (D-19, D-24, FM-16, FM-17, S-06).",
  *check({ documents, sources, tree }) {
    const owners = new Map<string, { tenant: string; gone: boolean }>();
    for (const [tenant, { document }] of documents.tombstones)
      for (const host of document.spec.hosts) owners.set(host, { tenant, gone: true });
    const domains = [...documents.environments.values()].flatMap(({ document }) => document.spec.tenantDomain ?? []);
    const platform = [...documents.clusters.values()].map(({ document }) => document.spec.domain);
    for (const [tenant, { file, document }] of documents.tenants) {
      for (const [index, host] of document.spec.hosts.entries()) {
        const at = () => ({ file, ...sources.locate(file, ["spec", "hosts", index]) });
        const own = domains.map((domain) => `${tenant}.${domain}`);
        const problem = hostProblem(host, own, domains, platform);
        if (problem !== undefined) yield { ...at(), ...problem };
        const owner = owners.get(host);
        if (owner === undefined) owners.set(host, { tenant, gone: false });
        else {
          const whose = owner.gone ? `was a host of ${owner.tenant}, which has left` : `is a host of ${owner.tenant}`;
          yield {
            ...at(),
            message: `${host} ${whose}`,
            fix: "take another name: links to the old one are still about",
          };
        }
      }
      // In any layer of its copies: the value of one service is the stronger.
      for (const values of tree.below(path.posix.dirname(tenantValues(tenant)))) {
        if (path.posix.basename(values) !== path.posix.basename(tenantValues(tenant))) continue;
        const publicHost = stringAt(sources.data(values), "publicHost");
        if (publicHost === undefined || document.spec.hosts.includes(publicHost)) continue;
        const message = `${publicHost} is not a host of ${tenant}`;
        const fix = `use one of ${document.spec.hosts.join(", ")}`;
        yield { file: values, ...sources.locate(values, ["publicHost"]), message, fix };
      }
    }
  },
};

/** What is wrong with a host that is a name by its schema. */
function hostProblem(host: string, own: readonly string[], domains: readonly string[], platform: readonly string[]) {
  if (own.includes(host)) return undefined;
  if (/^[0-9.]+$/.test(host) || /\.[0-9]+$/.test(host))
    return { message: `${host} is an address`, fix: "give it a name" };
  if (host.split(".").some((label) => label.startsWith("xn--")))
    return { message: `${host} has a label that only looks like its letters`, fix: "use a name in plain letters" };
  for (const domain of platform) {
    if (host === domain || host.endsWith(`.${domain}`))
      return { message: `${host} is in ${domain}, where the services of a cluster are`, fix: "use another domain" };
  }
  for (const domain of domains) {
    const parent = domain.slice(domain.indexOf(".") + 1);
    if (host === parent || host.endsWith(`.${parent}`))
      return {
        message: `${host} is in ${parent}, which is the platform's`,
        fix: `use ${own.join(" or ")}, or another domain`,
      };
  }
  return undefined;
}
