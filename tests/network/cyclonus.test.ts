/** Who reaches whom under the fleet's NetworkPolicies: our evaluator beside Cyclonus, by which network plugins are tested. */
import { describe, expect, test } from "bun:test";

import { isObject, type JsonObject } from "../../scripts/lib/core/json.ts";
import { standingObjects } from "../../scripts/lib/fleet/objects.ts";
import { reachabilityOf } from "../../scripts/lib/fleet/reachability.ts";
import { run } from "../../scripts/lib/io/process.ts";
import { nameLabel, type PodClass, Reach } from "../../scripts/lib/network/network.ts";
import { outsideOf } from "../../scripts/lib/network/outside.ts";
import { parsePolicy } from "../../scripts/lib/network/policy.ts";
import type { PortSet } from "../../scripts/lib/network/ports.ts";
import { clusters } from "../support/fleet.ts";
import { isProgramBuilt, testProgram } from "../support/go-programs.ts";
import { sampleValidation } from "../support/sample.ts";

const isBuilt = await isProgramBuilt("cyclonus");

/** Ports that something listens on somewhere, and one that nothing does. */
const outsidePorts = [22, 53, 80, 443, 5432, 5671, 6379, 6443, 8080, 9200, 10_250, 12_345, 27_017];

const has = (ports: PortSet, protocol: "TCP" | "UDP", port: number) =>
  (ports[protocol] ?? []).some(([first, last]) => first <= port && port <= last);
const number = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
const address = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

describe.skipIf(!isBuilt)("beside Cyclonus (bun tools/test-programs.ts builds it)", () => {
  test.each(clusters.map((name) => [name]))(
    "%s: pods among themselves, and ways out",
    async (name) => {
      const { fleet } = await sampleValidation([name]);
      const [reachability] = reachabilityOf(fleet);
      const { network } = reachability!;
      const policies = standingObjects(fleet, "NetworkPolicy").map(({ object }) => object);
      const own = { ...network, policies: policies.map((object) => parsePolicy(object).policy) };
      const pods = network.pods.filter(({ expected }) => !expected);
      const reach = new Reach({ ...own, pods });
      const inPods = (index: number) => address(network.podRanges[0]!.first + index + 1);
      const outside = ["169.254.169.254", "1.1.1.1", "203.0.113.9", "10.0.0.10", "172.16.5.5", "192.168.1.1"].concat(
        reachability!.zones.flatMap(({ ranges }) =>
          ranges.slice(0, 2).flatMap(({ first, last }) => [address(first + 1), address(last - 1)]),
        ),
      );
      const peers = [
        ...pods.map(({ namespace, labels }, index) => ({
          namespace,
          namespaceLabels: { ...network.namespaces.get(namespace), [nameLabel]: namespace },
          labels,
          ip: inPods(index),
        })),
        ...outside.map((ip) => ({ ip, external: true })),
      ];
      const questions: { from: number; to: number; port: number; portName: string; protocol: "TCP" | "UDP" }[] = [];
      const ours: ("yes" | "no" | "maybe")[] = [];
      const flows = new Map(
        [...reach.flows()].map((flow) => [key(pods.indexOf(flow.from), pods.indexOf(flow.to)), flow]),
      );
      for (const [from] of pods.entries())
        for (const [to, { ports }] of pods.entries()) {
          if (from === to) continue;
          const flow = flows.get(key(from, to));
          for (const { protocol, port, name: portName = "" } of [...ports, unknown]) {
            if (protocol === "SCTP") continue;
            questions.push({ from, to, port, portName, protocol });
            const isSure = flow !== undefined && has(flow.ports, protocol, port);
            ours.push(isSure ? "yes" : flow !== undefined && has(flow.maybe, protocol, port) ? "maybe" : "no");
          }
        }
      for (const [from, pod] of pods.entries()) {
        const openings = outsideOf(reach, pod);
        for (const [index, ip] of outside.entries()) {
          if (network.podRanges.some(({ first, last }) => first <= number(ip) && number(ip) <= last)) continue;
          for (const port of outsidePorts) {
            questions.push({ from, to: pods.length + index, port, portName: "", protocol: "TCP" });
            const isOpen = openings.some(
              ({ ranges, ports }) =>
                has(ports, "TCP", port) && ranges.some(({ first, last }) => first <= number(ip) && number(ip) <= last),
            );
            ours.push(isOpen ? "yes" : "no");
          }
        }
      }
      const { exitCode, stdout, stderr } = await run([await testProgram("cyclonus")], {
        input: JSON.stringify({ policies: policies.map(strict), peers, questions }),
        limit: 256 * 1024 ** 2,
      });
      expect([exitCode, stderr]).toEqual([0, ""]);
      const theirs = JSON.parse(stdout) as boolean[];
      const others = questions.flatMap(({ from, to, port, protocol }, index) =>
        ours[index] === "maybe" || (ours[index] === "yes") === theirs[index]
          ? []
          : [
              `${labelOf(pods[from])} to ${labelOf(pods[to]) ?? outside[to - pods.length]} ${port}/${protocol}: we say ${ours[index]}`,
            ],
      );
      expect([questions.length > 500, others]).toEqual([true, []]);
      // Both say both, or nothing was compared.
      expect(new Set(theirs).size).toBe(2);
    },
    120_000,
  );
});

const unknown = { protocol: "TCP", port: 12_345, name: undefined } as const;
const key = (from: number, to: number) => `${from} ${to}`;
const labelOf = (pod: PodClass | undefined) => (pod === undefined ? undefined : `${pod.namespace}/${pod.name}`);
/** A policy as its type in Go has it: an annotation need not be there. */
const strict = (object: JsonObject): JsonObject =>
  isObject(object["metadata"]) ? object : { ...object, metadata: {} };
