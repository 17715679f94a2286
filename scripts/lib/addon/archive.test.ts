import { describe, expect, test } from "bun:test";

import { gzipSync } from "fflate";

import { packArchive, readChart } from "./archive.ts";
import { artifactOf, contentLayer } from "./artifact.ts";
import { definitionsArchive } from "./definitions.ts";
import { readTar, writeTar } from "./tar.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const filesOf = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([file, text]) => [file, bytes(text)]));
const chart = (files: Record<string, string> = {}, folder = "x") =>
  packArchive(folder, filesOf({ "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n", ...files }));

/** A tar with one entry changed in its header, its sum put right. */
function tarWith(change: (header: Uint8Array) => void, content = "x"): Uint8Array {
  const tar = writeTar(filesOf({ "x/Chart.yaml": content }));
  const header = tar.subarray(0, 512);
  change(header);
  header.set(bytes("        "), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(bytes(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return gzipSync(tar);
}

describe("an archive of a stranger", () => {
  const name = (path: string) => (header: Uint8Array) => {
    header.fill(0, 0, 100);
    header.set(bytes(path), 0);
  };
  const type = (letter: string) => (header: Uint8Array) => header.set(bytes(letter), 156);
  const cases: [string, Uint8Array, RegExp][] = [
    ["a file outside", tarWith(name("../x")), /holds the path "\.\.\/x"/],
    ["a file at the root", tarWith(name("/x/y")), /holds the path/],
    ["a backslash", tarWith(name("x\\y")), /holds the path/],
    ["a link", tarWith(type("2")), /which is a link/],
    ["a hard link", tarWith(type("1")), /which is a link/],
    ["a device", tarWith(type("3")), /which is no plain file/],
    [
      "a sum that is wrong",
      gzipSync(writeTar(filesOf({ "x/y": "z" })).map((byte, index) => (index === 0 ? 66 : byte))),
      /not a tar/,
    ],
    ["no gzip", bytes("hello"), /not a whole gzip/],
    ["a body that is cut off", chart().slice(0, -20), /not a whole gzip/],
    ["a tar that is cut off", gzipSync(writeTar(filesOf({ "x/y": "z" })).slice(0, 600)), /cut off/],
    ["two folders", gzipSync(writeTar(filesOf({ "x/Chart.yaml": "a", "y/b": "c" }))), /one folder/],
    ["no Chart.yaml", packArchive("x", filesOf({ y: "z" })), /no Chart\.yaml/],
    ["a bomb", gzipSync(new Uint8Array(80 * 1024 * 1024)), /more than 64 MiB/],
    ["a large file", gzipSync(writeTar(new Map([["x/y", new Uint8Array(6 * 1024 * 1024)]]))), /larger than 5 MiB/],
    [
      "too many files",
      gzipSync(writeTar(new Map(Array.from({ length: 5001 }, (_, index) => [`x/${index}`, bytes("")])))),
      /more than 5000 files/,
    ],
  ];
  for (const [what, archive, message] of cases)
    test(`${what} is refused`, () => expect(() => readChart(archive)).toThrow(message));

  test("the same file twice is refused", () => {
    const tar = writeTar(filesOf({ "x/y": "z" }));
    const twice = Buffer.concat([tar.subarray(0, 1024), tar]);
    expect(() => readTar(twice)).toThrow(/twice/);
  });
});

describe("charts that a chart depends on", () => {
  const parent = "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n  - name: sub\n    version: 1.x\n";
  const sub = (version: string) => `apiVersion: v2\nname: sub\nversion: ${version}\n`;
  const lock = "dependencies:\n  - name: sub\n    version: 1.2.0\n";

  test("one that is not there would be fetched by Argo CD: refused", () =>
    expect(() => readChart(chart({ "Chart.yaml": parent }))).toThrow(/depends on the chart sub, which is not in it/));
  test("one that is another than its lock names is refused", () =>
    expect(() =>
      readChart(chart({ "Chart.yaml": parent, "Chart.lock": lock, "charts/sub/Chart.yaml": sub("1.3.0") })),
    ).toThrow(/holds the chart sub 1\.3\.0, where its Chart\.lock names 1\.2\.0/));
  test("one that the lock does not know is refused", () =>
    expect(() =>
      readChart(chart({ "Chart.lock": "dependencies: []\n", "charts/sub/Chart.yaml": sub("1.2.0") })),
    ).toThrow(/which its Chart\.lock does not name/));
  test("the one of the lock is taken, as a folder and packed", () => {
    const packed = packArchive("sub", filesOf({ "Chart.yaml": sub("1.2.0") }));
    expect(
      readChart(chart({ "Chart.yaml": parent, "Chart.lock": lock, "charts/sub/Chart.yaml": sub("1.2.0") })).name,
    ).toBe("x");
    const own = new Map([...filesOf({ "Chart.yaml": parent }), ["charts/sub-1.2.0.tgz", packed] as const]);
    expect(readChart(packArchive("x", own)).version).toBe("1.0.0");
  });
  test("a packed one is read as strictly", () => {
    const own = new Map([
      ...filesOf({ "Chart.yaml": parent }),
      ["charts/sub-1.2.0.tgz", tarWith((h) => h.set(bytes("2"), 156))] as const,
    ]);
    expect(() => readChart(packArchive("x", own))).toThrow(/which is a link/);
  });
});

test("packing is the same bytes each time, and long names come back", () => {
  const long = `${"folder/".repeat(20)}file.yaml`;
  const [a, b] = [chart({ [long]: "z" }), chart({ [long]: "z" })];
  expect(a).toEqual(b);
  expect([...readChart(a).files.keys()]).toContain(long);
});

test("an artifact follows from the archive alone, and names one layer that Argo CD takes", () => {
  const { digest, manifest, blobs } = artifactOf("chart", chart());
  expect(digest).toBe(artifactOf("chart", chart()).digest);
  expect(digest).not.toBe(artifactOf("chart", chart({ y: "z" })).digest);
  const layer = contentLayer(JSON.parse(new TextDecoder().decode(manifest)) as never);
  expect(layer).toEqual({ digest: blobs[1]!.digest, size: blobs[1]!.bytes.length });
});

test("definitions are packed one by one, and nothing else of what was rendered", () => {
  const definition =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: as.example.com\n";
  const archive = definitionsArchive(`---\n${definition}---\nkind: ConfigMap\nmetadata:\n  name: x\n`)!;
  const files = readTar(Bun.gunzipSync(archive as Uint8Array<ArrayBuffer>));
  expect([...files.keys()]).toEqual(["as.example.com.yaml", "kustomization.yaml"]);
  expect(definitionsArchive("---\nkind: ConfigMap\n")).toBeUndefined();
});
