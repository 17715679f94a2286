/** Small networks for tests of the evaluator. */
import type { JsonObject } from "../../scripts/lib/core/json.ts";
import { parseCidr, type Range } from "../../scripts/lib/model/cidr.ts";
import { type Network, type PodClass, Reach } from "../../scripts/lib/network/network.ts";
import { parsePolicy } from "../../scripts/lib/network/policy.ts";
import { isEmpty } from "../../scripts/lib/network/ports.ts";

export const range = (cidr: string) => parseCidr(cidr) as Range;
export const pod = (namespace: string, name: string, labels: Record<string, string> = { app: name }): PodClass => ({
  namespace,
  name,
  labels,
  expected: false,
  ports: [
    {
      name: "http",
      protocol: "TCP",
      port: 8080,
    },
    {
      name: "dns",
      protocol: "UDP",
      port: 53,
    },
  ],
});
export const policy = (namespace: string, spec: JsonObject): JsonObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "p", namespace },
  spec,
});
export const spec = (text: string) => Bun.YAML.parse(text) as JsonObject;

export function networkOf(
  pods: PodClass[],
  policies: JsonObject[],
  namespaces: Record<string, Record<string, string>> = {},
): Network {
  const names = new Set([...pods.map(({ namespace }) => namespace), ...Object.keys(namespaces)]);
  return {
    namespaces: new Map([...names].map((name) => [name, namespaces[name] ?? {}])),
    pods,
    policies: policies.map((object) => parsePolicy(object).policy),
    podRanges: [range("10.29.0.0/16")],
  };
}

/** "a/x>b/y" for each flow, with ~ where it depends on the plugin. */
export function flows(network: Network): string[] {
  return [...new Reach(network).flows()]
    .map(
      ({ from, to, ports }) => `${from.namespace}/${from.name}${isEmpty(ports) ? "~" : ">"}${to.namespace}/${to.name}`,
    )
    .toSorted();
}
