import { expect, test } from "bun:test";

import type { JsonObject } from "../core/json.ts";
import { awaitedApplications } from "./awaited.ts";

const application = (name: string, sync: string, health: string, more: JsonObject = {}): JsonObject => ({
  metadata: { name },
  status: { sync: { status: sync }, health: { status: health }, ...more },
});

test("what is Synced and Healthy is not waited for, nor what nobody expects", () => {
  const live = [application("a", "Synced", "Healthy"), application("stranger", "OutOfSync", "Missing")];
  expect(awaitedApplications(live, ["a"])).toEqual([]);
});

test("what is missing is named, and so is what is only Synced or only Healthy", () => {
  const live = [application("c", "Synced", "Progressing"), application("b", "OutOfSync", "Healthy")];
  expect(awaitedApplications(live, ["c", "b", "a"]).map(({ name, sync, health }) => [name, sync, health])).toEqual([
    ["a", "-", "-"],
    ["b", "OutOfSync", "Healthy"],
    ["c", "Synced", "Progressing"],
  ]);
});

test("the reason is an error, else a sync that failed, else an object that is not well, else what differs", () => {
  const resources: JsonObject[] = [
    { kind: "Service", name: "fine", health: { status: "Healthy" } },
    { kind: "Namespace", name: "plain", status: "Synced" },
    { kind: "Deployment", name: "slow", health: { status: "Progressing", message: "1 of 2 updated" } },
  ];
  const failed = { phase: "Failed", message: "one object is refused" };
  const conditions = [{ type: "ComparisonError", message: "the repository can't be read" }];
  const reason = (more: JsonObject) =>
    awaitedApplications([application("a", "OutOfSync", "Degraded", more)], ["a"])[0]!.why;
  expect(reason({ resources, operationState: failed, conditions })).toBe("the repository can't be read");
  expect(reason({ resources, operationState: failed })).toBe("one object is refused");
  expect(reason({ resources, operationState: { phase: "Succeeded", message: "successfully synced" } })).toBe(
    "Deployment slow 1 of 2 updated",
  );
  const changed: JsonObject[] = [{ kind: "HTTPRoute", name: "redirect", status: "OutOfSync" }];
  expect(reason({ resources: changed })).toBe("OutOfSync: HTTPRoute redirect");
  expect(reason({})).toBe("Argo CD gives no reason");
});
