/** Images out of one registry and into another: nothing is believed but bytes, and an account goes where it should alone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { type OciFault, type OciRegistry, ociRegistry } from "../../../tests/support/oci-registry.ts";
import { digestOf } from "../addon/artifact.ts";
import type { LayoutReader } from "../bundle/contents.ts";
import { blobFile, type Descriptor } from "../bundle/layout.ts";
import { BlobSource } from "./blob-source.ts";
import { BlobTarget } from "./blob-target.ts";

const account = { REGISTRY_USERNAME: "user", REGISTRY_PASSWORD: "secret" };
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "nothing is wrong",
    (error: Error) => error.message,
  );
const patience = { timeoutMilliseconds: 2_000, retries: 1, backoffMilliseconds: 1 };
let folder: string;
let elsewhere: OciRegistry;
let source: OciRegistry;
let layer: Descriptor;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "blobs-"));
  elsewhere = ociRegistry();
  source = ociRegistry({ account: "user:secret", elsewhere: () => `http://${elsewhere.host}` });
  source.image("shop", "v1", "a layer of some length");
  elsewhere.image("shop", "v1", "a layer of some length");
  const content = new TextEncoder().encode("a layer of some length");
  layer = { mediaType: "layer", digest: digestOf(content), size: content.length };
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const fetched = async (blob = layer) => {
  const file = path.join(folder, "blob");
  await new BlobSource(source.host, { env: account, ...patience }).blob("shop", blob, file);
  return readFile(file, "utf8");
};

describe("a blob", () => {
  test.each<[OciFault | "none", string]>([
    ["none", "a layer of some length"],
    ["cut once", "a layer of some length"],
    ["redirect", "a layer of some length"],
  ])("with %p comes whole", async (fault, text) => {
    if (fault !== "none") source.faults.add(fault);
    expect(await fetched()).toBe(text);
    source.faults.clear();
  });

  test("an account does not go along to another host", () => {
    expect(elsewhere.requests.length).toBeGreaterThan(0);
    expect([source.authorized.length > 0, elsewhere.authorized]).toEqual([true, []]);
  });

  test.each<[OciFault, string]>([
    ["cut", "cut off (3 of 22 bytes)"],
    ["other bytes", "nothing of it is used"],
    ["endless", "more came than the 22 bytes"],
  ])("with %p is refused", async (fault, why) => {
    source.faults.add(fault);
    expect(await messageOf(fetched())).toContain(why);
    source.faults.clear();
  });

  test("that is not there is named", async () => {
    expect(await messageOf(fetched({ ...layer, digest: `sha256:${"0".repeat(64)}` }))).toContain(
      "there is no such image",
    );
  });
});

describe("into a registry", () => {
  const content = new TextEncoder().encode("0123456789".repeat(3));
  const blob: Descriptor = { mediaType: "layer", digest: digestOf(content), size: content.length };
  /** Pieces of ten bytes: what a layer of gigabytes is sent in. */
  const layout: LayoutReader = {
    sizes: new Map([[blobFile(blob.digest), blob.size]]),
    read: () => Promise.resolve(content),
    async *pieces() {
      for (let at = 0; at < content.length; at += 10) yield await Promise.resolve(content.slice(at, at + 10));
    },
  };

  test("a blob goes piece by piece, and from one repository to another without being sent", async () => {
    await using registry = ociRegistry({ account: "user:secret" });
    const target = new BlobTarget(registry.host, { env: account, ...patience });
    expect(await target.hasBlob("a", blob.digest)).toBe(false);
    await target.push("a", blob, layout);
    expect(registry.requests.filter((request) => request.startsWith("PATCH"))).toHaveLength(3);
    expect(await target.hasBlob("a", blob.digest)).toBe(true);
    expect(await target.mount("b", blob.digest, "a")).toBe(true);
    expect(await target.hasBlob("b", blob.digest)).toBe(true);
    registry.faults.add("no mounts");
    expect(await target.mount("c", blob.digest, "a")).toBe(false);
  });

  test("a tag that is of other bytes stays, and ours has another beside it", async () => {
    await using registry = ociRegistry();
    const theirs = registry.image("shop", "v1", "theirs");
    const target = new BlobTarget(registry.host, { env: {}, ...patience });
    const bytes = new TextEncoder().encode('{"schemaVersion":2}');
    const manifest = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digestOf(bytes),
      size: bytes.length,
      bytes,
    };
    const tag = await target.put("shop", manifest, "v1");
    expect(tag).toBe(`v1-${manifest.digest.slice(7, 19)}`);
    expect(await target.put("shop", manifest, "v2")).toBe("v2");
    const { tags } = registry.repositories.get("shop")!;
    expect([tags.get("v1"), tags.get(tag!), tags.get("v2")]).toEqual([theirs, manifest.digest, manifest.digest]);
  });

  test("no upload goes to another host", async () => {
    await using registry = ociRegistry();
    registry.faults.add("uploads elsewhere");
    const target = new BlobTarget(registry.host, { env: {}, ...patience });
    expect(await messageOf(target.push("a", blob, layout))).toContain("another host");
  });
});
