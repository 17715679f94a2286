/** B-16: a registry that lies, dawdles or sends us away is not believed, and gets no account that is not its own. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";

import { fakeRegistry, type Fault } from "../../../tests/support/registry.ts";
import { indexProblem } from "../image/manifest.ts";
import { Registry } from "./registry.ts";

const name = "murima2025/case-service";
const other = fakeRegistry();
const registry = fakeRegistry({ account: "puller:secret", elsewhere: () => `http://${other.host}` });
const digest = registry.push(name, "v1.2.0");
for (const tag of ["v1.0.0", "v1.1.0", "v2.0.0", "latest"]) registry.push(name, tag);
other.push(name, "v1.2.0");
const env = { REGISTRY_USERNAME: "puller", REGISTRY_PASSWORD: "secret" };
const client = (own: Record<string, string> = env) =>
  new Registry(registry.host, { env: own, timeoutMilliseconds: 500, retries: 2, backoffMilliseconds: 1 });

beforeEach(() => registry.faults.clear());
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test("a digest by tag, the same by itself, and every page of tags", async () => {
  expect((await client().manifest(name, "v1.2.0")).digest).toBe(digest);
  expect((await client().manifest(name, digest)).digest).toBe(digest);
  expect(await client().tags(name)).toEqual(["latest", "v1.0.0", "v1.1.0", "v1.2.0", "v2.0.0"]);
});

test("K13: a further page is asked of the same host, whatever scheme it names; another host is refused", async () => {
  const { host } = new URL(`http://${registry.host}`);
  registry.pagesAt = `https://${host}`;
  expect(await client().tags(name)).toHaveLength(5);
  registry.pagesAt = "https://registry.example.com";
  const message = await client()
    .tags(name)
    .then(String, (error: Error) => error.message);
  expect(message).toContain("registry.example.com, another host");
  delete registry.pagesAt;
});

describe("refused, in a sentence", () => {
  const lies: [Fault, string][] = [
    ["another digest", "nothing of it is used"],
    ["html", "which is not a manifest"],
    ["busy for an hour", "wants 3600 s of quiet"],
    ["slow", "does not answer within 0.5 s, 3 times"],
    ["cut", "nothing of it is used"],
    ["no token", "REGISTRY_USERNAME and REGISTRY_PASSWORD are wrong or missing"],
  ];
  test.each(lies)("%s", async (fault, says) => {
    registry.faults.add(fault);
    const message = await client()
      .manifest(name, "v1.2.0")
      .then(String, (error: Error) => error.message);
    expect(message).toContain(says);
    expect(message).not.toContain("secret");
  });

  test.each([
    [{}, "v1.2.0", "REGISTRY_USERNAME and REGISTRY_PASSWORD are wrong or missing"],
    [env, "v9.9.9", "there is no such image or tag"],
  ])("%p %s", async (own, tag, says) => {
    expect(client(own).manifest(name, tag)).rejects.toThrow(says);
  });

  test("another body than the digest that was asked for", async () => {
    registry.faults.add("no such platform");
    expect(client().manifest(name, digest)).rejects.toThrow("what came has the digest");
  });

  test("nobody there", async () => {
    const gone = new Registry("127.0.0.1:1", { env, retries: 1, backoffMilliseconds: 1 });
    expect(gone.manifest(name, "v1.2.0")).rejects.toThrow("can't be reached, 2 times");
  });
});

test("a busy registry is asked again", async () => {
  registry.faults.add("busy twice");
  expect((await client().manifest(name, "v1.2.0")).digest).toBe(digest);
});

test("sent to another host, the account and the token stay here", async () => {
  registry.faults.add("redirect to another host");
  other.authorized.length = 0;
  await client().manifest(name, "v1.2.0");
  expect(other.authorized).toEqual([]);
});

test("an index is for the platforms of the clusters, and no other manifest will do", async () => {
  const { body } = await client().manifest(name, "v1.2.0");
  expect(indexProblem(body, ["linux/amd64", "linux/arm64"])).toBeUndefined();
  expect(indexProblem(body, ["linux/amd64", "linux/s390x"])).toBe(
    "is not built for linux/s390x: it has linux/amd64, linux/arm64",
  );
  registry.faults.add("one platform");
  expect(indexProblem((await client().manifest(name, "v1.2.0")).body, ["linux/amd64"])).toContain(
    "the manifest of one platform",
  );
  expect(indexProblem({ schemaVersion: 2, mediaType: "application/vnd.cncf.helm.config" }, [])).toContain(
    "no index of an image",
  );
});
