/** The evaluator of NetworkPolicies against a naive one, on random networks. */
import { expect, test } from "bun:test";

import fc from "fast-check";

import { flows, networkOf, pod, policy, range } from "../../../tests/support/networks.ts";
import { full } from "../../../tests/support/repository.ts";
import { type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { overlaps } from "../model/cidr.ts";
import { selects } from "../model/selector.ts";
import { type PodClass, Reach } from "./network.ts";
import { difference, intersection, type PortSet, union } from "./ports.ts";

const labelled = fc.record({ app: fc.constantFrom("x", "y"), tier: fc.constantFrom("1", "2") }, { requiredKeys: [] });
const selector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labelled }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom("app", "tier"),
          operator: fc.constantFrom("In", "NotIn"),
          values: fc.constant(["x"]),
        }),
        fc.record({ key: fc.constantFrom("app", "tier"), operator: fc.constantFrom("Exists", "DoesNotExist") }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.record({ ipBlock: fc.record({ cidr: fc.constantFrom("10.0.0.0/8", "192.168.0.0/16", "10.29.4.0/24") }) }),
);
const port = fc.oneof(
  fc.record({ protocol: fc.constantFrom("TCP", "UDP"), port: fc.constantFrom(8080, 53, "http", "dns", 9) }),
  fc.record({ protocol: fc.constant("TCP"), port: fc.constant(8000), endPort: fc.constant(8080) }),
  fc.record({ port: fc.constant(8080) }),
  fc.record({ protocol: fc.constant("UDP") }),
);
const rules = (side: "from" | "to") =>
  fc.array(
    fc.record(
      { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  );
const randomPolicy = fc.record({
  namespace: fc.constantFrom("a", "b", "c"),
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(["Ingress", "Egress"]),
      ingress: rules("from"),
      egress: rules("to"),
    },
    { requiredKeys: ["podSelector"] },
  ),
});
const randomNetwork = fc.record({
  pods: fc.array(fc.record({ namespace: fc.constantFrom("a", "b", "c"), labels: labelled }), {
    minLength: 1,
    maxLength: 5,
  }),
  policies: fc.array(randomPolicy, { maxLength: 4 }),
  namespaces: fc.record({ a: labelled, b: labelled, c: labelled }),
});

/** One pod to another at one port, by the text of the API and nothing clever: yes, no, or up to the plugin. */
function oracle(
  policies: JsonObject[],
  namespaces: Record<string, Record<string, string>>,
  from: PodClass,
  to: PodClass,
  protocol: string,
  number: number,
) {
  const side = (own: PodClass, other: PodClass, type: "Ingress" | "Egress") => {
    const field = type.toLowerCase();
    const mine = policies.filter((object) => {
      const said = listAt(object, "spec", "policyTypes");
      const types =
        said.length > 0 ? said : ["Ingress", ...(listAt(object, "spec", "egress").length > 0 ? ["Egress"] : [])];
      return (
        stringAt(object, "metadata", "namespace") === own.namespace &&
        types.includes(type) &&
        selects(objectAt(object, "spec", "podSelector"), own.labels)
      );
    });
    if (mine.length === 0) return 2;
    let best = 0;
    for (const rule of mine.flatMap((object) => listAt(object, "spec", field))) {
      const ports = listAt(rule, "ports");
      const fits =
        ports.length === 0 ||
        ports.some((entry) => {
          const { protocol: wanted = "TCP", port: at, endPort } = entry as Record<string, unknown>;
          if (wanted !== protocol) return false;
          if (at === undefined) return true;
          if (typeof at === "string")
            return to.ports.some((own2) => own2.name === at && own2.protocol === protocol && own2.port === number);
          return number >= (at as number) && number <= ((endPort as number | undefined) ?? (at as number));
        });
      if (!fits) continue;
      const peers = listAt(rule, type === "Ingress" ? "from" : "to");
      if (peers.length === 0) best = 2;
      for (const one of peers) {
        const block = stringAt(one, "ipBlock", "cidr");
        if (block !== undefined) {
          if (overlaps(range(block), range("10.29.0.0/16"))) best = Math.max(best, 1);
          continue;
        }
        const spaces = (one as JsonObject)["namespaceSelector"];
        const inside =
          spaces === undefined
            ? other.namespace === own.namespace
            : selects(spaces as JsonObject, {
                ...namespaces[other.namespace],
                "kubernetes.io/metadata.name": other.namespace,
              });
        if (inside && selects(objectAt(one, "podSelector"), other.labels)) best = 2;
      }
    }
    return best;
  };
  return Math.min(side(from, to, "Egress"), side(to, from, "Ingress"));
}

test("F-07: agrees with a naive evaluator on random clusters", () => {
  const counts = { yes: 0, no: 0, maybe: 0 };
  fc.assert(
    fc.property(randomNetwork, ({ pods, policies, namespaces }) => {
      const classes = pods.map(({ namespace, labels }, index) =>
        pod(namespace, String(index), labels as Record<string, string>),
      );
      const objects = policies.map((own) => policy(own.namespace, own.spec as unknown as JsonObject));
      const found = new Map(
        [...new Reach(networkOf(classes, objects, namespaces as never)).flows()].map((flow) => [
          `${flow.from.name}>${flow.to.name}`,
          flow,
        ]),
      );
      for (const from of classes) {
        for (const to of classes) {
          if (from === to) continue;
          const flow = found.get(`${from.name}>${to.name}`);
          for (const [protocol, number] of [
            ["TCP", 8080],
            ["TCP", 8005],
            ["UDP", 53],
            ["TCP", 9],
            ["SCTP", 5],
          ] as const) {
            const has = (set: PortSet | undefined) =>
              (set?.[protocol] ?? []).some(([first, last]) => number >= first && number <= last);
            const ours = has(flow?.ports) ? 2 : has(flow?.maybe) ? 1 : 0;
            const theirs = oracle(objects, namespaces, from, to, protocol, number);
            counts[theirs === 2 ? "yes" : theirs === 1 ? "maybe" : "no"]++;
            if (ours !== theirs)
              throw new Error(`${from.name}>${to.name} ${protocol} ${number}: ${ours}, not ${theirs}`);
          }
        }
      }
    }),
    { numRuns: full ? 20_000 : 1_000, seed: 7 },
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
});

test("F-07: a policy that selects no new pod, and a rule more, never take a way away", () => {
  fc.assert(
    fc.property(
      randomNetwork,
      fc.record({ from: fc.array(peer, { maxLength: 2 }) }),
      ({ pods, policies, namespaces }, rule) => {
        const classes = pods.map(({ namespace, labels }, index) =>
          pod(namespace, String(index), labels as Record<string, string>),
        );
        const objects = policies.map((own) => policy(own.namespace, own.spec as unknown as JsonObject));
        const before = flows(networkOf(classes, objects, namespaces as never)).map((flow) => flow.replace("~", ">"));
        const more = objects.map((object) => ({
          ...object,
          spec: {
            ...objectAt(object, "spec"),
            ...("ingress" in objectAt(object, "spec")
              ? { ingress: [...listAt(object, "spec", "ingress"), rule as unknown as JsonObject] }
              : {}),
          },
        }));
        const none = policy("a", {
          podSelector: { matchLabels: { app: "nobody" } },
          policyTypes: ["Ingress", "Egress"],
        });
        const after = new Set(
          flows(networkOf(classes, [...more, none], namespaces as never)).map((flow) => flow.replace("~", ">")),
        );
        for (const flow of before) if (!after.has(flow)) throw new Error(`${flow} is gone`);
      },
    ),
    { numRuns: full ? 5_000 : 300, seed: 8 },
  );
});

test("sets of ports behave as sets", () => {
  const ports = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 9 })), { maxLength: 4 });
  const setOf = (pairs: [number, number][]) =>
    pairs.reduce<PortSet>((sum, [first, length]) => union(sum, { TCP: [[first, first + length]] }), {});
  const listOf = (set: PortSet) =>
    new Set(
      (set.TCP ?? []).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
    );
  fc.assert(
    fc.property(ports, ports, (a, b) => {
      const [left, right] = [setOf(a), setOf(b)];
      expect(listOf(union(left, right))).toEqual(listOf(left).union(listOf(right)));
      expect(listOf(intersection(left, right))).toEqual(listOf(left).intersection(listOf(right)));
      expect(listOf(difference(left, right))).toEqual(listOf(left).difference(listOf(right)));
    }),
    { numRuns: full ? 5_000 : 300, seed: 9 },
  );
});
