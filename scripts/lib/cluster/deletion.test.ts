import { expect, test } from "bun:test";

import type { JsonObject } from "../core/json.ts";
import { deletionOf, deployedBy, isEndable, leftBehind } from "./deletion.ts";

const since = "2026-05-04T10:00:00Z";
const claim = { version: "v1", kind: "PersistentVolumeClaim", namespace: "stores", name: "data" };
const deleted = (status: JsonObject, more: JsonObject = {}, annotations: JsonObject = {}): JsonObject => ({
  metadata: { name: "store-old", deletionTimestamp: since, annotations },
  status,
  ...more,
});
const running = { operationState: { phase: "Running", message: "one object is refused" } };
const asking = { resources: [{ ...claim, requiresDeletionConfirmation: true }] };

test("what nobody deletes waits for nothing", () => {
  expect(deletionOf({ metadata: { name: "a" }, operation: {}, status: running })).toBeUndefined();
});

test("a sync that has not ended comes before all else, and is ended once", () => {
  const waiting = deleted({ ...running, ...asking }, { operation: { sync: {} } });
  expect(deletionOf(waiting)?.waitsFor).toBe("a sync that has not ended: one object is refused");
  expect(isEndable(waiting)).toBe(true);
  // Ended already, not begun yet, or over.
  for (const [phase, operation] of [
    ["Terminating", { sync: {} }],
    ["Failed", { sync: {} }],
    ["Running", undefined],
  ] as const) {
    const more: JsonObject = operation === undefined ? {} : { operation };
    expect([phase, isEndable(deleted({ operationState: { phase } }, more))]).toEqual([phase, false]);
  }
});

test("a confirmation counts from the deletion on", () => {
  const approved = (time: string) => deleted(asking, {}, { "argocd.argoproj.io/deletion-approved": time });
  const waits = "a person's confirmation (docs/runbooks/break-glass.md), for PersistentVolumeClaim data";
  expect(deletionOf(deleted(asking))?.waitsFor).toBe(waits);
  expect(deletionOf(approved("2026-05-04T09:59:59Z"))?.waitsFor).toBe(waits);
  expect(deletionOf(approved("yesterday"))?.waitsFor).toBe(waits);
  expect(deletionOf(approved(since))?.waitsFor).toBe("its objects to go");
});

test("an error is said; without one its objects are on their way", () => {
  const conditions = [{ type: "DeletionError", message: "the account may not delete" }];
  expect(deletionOf(deleted({ conditions }))?.waitsFor).toBe("the account may not delete");
  expect(deletionOf(deleted({ resources: [claim] }))?.waitsFor).toBe("its objects to go");
});

test("what was deployed is named as the API names it", () => {
  const role = { group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole", name: "reader" };
  expect(deployedBy(deleted({ resources: [claim, role] }))).toEqual([
    { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "stores" } },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "reader" } },
  ]);
});

test("what is left is its own, not what another Application has taken over", () => {
  const object = (name: string, owner: string | undefined, more: JsonObject = {}): JsonObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: "murima",
      ...(owner === undefined
        ? {}
        : { annotations: { "argocd.argoproj.io/tracking-id": `${owner}:/ConfigMap:murima/${name}` } }),
      ...more,
    },
  });
  const standing = [
    object("kept", "store-old"),
    object("going", "store-old", { deletionTimestamp: since, finalizers: ["example.com/wait"] }),
    object("moved", "store-older"),
    object("strange", undefined),
  ];
  expect(leftBehind("store-old", standing)).toEqual({
    going: ["ConfigMap murima/going (waits for example.com/wait)"],
    kept: ["ConfigMap murima/kept"],
  });
});
