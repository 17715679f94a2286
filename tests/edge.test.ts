/** The way in: what answers without TLS, and keys of tokens that nobody could fetch. */
import { expect, test } from "bun:test";

import { type Edit, findingsOf } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";

const tokens = "apps/platform/gateway/tokens.yaml";
const peer = `clusters/${cluster.hybrid}/platform/gateway/kustomization.yaml`;

test.each<[what: string, rule: string, clusters: string[], edit: Edit, message: string]>([
  [
    "a route at the listener that redirects",
    "host-certificate",
    [cluster.dev],
    (fleet) => fleet.edit("apps/charts/service/templates/httproute.yaml", "sectionName: https", "sectionName: http"),
    "answers without TLS, at the listener http of Gateway public",
  ],
  [
    "keys at a Service that is not there",
    "token-keys",
    [cluster.dev],
    (fleet) => fleet.edit(tokens, "http://auth-service.", "http://auth-servise."),
    "fetches keys from Service murima/auth-servise, which is not there",
  ],
  [
    "keys on the other cluster, and no way out",
    "token-keys",
    [cluster.hybrid, cluster.hybridSite],
    (fleet) => fleet.edit(peer, "  - ../../../../apps/platform/gateway/components/peer-tokens\n", ""),
    "no NetworkPolicy lets the gateway's proxies out of the cluster",
  ],
])("%s", async (_, rule, clusters, edit, message) => {
  const found = (await findingsOf(clusters, edit)).filter((finding) => finding.rule === rule);
  expect(found.map((finding) => finding.message)).toContainEqual(expect.stringContaining(message));
});
