/** The way in: what answers without TLS, and keys of tokens that nobody could fetch. */
import { expect, test } from "bun:test";

import { type Edit, findingsOf } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";

const tokens = "apps/platform/gateway/tokens.yaml";
const peer = `clusters/${cluster.hybrid}/platform/gateway/kustomization.yaml`;
const hybrid = [cluster.hybrid, cluster.hybridSite];
const validation = "apps/platform/gateway/components/internal/clienttrafficpolicy.yaml";
const consoles = `clusters/${cluster.onPremises}/platform/consoles/kustomization.yaml`;

/** As the chart of external-dns renders it, but for what is not looked at. */
const externalDns = (domain: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: external-dns
  namespace: murima
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: external-dns
  template:
    metadata:
      labels:
        app.kubernetes.io/name: external-dns
    spec:
      containers:
        - name: external-dns
          image: registry.murima2025.com/external-dns:v1@sha256:${"0".repeat(64)}
          args:
            - --domain-filter=${domain}
`;

/** Records of a cluster are made by a program that was told of this domain. */
function withRecords(domain: string): Edit {
  return async (fleet) => {
    const folder = `clusters/${cluster.onPremises}/platform/storage`;
    await fleet.manifest(`${folder}/deployment.yaml`, externalDns(domain));
    await fleet.edit(`${folder}/kustomization.yaml`, "resources:\n", "resources:\n  - ./deployment.yaml\n");
  };
}

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
    "keys on the other cluster, and no way to those who call it",
    "token-keys",
    hybrid,
    (fleet) =>
      fleet.edit("apps/platform/gateway/components/peer-tokens/kustomization.yaml", "  - ./from-public.yaml\n", ""),
    "fetches keys from Service gateway/auth-service, which the gateway's proxies don't reach",
  ],
  [
    "keys on the other cluster, asked of this one",
    "token-keys",
    hybrid,
    (fleet) => fleet.edit(peer, "  - ../../../../apps/platform/gateway/components/peer-tokens\n", ""),
    "fetches keys from Service murima/auth-service, which is not there",
  ],
  [
    "a gateway between clusters that opens to another name",
    "peer-certificate",
    hybrid,
    (fleet) =>
      fleet.edit(
        "apps/platform/gateway/components/internal/kustomization.yaml",
        "fieldPath: spec.peer.domain",
        "fieldPath: spec.domain",
      ),
    "lets anybody in at Gateway internal who has a certificate of the authority",
  ],
  [
    "a gateway between clusters that asks and takes no for an answer",
    "peer-certificate",
    hybrid,
    (fleet) => fleet.edit(validation, "    clientValidation:\n", "    clientValidation:\n      optional: true\n"),
    "at Gateway internal with or without a certificate",
  ],
  [
    "a gateway between clusters that nobody says a word about",
    "peer-certificate",
    hybrid,
    (fleet) => fleet.edit(validation, "      name: internal\n", "      name: public\n"),
    `lets ${cluster.hybrid} in without asking for a certificate: no ClientTrafficPolicy is about it`,
  ],
  [
    "a policy that undoes another by labels",
    "peer-certificate",
    hybrid,
    (fleet) => fleet.edit("apps/platform/gateway/components/internal/gateway.yaml", "policies: link", "policies: edge"),
    "at Gateway internal without asking for a certificate",
  ],
  [
    "a listener without TLS that is reached from outside",
    "host-certificate",
    hybrid,
    (fleet) =>
      fleet.edit("apps/platform/gateway/components/peer/envoyproxy.yaml", "type: ClusterIP", "type: LoadBalancer"),
    "answers without TLS, at the listener http of Gateway peer",
  ],
  [
    "a console that nobody routes",
    "console-route",
    [cluster.onPremises],
    (fleet) => fleet.edit(consoles, "  - ../../../../apps/platform/consoles/components/kibana\n", ""),
    "Service stores/kibana-kb-http is a console that no route leads to",
  ],
  [
    "a console whose host no certificate carries",
    "host-certificate",
    [cluster.onPremises],
    (fleet) =>
      fleet.edit("apps/platform/consoles/components/kibana/httproute.yaml", "kibana.DOMAIN", "kibana.console.DOMAIN"),
    "and no certificate of its listeners carries it",
  ],
  [
    "hosts, a console's too, that get no record",
    "host-certificate",
    [cluster.onPremises],
    withRecords("elsewhere.example"),
    "leads kibana.murima.site.example, and external-dns makes no record of its domain",
  ],
])("%s", async (_, rule, clusters, edit, message) => {
  const found = (await findingsOf(clusters, edit)).filter((finding) => finding.rule === rule);
  expect(found.map((finding) => finding.message)).toContainEqual(expect.stringContaining(message));
});

test("hosts of a domain that has records", async () => {
  const found = await findingsOf([cluster.onPremises], withRecords("murima.site.example"));
  expect(found.filter(({ rule }) => rule === "host-certificate")).toEqual([]);
});
