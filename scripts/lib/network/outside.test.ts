/** What a pod reaches that is no pod, against the text of the API, and against a naive reading of it. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { networkOf, pod, policy, range, spec } from "../../../tests/support/networks.ts";
import { full } from "../../../tests/support/repository.ts";
import { portsText } from "../fleet/flows.ts";
import { cidrsOf, without } from "../model/ranges.ts";
import { Reach } from "./network.ts";
import { changesOutside, nameOf, outsideOf, summary, type Zone } from "./outside.ts";

const x = pod("a", "x");
const nodes = range("10.28.0.0/17");
const privates = [range("10.0.0.0/8"), range("192.168.0.0/16")];
const pods = range("10.29.0.0/16");
const zones: Zone[] = [
  { name: "nodes", ranges: [nodes] },
  { name: "private", ranges: without(privates, [nodes, pods]) },
  { name: "internet", ranges: without([range("0.0.0.0/0")], [...privates, pods]) },
];
const outside = (...specs: string[]) => {
  const reach = new Reach(
    networkOf(
      [x],
      specs.map((text) => policy("a", spec(text))),
    ),
  );
  return summary(outsideOf(reach, x), zones).map(({ to, opening }) => `${to}: ${portsText(opening.ports)}`);
};

describe("N-1: what a pod reaches outside is evaluated", () => {
  const egress = (rules: string) => `{podSelector: {}, policyTypes: [Egress], egress: [${rules}]}`;
  test.each([
    ["an empty rule opens everything", [egress("{}")], ["anything outside: all"]],
    [
      "a policy for others leaves it open",
      ["{podSelector: {matchLabels: {app: other}}, policyTypes: [Egress]}"],
      ["anything outside: all"],
    ],
    ["no policy at all", [], ["anything outside: all"]],
    ["a policy about ingress alone", ["{podSelector: {}, policyTypes: [Ingress]}"], ["anything outside: all"]],
    ["one that closes it", [egress("")], []],
    ["only pods", [egress("{to: [{namespaceSelector: {}}]}")], []],
    ["ports without peers", [egress("{ports: [{protocol: TCP, port: 443}]}")], ["anything outside: 443"]],
    ["null peers are none", [egress("{to: null, ports: [{port: 443}]}")], ["anything outside: 443"]],
    ["a range without ports", [egress("{to: [{ipBlock: {cidr: 10.28.0.0/17}}]}")], ["nodes: all"]],
    [
      "exceptions are not reached",
      [egress("{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 192.168.0.0/16]}}], ports: [{port: 443}]}")],
      ["internet: 443"],
    ],
    [
      "what one policy excepts another may open",
      [
        egress("{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}], ports: [{port: 443}]}"),
        egress("{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 443}, {port: 80}]}"),
      ],
      ["anything outside: 443", "nodes, private except 192.168.0.0/16: 80"],
    ],
    [
      "endPort, protocols and a protocol alone",
      [
        egress(
          "{to: [{ipBlock: {cidr: 10.28.0.0/17}}], ports: [{port: 1, endPort: 100}, {protocol: UDP, port: 53}, {protocol: SCTP}]}",
        ),
      ],
      ["nodes: 1-100,53/udp,all/sctp"],
    ],
    [
      "every port of TCP is not every port",
      [egress("{to: [{ipBlock: {cidr: 10.28.0.0/17}}], ports: [{protocol: TCP}]}")],
      ["nodes: all/tcp"],
    ],
    [
      "a name is what any pod calls so",
      [egress("{to: [{ipBlock: {cidr: 10.28.0.0/17}}], ports: [{port: http}]}")],
      ["nodes: 8080"],
    ],
    ["a name that no pod has", [egress("{to: [{ipBlock: {cidr: 10.28.0.0/17}}], ports: [{port: gone}]}")], []],
    ["a part of a zone", [egress("{to: [{ipBlock: {cidr: 8.8.8.8/32}}], ports: [{port: 53}]}")], ["8.8.8.8/32: 53"]],
    [
      "all of a zone but a part",
      [egress("{to: [{ipBlock: {cidr: 10.28.0.0/17, except: [10.28.3.0/24]}}]}")],
      ["nodes except 10.28.3.0/24: all"],
    ],
    ["pods are not outside", [egress("{to: [{ipBlock: {cidr: 10.29.0.0/16}}]}")], []],
  ])("%s", (_name, specs, expected) => expect(outside(...specs)).toEqual(expected));

  test("what differs is by address and port", () => {
    const of = (text: string) => outsideOf(new Reach(networkOf([x], [policy("a", spec(text))])), x);
    const before = of(
      egress("{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 192.168.0.0/16]}}], ports: [{port: 443}]}"),
    );
    const after = of(egress("{ports: [{port: 443}]}"));
    const changes = changesOutside(before, after);
    expect(
      changes.map((change) => [nameOf(change.ranges, zones), portsText(change.before), portsText(change.after)]),
    ).toEqual([["nodes, private", "", "443"]]);
    expect(changesOutside(after, after)).toEqual([]);
  });
});

test("N-1: agrees with a naive reading on random policies", () => {
  const block = fc.constantFrom(
    { cidr: "0.0.0.0/0" },
    { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] },
    { cidr: "10.0.0.0/8", except: ["10.28.0.0/17", "10.29.0.0/16"] },
    { cidr: "10.28.0.0/16" },
    { cidr: "8.8.8.8/32" },
  );
  const peer: fc.Arbitrary<{ ipBlock?: { cidr: string; except?: readonly string[] }; podSelector?: object }> = fc.oneof(
    fc.record({ ipBlock: block }),
    fc.constant({ podSelector: {} }),
  );
  const port = fc.constantFrom(
    { port: 443 },
    { protocol: "UDP" },
    { protocol: "TCP", port: 400, endPort: 500 },
    { protocol: "UDP", port: 53 },
  );
  const rule = fc.record(
    { to: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
  const policies = fc.array(fc.tuple(fc.constantFrom("x", "other"), fc.array(rule, { maxLength: 3 })), {
    maxLength: 3,
  });
  const addresses = ["1.1.1.1/32", "8.8.8.8/32", "10.28.0.1/32", "10.28.200.1/32", "10.200.0.1/32", "192.168.0.1/32"];
  let open = 0;
  fc.assert(
    fc.property(policies, (given) => {
      const objects = given.map(([app, egress]) =>
        policy("a", { podSelector: { matchLabels: { app } }, policyTypes: ["Egress"], egress } as never),
      );
      const found = outsideOf(new Reach(networkOf([x], objects)), x);
      const own = given.filter(([app]) => app === "x");
      for (const text of addresses)
        for (const [protocol, number] of [
          ["TCP", 443],
          ["TCP", 9],
          ["UDP", 53],
        ] as const) {
          const address = range(text);
          const holds = ({ first, last }: { first: number; last: number }) =>
            first <= address.first && address.first <= last;
          const ours = found.some(
            ({ ranges, ports }) =>
              ranges.some(holds) && (ports[protocol] ?? []).some(([first, last]) => first <= number && number <= last),
          );
          const theirs =
            own.length === 0 ||
            own.some(([, rules]) =>
              rules.some(({ to = [], ports = [] }) => {
                const isPort =
                  ports.length === 0 ||
                  ports.some((one: { protocol?: string; port?: number; endPort?: number }) => {
                    if ((one.protocol ?? "TCP") !== protocol) return false;
                    return one.port === undefined || (one.port <= number && number <= (one.endPort ?? one.port));
                  });
                const isPeer = (one: { ipBlock?: { cidr: string; except?: readonly string[] } }) =>
                  one.ipBlock !== undefined &&
                  holds(range(one.ipBlock.cidr)) &&
                  !(one.ipBlock.except ?? []).some((except) => holds(range(except)));
                return isPort && (to.length === 0 || to.some(isPeer));
              }),
            );
          if (theirs) open++;
          expect([text, protocol, number, ours]).toEqual([text, protocol, number, theirs]);
        }
    }),
    { numRuns: full ? 5_000 : 300, seed: 11 },
  );
  expect(open).toBeGreaterThan(300);
});

test("ranges are written as they were read", () => {
  for (const text of ["0.0.0.0/0", "10.0.0.0/8", "255.255.255.255/32", "10.28.128.0/20"])
    expect(cidrsOf([range(text)])).toEqual([text]);
  expect(cidrsOf(without([range("10.0.0.0/30")], [range("10.0.0.1/32")]))).toEqual(["10.0.0.0/32", "10.0.0.2/31"]);
});
