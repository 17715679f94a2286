import { expect, test } from "bun:test";

import type { JsonObject } from "../scripts/lib/core/json.ts";
import { portOf } from "./network.ts";

const service = (clusterIP: string, targetPort: string | number, selector: JsonObject = { app: "a" }): JsonObject => ({
  metadata: { name: "hook", namespace: "own" },
  spec: { clusterIP, selector, ports: [{ port: 443, targetPort }] },
});
const pod: JsonObject = {
  metadata: { namespace: "own", labels: { app: "a", other: "x" } },
  spec: { containers: [{ ports: [{ name: "https", containerPort: 10_250 }] }] },
};
const endpoints = [{ pod, ports: new Map([[10_250, 40_001]]) }];

test("a connection to a Service goes to the program behind its target port", () => {
  expect(portOf([service("10.96.0.7", "https")], endpoints, "10.96.0.7:443")).toBe(40_001);
  expect(portOf([service("10.96.0.7", 10_250)], endpoints, "10.96.0.7:443")).toBe(40_001);
  // A port that is the same on this machine.
  expect(portOf([service("10.96.0.7", 9443)], endpoints, "10.96.0.7:443")).toBe(9443);
});

test("what no program stands for has nowhere to go", () => {
  const found = (services: JsonObject[], destination: string) => portOf(services, endpoints, destination);
  expect(found([service("10.96.0.7", "https")], "10.96.0.8:443")).toBeUndefined();
  expect(found([service("10.96.0.7", "https")], "10.96.0.7:80")).toBeUndefined();
  expect(found([service("10.96.0.7", "metrics")], "10.96.0.7:443")).toBeUndefined();
  expect(found([service("10.96.0.7", "https", { app: "b" })], "10.96.0.7:443")).toBeUndefined();
  expect(found([service("10.96.0.7", "https", {})], "10.96.0.7:443")).toBeUndefined();
  const foreign = { ...service("10.96.0.7", "https"), metadata: { name: "hook", namespace: "another" } };
  expect(found([foreign], "10.96.0.7:443")).toBeUndefined();
});
