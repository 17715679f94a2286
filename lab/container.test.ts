import { expect, test } from "bun:test";

import { type JsonObject, listAt } from "../scripts/lib/core/json.ts";
import { containerOf, containerStart, mountsOf } from "./container.ts";

const container: JsonObject = {
  name: "controller",
  args: ["--v=2", "--config=/etc/own/config.yaml", "--namespace=$(POD_NAMESPACE)", "--dir=/certs", "--image=a$(NONE)"],
  env: [
    { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    { name: "LEVEL", value: "info" },
  ],
  volumeMounts: [
    { name: "config", mountPath: "/etc/own" },
    { name: "certs", mountPath: "/certs" },
    { name: "token", mountPath: "/var/run/secrets" },
  ],
};
const pod: JsonObject = {
  metadata: { name: "a-0", namespace: "own" },
  spec: {
    containers: [container],
    volumes: [
      { name: "config", configMap: { name: "settings" } },
      { name: "certs", secret: { secretName: "serving" } },
      { name: "token", projected: {} },
    ],
  },
};

test("a program starts with the words and the environment of its container", () => {
  expect(containerStart(pod, container, "/root")).toEqual({
    args: ["--v=2", "--config=/root/etc/own/config.yaml", "--namespace=own", "--dir=/root/certs", "--image=a$(NONE)"],
    env: { POD_NAMESPACE: "own", LEVEL: "info" },
  });
  expect(mountsOf(pod, container)).toEqual([
    { kind: "ConfigMap", name: "settings", path: "/etc/own" },
    { kind: "Secret", name: "serving", path: "/certs" },
  ]);
});

test("what the lab can't give is an error, not an empty text", () => {
  const env = [{ name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } }];
  expect(() => containerStart(pod, { ...container, env }, "/root")).toThrow("environment CPU");
  const two = { ...pod, spec: { containers: [...listAt(pod, "spec", "containers"), container] } };
  expect(() => containerOf(two)).toThrow("a-0 has not one container");
});
