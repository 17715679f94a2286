/** The evaluator of NetworkPolicies against the text of the API, case by case. */
import { describe, expect, test } from "bun:test";

import { flows, networkOf, pod, policy, spec } from "../../../tests/support/networks.ts";
import type { JsonObject } from "../core/json.ts";
import { findLeaks } from "./isolation.ts";
import { Reach } from "./network.ts";
import { parsePolicy } from "./policy.ts";

const [x, y, z] = [pod("a", "x"), pod("a", "y"), pod("b", "z")];
const reach = (into: string, more: JsonObject[] = []) =>
  flows(networkOf([x, y, z], [policy("a", spec(into)), ...more]));
const everyone = ["a/x>a/y", "a/x>b/z", "a/y>a/x", "a/y>b/z", "b/z>a/x", "b/z>a/y"];

describe("what the API says", () => {
  test.each([
    [
      "N-01 an empty podSelector selects all pods of its namespace",
      "podSelector: {}\npolicyTypes: [Ingress]",
      ["a/x>b/z", "a/y>b/z"],
    ],
    ["N-02 without policyTypes it is about ingress", "podSelector: {}", ["a/x>b/z", "a/y>b/z"]],
    [
      "N-02 without policyTypes and with egress rules it is about both",
      "podSelector: {}\negress: [{to: [{podSelector: {}}]}]",
      [],
    ],
    [
      "N-02 ingress rules do nothing where only Egress is said",
      "podSelector: {matchLabels: {app: x}}\npolicyTypes: [Egress]\ningress: [{}]",
      ["a/y>a/x", "a/y>b/z", "b/z>a/x", "b/z>a/y"],
    ],
    ["N-03 an empty rule lets everybody in", "podSelector: {}\npolicyTypes: [Ingress]\ningress: [{}]", everyone],
    ["N-04 an empty from is any source", "podSelector: {}\ningress: [{from: [], ports: []}]", everyone],
    [
      "N-06 both selectors in one peer: both hold",
      "podSelector: {matchLabels: {app: x}}\ningress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}, podSelector: {matchLabels: {app: y}}}]}]",
      ["a/x>a/y", "a/x>b/z", "a/y>b/z", "b/z>a/y"],
    ],
    [
      "N-06 in two peers: one is enough, and the lone podSelector means the own namespace",
      "podSelector: {matchLabels: {app: x}}\ningress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}, {podSelector: {matchLabels: {app: y}}}]}]",
      everyone,
    ],
    [
      "N-07 an empty namespaceSelector is every namespace",
      "podSelector: {}\ningress: [{from: [{namespaceSelector: {}}]}]",
      everyone,
    ],
    [
      "N-07 an empty podSelector is the own namespace",
      "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]",
      ["a/x>a/y", "a/x>b/z", "a/y>a/x", "a/y>b/z"],
    ],
    [
      "N-12 both directions have to allow it",
      "podSelector: {matchLabels: {app: x}}\npolicyTypes: [Egress]",
      ["a/y>a/x", "a/y>b/z", "b/z>a/x", "b/z>a/y"],
    ],
    [
      "N-14 a range that covers pods may mean them",
      "podSelector: {matchLabels: {app: x}}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]",
      ["a/x>a/y", "a/x>b/z", "a/y>b/z", "a/y~a/x", "b/z>a/y", "b/z~a/x"],
    ],
    [
      "N-14 one that excepts them does not",
      "podSelector: {matchLabels: {app: x}}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.29.0.0/17, 10.29.128.0/17]}}]}]",
      ["a/x>a/y", "a/x>b/z", "a/y>b/z", "b/z>a/y"],
    ],
    [
      "N-17 a selector of nothing changes nothing",
      "podSelector: {matchLabels: {app: none}}\npolicyTypes: [Ingress, Egress]",
      everyone,
    ],
    [
      "N-18 NotIn picks what lacks the key",
      "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchExpressions: [{key: tenant, operator: NotIn, values: [a]}]}}]}]",
      everyone,
    ],
  ])("%s", (_name, text, expected) => expect(reach(text)).toEqual(expected));

  test("N-12 policies add up, in any order", () => {
    const first = policy("a", spec("podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: y}}}]}]"));
    const second = policy(
      "a",
      spec(
        "podSelector: {}\ningress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]",
      ),
    );
    const both = flows(networkOf([x, y, z], [first, second]));
    expect(both).toEqual(flows(networkOf([x, y, z], [second, first])));
    expect(both).toEqual(["a/x>b/z", "a/y>a/x", "a/y>b/z", "b/z>a/x", "b/z>a/y"]);
  });

  test("N-09 to N-11, N-25: ports", () => {
    const portsOf = (ports: string) => {
      const network = networkOf(
        [x, y],
        [policy("a", spec(`podSelector: {matchLabels: {app: x}}\ningress: [{ports: [${ports}]}]`))],
      );
      return [...new Reach(network).flows()].find(({ to }) => to.name === "x")?.ports;
    };
    expect(portsOf("{port: 80}")).toEqual({ TCP: [[80, 80]] });
    expect(portsOf("{protocol: UDP}")).toEqual({ UDP: [[1, 65535]] });
    expect(portsOf("{protocol: SCTP, port: 7}")).toEqual({ SCTP: [[7, 7]] });
    expect(portsOf("{protocol: TCP, port: http}")).toEqual({ TCP: [[8080, 8080]] });
    expect(portsOf("{protocol: UDP, port: http}")).toBeUndefined();
    expect(portsOf("{protocol: TCP, port: none}")).toBeUndefined();
    expect(portsOf("{protocol: TCP, port: 80, endPort: 90}, {protocol: TCP, port: 91}")).toEqual({ TCP: [[80, 91]] });
  });

  test.each([
    ["N-01 no namespace", { metadata: { name: "p" }, spec: { podSelector: {} } }, "names no namespace"],
    ["N-05 a peer of nothing", "podSelector: {}\ningress: [{from: [{}]}]", "says nothing"],
    [
      "N-08 a range beside a selector",
      "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]",
      "both a range and a selector",
    ],
    ["N-08 no range", "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]", "that is none"],
    [
      "N-08 an exception outside",
      "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]",
      "not inside",
    ],
    ["N-11 endPort below port", "podSelector: {}\ningress: [{ports: [{port: 90, endPort: 80}]}]", "90 to 80"],
    [
      "N-11 endPort of a name",
      "podSelector: {}\ningress: [{ports: [{port: http, endPort: 80}]}]",
      "without a port in numbers",
    ],
    ["N-11 port 0", "podSelector: {}\ningress: [{ports: [{port: 0}]}]", "port 0"],
    [
      "N-18 In of nothing",
      "podSelector: {matchExpressions: [{key: a, operator: In, values: []}]}",
      "In without values",
    ],
    [
      "N-18 Exists of something",
      "podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
      "Exists with values",
    ],
    [
      "N-25 a protocol in small letters",
      "podSelector: {}\ningress: [{ports: [{protocol: tcp, port: 1}]}]",
      "protocol tcp",
    ],
  ])("refused: %s", (_name, given, said) => {
    const object = typeof given === "string" ? policy("a", spec(given)) : given;
    expect(parsePolicy(object).problems.join()).toContain(said);
  });
});

describe("tenants apart, whatever labels their pods carry", () => {
  const closed = (namespace: string, more = "") =>
    policy(namespace, spec(`podSelector: {}\npolicyTypes: [Ingress, Egress]\n${more}`));
  const leaks = (policies: JsonObject[]) =>
    findLeaks(new Reach(networkOf([], policies, { a: { t: "1" }, b: { t: "1" }, c: {} })), ["a", "b"]).map(
      ({ from, to }) => `${from}>${to}`,
    );
  const both =
    "ingress: [{from: [{namespaceSelector: {matchLabels: {t: '1'}}}]}]\negress: [{to: [{namespaceSelector: {matchLabels: {t: '1'}}}]}]";

  test("one closed side is enough; two open ones are a way", () => {
    expect(leaks([])).toEqual(["a>b", "b>a"]);
    expect(leaks([closed("a"), closed("b")])).toEqual([]);
    expect(leaks([closed("a")])).toEqual([]);
    expect(leaks([closed("a", both), closed("b", both)])).toEqual(["a>b", "b>a"]);
    expect(leaks([closed("a", both), closed("b")])).toEqual([]);
  });

  test("a policy for some pods closes nothing for others, and opens for any that take its labels", () => {
    const some = (namespace: string, rest: string) =>
      policy(namespace, spec(`podSelector: {matchLabels: {app: x}}\n${rest}`));
    expect(leaks([some("a", "policyTypes: [Ingress, Egress]"), closed("b", both)])).toEqual(["a>b", "b>a"]);
    expect(leaks([closed("a"), some("a", both), closed("b", both)])).toEqual(["a>b", "b>a"]);
  });
});
