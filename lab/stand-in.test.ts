import { expect, test } from "bun:test";

import type { JsonObject } from "../scripts/lib/core/json.ts";
import { repository } from "../tests/support/repository.ts";
import { calledServices, standInCertificate, startStandIn } from "./stand-in.ts";

const webhook = (name: string, namespace: string) => ({
  kind: "ValidatingWebhookConfiguration",
  webhooks: [{ clientConfig: { service: { name, namespace, path: "/validate" } } }],
});

test("Services are named once each, as the API server calls them; a URL is none, nor is another object's", () => {
  const objects: JsonObject[] = [
    webhook("hook", "own"),
    webhook("hook", "own"),
    { kind: "APIService", spec: { service: { name: "metrics", namespace: "own" } } },
    { kind: "APIService", spec: {} },
    { kind: "MutatingWebhookConfiguration", webhooks: [{ clientConfig: { url: "https://hook.example.com" } }] },
    { kind: "Ingress", spec: { service: { name: "other", namespace: "own" } } },
  ];
  expect(calledServices(objects)).toEqual(["hook.own.svc", "metrics.own.svc"]);
});

test("a webhook allows what it is asked, a group of the API is empty, and both are trusted by the certificate", async () => {
  await using temporary = await repository();
  const { port, stop } = await startStandIn(temporary.root, [webhook("hook", "own")]);
  try {
    const tls = { ca: await Bun.file(standInCertificate(temporary.root)).text() };
    const ask = (path: string, options: RequestInit = {}) =>
      fetch(`https://localhost:${port}${path}`, { ...options, tls });
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: { uid: "u-1" } };
    const answer = await ask("/validate?timeout=10s", { method: "POST", body: JSON.stringify(review) });
    expect(await answer.json()).toEqual({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: "u-1", allowed: true },
    });
    expect(await (await ask("/apis/metrics.k8s.io/v1beta1")).json()).toEqual({
      apiVersion: "v1",
      kind: "APIResourceList",
      groupVersion: "metrics.k8s.io/v1beta1",
      resources: [],
    });
    expect((await ask("/apis")).status).toBe(404);
  } finally {
    await stop();
  }
});
