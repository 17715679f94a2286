import { expect, test } from "bun:test";

import type { JsonObject } from "../scripts/lib/core/json.ts";
import { readyStatus } from "./readiness.ts";

const object = (apiVersion: string, kind: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: "own", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec,
});

test("an operator's word is in the terms of its kind, and counts what the object asks for", () => {
  const elasticsearch = object("elasticsearch.k8s.elastic.co/v1", "Elasticsearch", {
    nodeSets: [{ count: 3 }, { count: 2 }],
  });
  expect(readyStatus(elasticsearch)).toEqual({ phase: "Ready", health: "green", availableNodes: 5 });
  expect(readyStatus(object("psmdb.percona.com/v1", "PerconaServerMongoDB", { replsets: [{ size: 3 }] }))).toEqual({
    state: "ready",
    ready: 3,
    size: 3,
  });
  expect(readyStatus(object("rabbitmq.com/v1beta1", "User"))).toEqual({
    username: "own",
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "SuccessfulCreateOrUpdate",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ],
  });
});

test("an autoscaler of KEDA is ready: a service's health waits for it", () => {
  expect(readyStatus(object("keda.sh/v1alpha1", "ScaledObject"))).toEqual({
    conditions: [
      { type: "Ready", status: "True", reason: "ScaledObjectReady", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  });
});

test("of other kinds nothing is said, nor of a kind of that name in another group", () => {
  expect(readyStatus(object("v1", "ConfigMap"))).toBeUndefined();
  expect(readyStatus(object("cluster.example.com/v1", "Cluster"))).toBeUndefined();
});
