/** What a stranger could have made of the file of a bundle. Nothing of it is ever unpacked. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { digestOf, manifestType } from "../addon/artifact.ts";
import { block, headerOf } from "../addon/tar.ts";
import { readBundle } from "../bundle/contents.ts";
import { artifactType, type BundleInfo, bundleRepository, gitType, infoText, infoType } from "../bundle/info.ts";
import { blobFile, type Entry, indexText, indexType, layoutText } from "../bundle/layout.ts";
import { checkDigests, newLayout, openLayout } from "./layout.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "layouts-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

type Files = Map<string, Uint8Array>;
const bytes = (text: string) => new TextEncoder().encode(text);
const info: BundleInfo = {
  clusters: ["prod-one"],
  tenants: [],
  revision: "1".repeat(40),
  platforms: [],
  git: { commit: "2".repeat(40), tree: "3".repeat(40) },
  schemas: [],
  rests: [],
};

/** A bundle with one image; a test changes what is in it before it is written down. */
function bundle(change: { info?: Partial<BundleInfo>; image?: object; entry?: Partial<Entry> } = {}): Files {
  const files: Files = new Map([["oci-layout", bytes(layoutText)]]);
  const add = (mediaType: string, content: string) => {
    const digest = digestOf(bytes(content));
    files.set(blobFile(digest), bytes(content));
    return { mediaType, digest, size: bytes(content).length };
  };
  const manifest = (body: object) =>
    add(manifestType, JSON.stringify({ schemaVersion: 2, mediaType: manifestType, ...body }));
  const image = manifest({ config: add("config", "{}"), layers: [add("layer", "a layer")], ...change.image });
  const own = manifest({
    artifactType,
    config: add(infoType, infoText({ ...info, ...change.info })),
    layers: [add(gitType, "a bundle of git")],
  });
  const entries: Entry[] = [
    { ...own, repository: bundleRepository, tag: "one" },
    { ...image, repository: "shop", tag: "v1", ...change.entry },
  ];
  files.set("index.json", bytes(indexText(entries)));
  return files;
}

const tarOf = (
  files: Iterable<readonly [string, Uint8Array]>,
  edit: (header: Uint8Array, name: string) => void = () => {},
) =>
  Buffer.concat([
    ...[...files].flatMap(([name, content]) => {
      const header = headerOf(name, content.length);
      edit(header, name);
      sign(header);
      return [header, content, new Uint8Array((block - (content.length % block)) % block)];
    }),
    new Uint8Array(2 * block),
  ]);

/** As a tar that was written on purpose has it: the sum is that of its header. */
function sign(header: Uint8Array): void {
  header.fill(32, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(bytes(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

async function opened(tar: Uint8Array) {
  const file = path.join(folder, `${Math.random()}.tar`);
  await writeFile(file, tar);
  const layout = await openLayout(file);
  const read = await readBundle(layout);
  await checkDigests(layout, () => {});
  return read;
}
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    (error: Error) => error.message,
  );
const refused = (tar: Uint8Array) => messageOf(opened(tar));

test("a bundle is read as it was written, out of a tar and out of a folder", async () => {
  const { items } = await opened(tarOf(bundle()));
  expect(items.map(({ entry }) => `${entry.repository}:${entry.tag}`)).toEqual([`${bundleRepository}:one`, "shop:v1"]);
  const place = path.join(folder, "out");
  const made = await newLayout(`${place}.tar`);
  for (const [name, content] of bundle()) await writeFile(path.join(made.folder, name), content);
  await made.finish();
  await made.remove();
  const written = await Bun.file(`${place}.tar`).bytes();
  expect(await refused(written)).toBe("taken");
  expect([...(await openLayout(`${place}.tar`)).sizes.keys()].slice(0, 2)).toEqual(["oci-layout", "index.json"]);
  expect(await messageOf(newLayout(`${place}.tar`))).toContain("is there already");
});

describe("in a tar, refused is", () => {
  const named = (name: string) => tarOf([...bundle(), [name, bytes("x")]]);
  test.each<[what: string, tar: () => Uint8Array, why: string]>([
    [
      "a path that leads out",
      () => named("../../etc/passwd"),
      'holds "../../etc/passwd", which is no file of an OCI layout',
    ],
    ["an absolute one", () => named("/etc/passwd"), "which is no file of an OCI layout"],
    ["a blob in another folder", () => named(`blobs/sha256/../${"a".repeat(64)}`), "which is no file of an OCI layout"],
    ["a file twice", () => tarOf([...bundle(), ["index.json", bytes("{}")]]), "holds index.json twice"],
    [
      "a link",
      () => tarOf(bundle(), (header, name) => name === "index.json" && void (header[156] = 50)),
      'holds "index.json", which is no plain file',
    ],
    [
      "a hard link",
      () => tarOf(bundle(), (header, name) => name === "index.json" && void (header[156] = 49)),
      "which is no plain file",
    ],
    [
      "a record that names the next file",
      () =>
        tarOf(
          [["x", bytes("20 path=index.json\n")], ...bundle()],
          (header, name) => name === "x" && void (header[156] = 120),
        ),
      "which is no plain file",
    ],
    ["one that ends early", () => tarOf(bundle()).subarray(0, 700), "is cut off"],
    ["one without its end", () => tarOf(bundle()).subarray(0, -block), "is cut off"],
    ["one that goes on after it", () => Buffer.concat([tarOf(bundle()), bytes("more")]), "goes on after its end"],
    ["what is no tar", () => bytes("x".repeat(2000)), "is not a tar"],
  ])("%s", async (_what, tar, why) => expect(await refused(tar())).toContain(why));
});

describe("of what a layout says, refused is", () => {
  const without = (content: string) =>
    new Map([...bundle()].filter(([name]) => name !== blobFile(digestOf(bytes(content)))));
  const rest = (size: number) => ({ digest: digestOf(bytes("a layer")), size, repositories: ["shop"] });
  test.each<[what: string, files: () => Files, why: string]>([
    ["a blob that is not there", () => without("a layer"), "which is not in it"],
    [
      "a blob that is there and nothing names",
      () => new Map([...bundle(), [blobFile(digestOf(bytes("x"))), bytes("x")]]),
      "which nothing in it names",
    ],
    [
      "bytes of another digest",
      () => new Map([...bundle(), [blobFile(digestOf(bytes("a layer"))), bytes("A layer")]]),
      "it was changed",
    ],
    [
      "another size",
      () => new Map([...bundle(), [blobFile(digestOf(bytes("a layer"))), bytes("a longer layer")]]),
      "with 14 bytes, where 7 are named",
    ],
    ["a manifest larger than any", () => bundle({ entry: { size: 5_000_000 } }), "of 5000000 bytes, too many"],
    [
      "a size that is none",
      () => bundle({ image: { layers: [{ mediaType: "layer", digest: digestOf(bytes("a layer")), size: -1 }] } }),
      "with no size that a bundle takes",
    ],
    [
      "a digest that is a path",
      () => bundle({ image: { layers: [{ mediaType: "layer", digest: "sha256:../../x", size: 1 }] } }),
      "by no media type and SHA-256",
    ],
    ["a name that is none", () => bundle({ entry: { repository: "../shop" } }), "which is no NAME:TAG"],
    ["a manifest that says it is another thing", () => bundle({ image: { mediaType: indexType } }), "which says it is"],
    ["no bundle in it", () => bundle({ entry: { repository: bundleRepository } }), "lists 2 entries of"],
    [
      "one that rests on other bytes",
      () => {
        const files = bundle({ info: { rests: [rest(8)] } });
        files.delete(blobFile(digestOf(bytes("a layer"))));
        return files;
      },
      "which is not in it",
    ],
    [
      "a cluster that is no name",
      () => bundle({ info: { clusters: ["../x"] } }),
      "says of itself what no bundle does: clusters",
    ],
    ["no index", () => new Map([...bundle()].filter(([name]) => name !== "index.json")), "has no index.json"],
  ])("%s", async (_what, files, why) => expect(await refused(tarOf(files()))).toContain(why));

  test("but not what it says that it rests on", async () => {
    const files = bundle({ info: { rests: [rest(7)] } });
    files.delete(blobFile(digestOf(bytes("a layer"))));
    expect(await refused(tarOf(files))).toBe("taken");
  });
});

test("a folder with a link in it is refused", async () => {
  const place = path.join(folder, "linked");
  await mkdir(path.join(place, "blobs/sha256"), { recursive: true });
  for (const [name, content] of bundle()) await writeFile(path.join(place, name), content);
  await symlink("/etc/passwd", path.join(place, blobFile(`sha256:${"a".repeat(64)}`)));
  expect(await messageOf(openLayout(place))).toContain("which is no plain file");
});
