/** A registry of charts that is in the way, lies, or is cut off: nothing of what comes is used, and a sentence says why. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";

import { widgets } from "../../../tests/support/addons.ts";
import { type ChartFault, type ChartServer, chartServer } from "../../../tests/support/chart-server.ts";
import { artifactOf } from "../addon/artifact.ts";
import { ChartRegistry } from "./chart-registry.ts";

const artifact = artifactOf("chart", widgets());
const name = "charts/widgets";
const account = { REGISTRY_USERNAME: "robot", REGISTRY_PASSWORD: "secret" };
const quick = { timeoutMilliseconds: 2000, retries: 1, backoffMilliseconds: 1 };
const registryAt = (host: string, env: Record<string, string> = {}) => new ChartRegistry(host, { env, ...quick });
const said = (work: Promise<unknown>) =>
  work.then(
    () => "it was taken",
    (error: Error) => error.message,
  );

let elsewhere: ChartServer;
let open: ChartServer;
let closed: ChartServer;
beforeAll(async () => {
  elsewhere = chartServer();
  open = chartServer({ elsewhere: () => `http://${elsewhere.host}` });
  closed = chartServer({ account: "robot:secret", elsewhere: () => `http://${elsewhere.host}` });
  for (const { host } of [open, elsewhere]) await registryAt(host).push(name, "1.0.0", artifact);
  await registryAt(closed.host, account).push(name, "1.0.0", artifact);
});
beforeEach(() => {
  for (const server of [open, closed, elsewhere]) {
    server.faults.clear();
    server.authorized.length = 0;
  }
});
afterAll(async () => {
  for (const server of [open, closed, elsewhere]) await server[Symbol.asyncDispose]();
});

test("what was pushed comes back, by tag and by digest", async () => {
  for (const reference of ["1.0.0", artifact.digest])
    expect(await registryAt(open.host).pull(name, reference)).toEqual({
      digest: artifact.digest,
      archive: artifact.blobs.at(-1)!.bytes,
    });
});

describe("an answer that is not the chart", () => {
  const lies: [ChartFault, string][] = [
    ["another digest", `what came has the digest ${artifact.digest}`],
    ["other bytes", "what came has the digest"],
    ["an index", "answers with application/vnd.oci.image.index.v1+json, which is no manifest of a chart"],
    ["unknown layer", "has a layer of the type application/x-tar, which is no chart"],
    ["two layers", "has 2 layers with content"],
    ["cut", "nothing of it is used"],
    ["busy for an hour", "wants 3600 s of quiet"],
    ["refused", "refuses (403): set REGISTRY_USERNAME and REGISTRY_PASSWORD to an account that may pull"],
  ];
  test.each(lies)("%s", async (fault, says) => {
    open.faults.add(fault);
    expect(await said(registryAt(open.host).pull(name, "1.0.0"))).toContain(says);
  });

  test("another manifest than that of the digest", async () => {
    open.faults.add("unknown layer");
    expect(await said(registryAt(open.host).pull(name, artifact.digest))).toContain("nothing of it is used");
  });
});

describe("an account", () => {
  test("is asked for, and a wrong one is told apart from none", async () => {
    const none = await said(registryAt(closed.host).pull(name, "1.0.0"));
    expect(none).toContain("answers 401: REGISTRY_USERNAME and REGISTRY_PASSWORD are wrong or missing");
    const wrong = { ...account, REGISTRY_PASSWORD: "guessed" };
    const message = await said(registryAt(closed.host, wrong).pull(name, "1.0.0"));
    expect(message).toContain("answers 401");
    expect(message).not.toContain("guessed");
  });

  test("is not taken along to another host that the registry sends us to", async () => {
    const registry = registryAt(closed.host, account);
    await registry.pull(name, "1.0.0");
    expect(closed.authorized.some((line) => line.endsWith("Bearer yes"))).toBe(true);
    closed.faults.add("redirect to another host");
    expect((await registry.pull(name, "1.0.0")).digest).toBe(artifact.digest);
    expect(elsewhere.requests).toBeGreaterThan(0);
    expect(elsewhere.authorized).toEqual([]);
  });
});

describe("a connection that ends too early", () => {
  let server: Server;
  let host: string;
  let body: string;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        const head = `HTTP/1.1 200 OK\r\ncontent-type: application/vnd.oci.image.manifest.v1+json\r\n`;
        socket.end(`${head}${body}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    ["of a length that was said", "content-length: 5000\r\n\r\n{}"],
    ["in the middle of a chunk", "transfer-encoding: chunked\r\n\r\n1388\r\n{}"],
  ])("%s", async (_what, sent) => {
    body = sent;
    expect(await said(registryAt(host).pull(name, "1.0.0"))).toMatch(/was cut off|can't be reached, 2 times/);
  });
});
