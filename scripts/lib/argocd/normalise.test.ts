import { expect, test } from "bun:test";

import type { JsonObject } from "../core/json.ts";
import { normalise } from "./normalise.ts";

const application = { metadata: { name: "app" }, spec: { destination: { namespace: "there" } } };
const scopeOf = ({ kind }: JsonObject) =>
  kind === "Namespace" || kind === "CustomResourceDefinition" ? "Cluster" : "Namespaced";
const deploy = (object: JsonObject) => normalise(object, application, scopeOf);
const tracking = "argocd.argoproj.io/tracking-id";

test("a namespaced object without a namespace gets the destination's; one with keeps its own", () => {
  const [none] = deploy({ apiVersion: "v1", kind: "Service", metadata: { name: "s" } });
  expect(none!.object["metadata"]).toEqual({
    name: "s",
    namespace: "there",
    annotations: { [tracking]: "app:/Service:there/s" },
  });
  const [own] = deploy({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "own" } });
  expect(own!.object["metadata"]).toMatchObject({
    namespace: "own",
    annotations: { [tracking]: "app:apps/Deployment:own/d" },
  });
});

test("a cluster-wide object gets no namespace, but its tracking id names the destination's", () => {
  const [namespace] = deploy({ apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
  expect(namespace!.object["metadata"]).toEqual({ name: "n", annotations: { [tracking]: "app:/Namespace:there/n" } });
  const [named] = deploy({ apiVersion: "v1", kind: "Namespace", metadata: { name: "n", namespace: "own" } });
  expect(named).toEqual(namespace);
  const [crd] = deploy({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "c" },
  });
  expect(crd!.object["metadata"]).toEqual({ name: "c", annotations: {} });
});

test("lists are taken apart, lists in lists too", () => {
  const item = (name: string): JsonObject => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });
  const list = {
    apiVersion: "v1",
    kind: "List",
    items: [item("a"), { apiVersion: "v1", kind: "List", items: [item("b")] }],
  };
  expect(deploy(list).map(({ object }) => (object["metadata"] as JsonObject)["name"])).toEqual(["a", "b"]);
});

test("hooks: Argo CD's own, Helm's as Argo CD maps them, and Helm's tests not at all", () => {
  const hooks = (annotations: JsonObject) =>
    deploy({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "j", annotations } })[0]!.hooks;
  expect(hooks({})).toEqual([]);
  expect(hooks({ "argocd.argoproj.io/hook": "PreSync" })).toEqual(["PreSync"]);
  expect(hooks({ "helm.sh/hook": "pre-install,pre-upgrade" })).toEqual(["PreSync"]);
  expect(hooks({ "helm.sh/hook": "test" })).toEqual(["Skip"]);
});
