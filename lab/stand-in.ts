import { readFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { run } from "../scripts/lib/io/process.ts";

/** What the API server trusts where no authority is named: lab/control-plane.ts tells it so. */
export const standInCertificate = (folder: string) => path.join(folder, "stand-in.crt");

/** Names by which the API server calls Services: for webhooks, and for groups of its API that programs serve. */
export function calledServices(objects: readonly JsonObject[]): string[] {
  const services = objects.flatMap((object) => [
    ...listAt(object, "webhooks").map((webhook) => objectAt(webhook, "clientConfig", "service")),
    ...(object["kind"] === "APIService" ? [objectAt(object, "spec", "service")] : []),
  ]);
  const names = services.flatMap(({ name, namespace }) =>
    typeof name === "string" && typeof namespace === "string" ? [`${name}.${namespace}.svc`] : [],
  );
  return [...new Set(names)].toSorted();
}

/**
 * Answers the API server in place of programs that don't run: a webhook allows everything and changes nothing, a group of
 * the API is there and empty. Without it a webhook that fails closed would keep out what its addon is there for.
 */
export async function startStandIn(
  folder: string,
  objects: readonly JsonObject[],
): Promise<{ port: number; stop: () => Promise<void> }> {
  const [certificate, key] = [standInCertificate(folder), path.join(folder, "stand-in.key")];
  const names = ["localhost", ...calledServices(objects)].map((name) => `DNS:${name}`).join(",");
  const subject = ["-subj", "/CN=stand-in", "-addext", `subjectAltName=${names}`];
  const files = ["-keyout", key, "-out", certificate];
  const made = await run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject, ...files]);
  if (made.exitCode !== 0)
    throw new ToolError(`openssl could not make the certificate of the lab's stand-in: ${made.stderr.trim()}`);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { cert: await readFile(certificate, "utf8"), key: await readFile(key, "utf8") },
    async fetch(request) {
      if (request.method === "POST") return Response.json(allowed((await request.json()) as JsonObject));
      const group = /^\/apis\/([^/]+\/[^/]+)$/.exec(new URL(request.url).pathname)?.[1];
      if (group === undefined) return new Response("", { status: 404 });
      return Response.json({ apiVersion: "v1", kind: "APIResourceList", groupVersion: group, resources: [] });
    },
  });
  return { port: server.port!, stop: () => server.stop(true) };
}

function allowed(review: JsonObject): JsonObject {
  const { apiVersion, kind } = review;
  return {
    apiVersion: apiVersion!,
    kind: kind!,
    response: { uid: stringAt(review, "request", "uid")!, allowed: true },
  };
}
