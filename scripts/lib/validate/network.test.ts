/** Rules about who reaches whom and what, over the frozen fleet. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import type { TestFiles } from "../../../tests/support/repository.ts";
import { reachabilityOf } from "../fleet/reachability.ts";
import { validate } from "./validate.ts";

const murima = "apps/platform/namespaces/murima";

test("N-3: pods in a namespace that nobody declares are a finding, in one that is declared none of this rule", async () => {
  const found = async (namespace: string) => {
    const fleet = await changedFleet([cluster.dev], async (files) => {
      await files.manifest(
        `${murima}/stray.yaml`,
        `apiVersion: v1\nkind: Pod\nmetadata:\n  name: stray\n  namespace: ${namespace}\nspec:\n  containers: [{name: a, image: a}]\n`,
      );
      await files.edit(
        "apps/platform/namespaces/kustomization.yaml",
        "  - ./murima\n",
        "  - ./murima\n  - ./murima/stray.yaml\n",
      );
    });
    return (await validate(fleet)).findings.filter(({ rule }) => rule === "default-deny").map(({ message }) => message);
  };
  expect(await found("nowhere")).toEqual([expect.stringContaining("runs pods in nowhere")]);
  expect(await found("stores")).toEqual([]);
});

const template = "apps/charts/service/templates/_networkpolicy.tpl";

async function rulesOf(change: (files: TestFiles) => Promise<unknown>, clusters: string[] = [cluster.dev]) {
  const { findings } = await validate(await changedFleet(clusters, change));
  return [...new Set<string>(findings.map(({ rule }) => rule))].toSorted();
}

/** A policy of every grant: in a namespace that has no pods as well. */
const grantPolicy = (rules: string) => async (files: TestFiles) => {
  await files.manifest(
    "apps/tenant/grant/ways.yaml",
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: ways\n  namespace: tenant-TENANT\nspec:\n  podSelector: {}\n  policyTypes: [Egress, Ingress]\n${rules}`,
  );
  await files.edit("apps/tenant/grant/kustomization.yaml", "resources:\n", "resources:\n  - ./ways.yaml\n");
};
const to = (cidr: string, ports: string, except = "") =>
  `  egress: [{to: [{ipBlock: {cidr: ${cidr}${except === "" ? "" : `, except: [${except}]`}}}], ports: [${ports}]}]\n`;
const https = "{protocol: TCP, port: 443}";
const privates = "10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16";

describe("R12: ways out that are no pods", () => {
  const of = (rules: string) => rulesOf(grantPolicy(rules), [cluster.shared]);
  test.each([
    ["the metadata service", to("169.254.169.254/32", "{protocol: TCP, port: 80}")],
    ["a range that holds link-local", to("168.0.0.0/6", https)],
    [
      "everything but private ranges, link-local forgotten",
      to("0.0.0.0/0", https, "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"),
    ],
    ["half of link-local excepted", to("0.0.0.0/0", https, "10.0.0.0/8, 169.254.0.0/17")],
    ["the kubelet", to("10.28.0.0/24", "{protocol: TCP, port: 10250}")],
    ["the kubelet in a range of ports", to("10.28.0.0/24", "{protocol: TCP, port: 443, endPort: 11000}")],
    ["nodes at UDP 443", to("10.28.0.0/24", "{protocol: UDP, port: 443}")],
    ["nodes without ports", "  egress: [{to: [{ipBlock: {cidr: 10.28.0.0/24}}]}]\n"],
    ["a rule without peers", `  egress: [{ports: [${https}]}]\n`],
    ["an empty rule", "  egress: [{}]\n"],
    ["a range that holds Services among others", to("10.0.0.0/8", https)],
  ])("%s", async (_name, rules) => expect(await of(rules)).toContain("egress-outside"));

  test.each([
    ["link-local of IPv6", to("fe80::/10", https)],
    ["the metadata service by IPv6", to("fd00:ec2::254/128", "{protocol: TCP, port: 80}")],
  ])("%s is refused as IPv6", async (_name, rules) =>
    expect(await of(rules.replace(/cidr: ([^}]*)\}/, 'cidr: "$1"}'))).toContain("network-policy"),
  );

  test("the chart's rule for the API server at another port", async () => {
    const found = await rulesOf((files) => files.edit(template, "port: 6443", "port: 10250"));
    expect(found).toEqual(["egress-outside"]);
  });

  test.each([
    ["twin: the internet", to("0.0.0.0/0", https, privates)],
    ["twin: the API server", to("10.28.0.0/24", `${https}, {protocol: TCP, port: 6443}`)],
    ["twin: an address outside", to("8.8.8.8/32", "{protocol: UDP, port: 53}")],
  ])("%s", async (_name, rules) => expect(await of(rules)).not.toContain("egress-outside"));
});

describe("K10: ranges that a network plugin does not match", () => {
  const of = (rules: string) => rulesOf(grantPolicy(rules), [cluster.shared]);
  test.each([
    ["Services", to("10.30.0.0/24", https)],
    ["pods", to("10.29.3.0/24", https)],
    ["pods that come in", "  ingress: [{from: [{ipBlock: {cidr: 10.29.0.0/17}}]}]\n"],
    ["pods and Services at once", to("10.28.0.0/14", https, "10.28.128.0/17, 10.31.0.0/16")],
  ])("%s", async (_name, rules) => expect(await of(rules)).toContain("range-match"));
  test.each([
    ["twin: nodes of a cluster whose API server is its provider's", to("10.28.0.0/24", https)],
    ["twin: the internet", to("0.0.0.0/0", https, privates)],
    ["twin: a neighbour of the pods", to("10.200.0.0/16", https)],
  ])("%s", async (_name, rules) => expect(await of(rules)).not.toContain("range-match"));

  const facts = `clusters/${cluster.onPremises}/facts/cluster.yaml`;
  const cilium = (more: string) => (files: TestFiles) =>
    files.edit(facts, "    name: calico\n", `    name: cilium\n${more}`);
  test("Cilium on nodes of one's own needs a fact, and reachability says which", async () => {
    const { findings } = await validate(await changedFleet([cluster.onPremises], cilium("")));
    expect(findings.map(({ rule, file, line }) => [rule, file, line])).toEqual([
      ["range-match", facts, expect.any(Number)],
    ]);
    const declared = await validate(
      await changedFleet([cluster.onPremises], cilium("    policyCIDRMatchMode: nodes\n")),
    );
    expect(declared.findings).toEqual([]);
    expect(reachabilityOf(declared.fleet)[0]!.assumptions.join()).toContain("policyCIDRMatchMode");
    const managed = await validate(await changedFleet([cluster.dev], () => Promise.resolve()));
    expect(reachabilityOf(managed.fleet)[0]!.assumptions.join()).toContain("the provider's API server");
  });
  test("the fact is Cilium's alone", async () => {
    const found = await rulesOf(
      (files) => files.edit(facts, "    name: calico\n", "    name: calico\n    policyCIDRMatchMode: nodes\n"),
      [cluster.onPremises],
    );
    expect(found).toContain("document-schema");
  });
});
