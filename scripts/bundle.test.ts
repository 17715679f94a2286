/** The part of a customer: what leaves, what does not, and what becomes of it on the other side of an air gap. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { type BundleSample, bundleSample } from "../tests/support/bundle.ts";
import { cluster } from "../tests/support/fleet.ts";
import { git, gitServer } from "../tests/support/git-server.ts";
import { type OciRegistry, ociRegistry } from "../tests/support/oci-registry.ts";
import { runIn } from "../tests/support/repository.ts";
import { run as charts } from "./charts.ts";

const own = cluster.single;
let sample: BundleSample;
let target: OciRegistry;
let revision: string;
let created: { code: number; stdout: string; stderr: string };

beforeAll(async () => {
  sample = await bundleSample([own, cluster.shared], own);
  target = ociRegistry();
  revision = git(sample.fleet.root, "rev-parse", "HEAD");
  created = await create("whole.tar");
}, 60_000);
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
  await sample?.[Symbol.asyncDispose]();
});

const create = (name: string, ...more: string[]) =>
  sample.run(
    "create",
    "--cluster",
    own,
    "--from",
    sample.source.host,
    "--registry",
    target.host,
    "--out",
    sample.at(name),
    ...more,
  );

const loadWhole = () =>
  sample.run("load", sample.at("whole.tar"), "--registry", target.host, "--out", sample.at("git"));

describe("over an air gap", () => {
  test("a bundle says how large it is, of what, and whose it is", async () => {
    expect([created.code, created.stderr]).toEqual([0, ""]);
    expect(created.stdout).toMatch(new RegExp(`^${own} as of ${revision.slice(0, 12)}: [\\d.]+ KiB\n`));
    expect(created.stdout).toMatch(/ KiB {2}images \(\d+\)\n.* charts and definitions \(2\)\n.* Git \(1\)\n/);
    const { code, stdout } = await sample.run("verify", sample.at("whole.tar"), "--cluster", own);
    expect([code, stdout]).toEqual([0, expect.stringContaining("signed by platform@example.com\n")]);
  });

  test("a dry run lists what it would hold, by digest, and asks nobody", async () => {
    const before = sample.source.requests.length;
    const { code, stdout } = await create("planned.tar", "--dry-run");
    expect([code, sample.source.requests.length - before]).toEqual([0, 0]);
    const names = stdout.trimEnd().split("\n");
    expect(names.filter((name) => !/^[\w./-]+:[\w.-]+@sha256:\w{64}$/.test(name))).toEqual([]);
    expect(names.map((name) => name.split(":")[0])).toEqual(
      expect.arrayContaining([
        "murima2025/frontend",
        "registry.example.com/widgets",
        "charts/widgets",
        "chart-definitions/widgets",
      ]),
    );
    expect(await readdir(sample.folder)).not.toContain("planned.tar");
  });

  test("what is rendered from it is the original, but for the name of the registry, which has all of it", async () => {
    const loaded = await loadWhole();
    expect([loaded.code, loaded.stderr]).toEqual([0, ""]);
    // Another machine: it has no archive but those of the registry there.
    const there = await sample.addons.elsewhere();
    const pulled = await runIn({ root: sample.at("git") }, charts, ["pull", "--registry", target.host], there);
    expect([pulled.code, pulled.stdout]).toEqual([0, expect.stringContaining("widgets 1.0.0")]);
    const after = await sample.render(sample.at("git"), there);
    const before = await sample.render(sample.fleet.root, {}, "--cluster", own);
    const facts = await sample.fleet.read(`clusters/${own}/facts/cluster.yaml`);
    const registry = /^ {2}registry: (\S+)$/m.exec(facts)![1]!;
    expect(before).toContain(`${registry}/`);
    expect(after.replaceAll(target.host, registry)).toBe(before);
    const images = [
      ...after.matchAll(/(?:image|imageName|url): "?(?:oci:\/\/)?([^/\s"]+)\/([^:\s"]+):[^@\s"]+@(sha256:\w+)/g),
    ];
    expect(images.length).toBeGreaterThan(5);
    for (const [, host, name, digest] of images) {
      expect(host).toBe(target.host);
      expect(target.repositories.get(name!)?.manifests.has(digest!)).toBe(true);
    }
  });

  test("loaded again nothing is sent, and Git has no other commit", async () => {
    const again = await loadWhole();
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/: 0 blobs sent .*\nGit: was there as \w+\n$/),
    ]);
    expect(git(sample.at("git"), "rev-list", "--count", "main")).toBe("1");
  });

  test("its Git goes to a server as well, once", async () => {
    await using server = await gitServer("fleet");
    const load = () => sample.run("load", sample.at("whole.tar"), "--push", server.url("fleet"));
    expect(await load()).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Git: commit ") });
    expect(await load()).toMatchObject({ code: 0, stdout: expect.stringContaining("Git: was there as ") });
    expect(git(server.folder("fleet"), "ls-tree", "--name-only", "main:clusters").split("\n")).toContain(own);
    const local = await sample.run("load", sample.at("whole.tar"), "--push", "ext::sh -c true");
    expect([local.code, local.stderr]).toEqual([2, expect.stringContaining("is no address to push to")]);
  });

  test("the same revision makes the same bytes", async () => {
    expect((await create("again.tar")).code).toBe(0);
    const [one, other] = [await readFile(sample.at("whole.tar")), await readFile(sample.at("again.tar"))];
    expect(one.equals(other)).toBe(true);
  });

  test("since a revision it has what is new, and is refused where what it rests on is not", async () => {
    const image = `clusters/${own}/services/frontend/image.yaml`;
    const before = /sha256:\w+/.exec(await sample.fleet.read(image))![0];
    const digest = sample.source.image("murima2025/frontend", "v1.0.4", "what all images share", "a new layer");
    await sample.fleet.edit(image, before, digest);
    await sample.fleet.edit(image, /tag: \S+/, "tag: v1.0.4");
    sample.commit("second");
    const delta = await create("delta.tar", "--since", revision);
    expect([delta.code, delta.stdout]).toEqual([
      0,
      expect.stringMatching(/left out, as it came with \w{12}: [\d.]+ KiB in \d+ blobs/),
    ]);
    await using empty = ociRegistry();
    const refused = await sample.run("load", sample.at("delta.tar"), "--registry", empty.host);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `lacks sha256:\\w+\n[^]*rests on that of ${revision.slice(0, 12)}, of which \\d+ blobs are not there; nothing was sent`,
        ),
      ),
    ]);
    expect(empty.requests.filter((request) => !request.startsWith("HEAD"))).toEqual([]);
    const loaded = await sample.run(
      "load",
      sample.at("delta.tar"),
      "--registry",
      target.host,
      "--out",
      sample.at("git"),
    );
    expect([loaded.code, loaded.stderr]).toEqual([0, ""]);
    expect(target.repositories.get("murima2025/frontend")!.manifests.has(digest)).toBe(true);
    // The layer of all images is not sent again, and the Git there goes on from what it was.
    expect(git(sample.at("git"), "rev-list", "--count", "main")).toBe("2");
    expect(git(sample.at("git"), "show", `main:${image}`)).toContain("v1.0.4");
  });
});

describe("refused is", () => {
  const changed = async (name: string, change: (bytes: Buffer) => Buffer | void) => {
    const bytes = await readFile(sample.at("whole.tar"));
    await writeFile(sample.at(name), change(bytes) ?? bytes);
    return sample.at(name);
  };

  test("a layer that was changed", async () => {
    const file = await changed("changed.tar", (bytes) => void (bytes[bytes.indexOf("what all images share")]! ^= 1));
    const { code, stderr } = await sample.run("verify", file);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/holds sha256:\w+, whose bytes are sha256:\w+: it was changed/),
    ]);
  });

  test("an index that was changed, which the signature is over", async () => {
    const file = await changed(
      "index.tar",
      (bytes) => void bytes.write("amended", bytes.indexOf("murima2025/frontend")),
    );
    const { code, stderr } = await sample.run("verify", file);
    expect([code, stderr]).toEqual([1, expect.stringContaining("has a signature that is not of its index")]);
  });

  test.each([0.5, 0.999])("one that was cut off after %p of it", async (share) => {
    const file = await changed(`cut-${share}.tar`, (bytes) => bytes.subarray(0, Math.floor(bytes.length * share)));
    const { code, stderr } = await sample.run("load", file, "--registry", target.host);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is cut off: nothing of it is used")]);
  });

  test("one of another customer: by name, by signature, and by the repository that it would go to", async () => {
    const byName = await sample.run(
      "load",
      sample.at("whole.tar"),
      "--registry",
      target.host,
      "--cluster",
      cluster.shared,
    );
    expect([byName.code, byName.stderr]).toEqual([
      1,
      expect.stringContaining(`is of ${own}, and not of ${cluster.shared}`),
    ]);
    const other = sample.at("other-signers");
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", sample.at("other")]);
    await writeFile(other, `other@example.com ${await readFile(sample.at("other.pub"), "utf8")}`);
    const bySignature = await sample.run("load", sample.at("whole.tar"), "--registry", target.host, "--signers", other);
    expect([bySignature.code, bySignature.stderr]).toEqual([1, expect.stringContaining("is signed by a key that")]);
    const theirs = sample.at("theirs");
    git(sample.folder, "init", "--quiet", "--initial-branch=main", theirs);
    await Bun.write(path.join(theirs, "clusters", cluster.shared, "kustomization.yaml"), "");
    git(theirs, "add", "--all");
    git(theirs, "commit", "--quiet", "-m", "theirs");
    const byGit = await sample.run("load", sample.at("whole.tar"), "--out", theirs);
    expect([byGit.code, byGit.stderr]).toEqual([
      2,
      expect.stringContaining(`this is of ${own}, and the repository there of ${cluster.shared}`),
    ]);
  });

  test("to trust one without saying whom", async () => {
    const { code, stderr } = await runIn(
      sample.fleet,
      (await import("./bundle.ts")).run,
      ["verify", sample.at("whole.tar")],
      {
        GITOPS_BUNDLE_SIGNERS: undefined,
      },
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("nobody said whose signature counts")]);
  });

  test("an image without a digest", async () => {
    const store = "apps/stores/postgresql/managed/accounts.yaml";
    const text = await sample.fleet.read(store);
    await sample.fleet.edit(store, /(image: \S+:[\w.]+)@sha256:\w+/, "$1");
    sample.commit("unpinned");
    const { code, stderr } = await create("unpinned.tar");
    await sample.fleet.write(store, text);
    sample.commit("pinned");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/image-digest: .*which is not pinned/)]);
    expect(await readdir(sample.folder)).not.toContain("unpinned.tar");
  });
});

describe("the part of a customer", () => {
  test("has nothing of others: no folder, no name, no range, no key; and stands by itself", async () => {
    const out = sample.at("part");
    const { code, stdout, stderr } = await sample.run("export", "--cluster", own, "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    const files = git(out, "ls-files").split("\n");
    expect(files).toContain(`clusters/${own}/facts/cluster.yaml`);
    const facts = await sample.fleet.read(`clusters/${cluster.shared}/facts/cluster.yaml`);
    const known = await sample.fleet.read(`clusters/${own}/facts/cluster.yaml`);
    const said = [cluster.shared, "wonka", "stark", ...facts.matchAll(/\d+(?:\.\d+){3}\/\d+|age1\w+/g)]
      .map(String)
      .filter((text) => !known.includes(text));
    expect(said.length).toBeGreaterThan(6);
    const tree = (
      await Promise.all(files.map(async (file) => `${file}\n${await readFile(path.join(out, file), "utf8")}`))
    ).join("\n");
    expect(said.filter((text) => tree.includes(text))).toEqual([]);
    expect(stdout).toContain(`tree ${git(out, "rev-parse", "main^{tree}")}`);
  });

  test("is refused where a file that it takes along names another", async () => {
    const file = "apps/platform/policies/kustomization.yaml";
    const text = await sample.fleet.read(file);
    await sample.fleet.write(file, `${text}# As on ${cluster.shared}.\n`);
    sample.commit("leak");
    const { code, stderr } = await sample.run("export", "--cluster", own, "--out", sample.at("leak"));
    await sample.fleet.write(file, text);
    sample.commit("no leak");
    const line = text.split("\n").length;
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${file}:${line}: says ${cluster.shared}`)]);
    expect(await readdir(sample.folder)).not.toContain("leak");
  });

  test("is one customer's, and a folder with other files is left alone", async () => {
    const both = await sample.run("export", "--cluster", own, "--cluster", cluster.shared, "--dry-run");
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("these are not one customer's")]);
    const folder = sample.at("taken");
    await Bun.write(path.join(folder, "mine"), "kept");
    const { code, stderr } = await sample.run("export", "--cluster", own, "--out", folder);
    expect([code, stderr]).toEqual([2, expect.stringContaining("holds files and is no repository")]);
  });
});
