/** A release of the engine: built alike for every platform, published as a whole, taken by what its proposal says. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, cp } from "node:fs/promises";
import path from "node:path";

import { run as engine } from "../../scripts/engine.ts";
import { type EngineRelease, fetchEngine } from "../../scripts/lib/io/engine-build.ts";
import { engineIdentity } from "../../scripts/lib/io/engine-program.ts";
import { temporaryFolder } from "../../scripts/lib/io/files.ts";
import { readSchema } from "../../scripts/lib/io/schemas.ts";
import { compile } from "../../scripts/lib/model/schema.ts";
import { type Delivery, delivery } from "../support/delivery.ts";
import { cluster } from "../support/fleet.ts";
import { git } from "../support/git-server.ts";
import { runIn } from "../support/repository.ts";

const names = ["engine-darwin-arm64", "engine-darwin-x64", "engine-linux-arm64", "engine-linux-x64"];
const identity = await engineIdentity();
const tag = `engine-${identity}`;
const folder = await temporaryFolder("release");
const here = { root: folder.path };
const dist = path.join(folder.path, "dist");
afterAll(() => folder.remove());

/** A Go that writes into the program what it was asked for; it fails for one architecture where that is said. */
async function fakeGo(failsFor = "nothing"): Promise<Record<string, string>> {
  const bin = path.join(folder.path, `bin-${failsFor}`);
  const script = `#!/bin/sh
[ "$1" = mod ] && exit 0
if [ "$GOARCH" = ${failsFor} ]; then echo "no such architecture" >&2; exit 2; fi
for last; do [ "$before" = -o ] && out=$last; before=$last; done
{ echo '#!/bin/sh'; echo "echo $GOOS $GOARCH $CGO_ENABLED $GOTOOLCHAIN [$GOFLAGS] $2 $3"; } > "$out"
chmod +x "$out"
`;
  await Bun.write(path.join(bin, "go"), script);
  await chmod(path.join(bin, "go"), 0o755);
  return { PATH: `${bin}:${process.env["PATH"]}`, GOFLAGS: "-mod=mod" };
}

const read = (name: string) => Bun.file(path.join(dist, name)).text();

let built: { code: number; stderr: string };
beforeAll(async () => {
  built = await runIn(here, engine, ["release", "--out", "dist"], await fakeGo());
});

describe("release", () => {
  test("every platform is built with nothing of this machine; its sums are those that sha256sum reads", async () => {
    expect([built.code, built.stderr]).toEqual([0, expect.stringContaining("compiling for linux-x64")]);
    const check = Bun.spawnSync(["sha256sum", "--check", "SHA256SUMS"], { cwd: dist });
    expect(check.stdout.toString()).toBe(names.map((name) => `${name}: OK\n`).join(""));
    expect(await read("engine-darwin-x64")).toMatch(
      /echo darwin amd64 0 go1\.\d+\.\d+ \[\] -trimpath -buildvcs=false\n$/,
    );
    expect(await read("IDENTITY")).toBe(`${identity}\n`);
  });

  test("what was cut short has no sums, and is not published", async () => {
    const out = path.join(folder.path, "short");
    await cp(dist, out, { recursive: true });
    const { code, stderr } = await runIn(here, engine, ["release", "--out", out], await fakeGo("arm64"));
    expect([code, stderr]).toEqual([3, expect.stringContaining("go build failed:\nno such architecture")]);
    expect(await Bun.file(path.join(out, "SHA256SUMS")).exists()).toBe(false);
  });

  test.each([
    [["release"], "--out"],
    [["release", "--out", "x", "--minutes", "soon"], "--minutes takes a number"],
    [["publish"], "--from"],
    [["relase", "--out", "x"], "--out"],
    [["relase"], "too many arguments"],
  ])("%j is refused", async (argv, says) => {
    const { code, stderr } = await runIn(here, engine, argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe("publish", () => {
  let world: Delivery;
  let clone: { root: string };
  beforeAll(async () => {
    world = await delivery([cluster.dev]);
    clone = await world.clone();
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const publish = (from = dist) => runIn(clone, engine, ["publish", "--from", from], world.env);

  test("the release is there as a whole, and its digests are a proposal", async () => {
    const { code, stdout, stderr } = await publish();
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/\/pull\/1\n$/),
      expect.stringContaining(`${tag} is released\n`),
    ]);
    const [release] = world.github.releases;
    expect(release).toMatchObject({
      tag_name: tag,
      draft: false,
      target_commitish: git(clone.root, "rev-parse", "HEAD"),
    });
    expect(release!.assets.map(({ name }) => name).toSorted()).toEqual(["SHA256SUMS", ...names]);
    expect(world.github.pulls[0]!.title).toBe(`feat(engine): release ${identity}`);
    const text = git(
      world.server.folder("murima2025/gitops"),
      "show",
      `${world.github.pulls[0]!.head}:engine/release.json`,
    );
    const schema = compile(await readSchema("schemas/engine-release.json"));
    expect(schema(JSON.parse(text.replaceAll("http://127.0.0.1", "https://127.0.0.1")))).toEqual([]);
    const proposed = JSON.parse(text) as EngineRelease;
    expect([proposed.identity, Object.keys(proposed.files)]).toEqual([identity, names.map((name) => name.slice(7))]);
    const place = await fetchEngine({ XDG_CACHE_HOME: path.join(folder.path, "home") }, proposed, () => {});
    expect(Bun.spawnSync([place]).stdout.toString()).toContain(` ${process.arch === "x64" ? "amd64" : "arm64"} 0 `);
  }, 60_000);

  test("twin: again, and once it is merged, there is nothing to do", async () => {
    const again = await publish();
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining(`${tag} was released already\n`)]);
    expect(again.stderr).toContain("updated #1");
    expect(world.github.merge(1)).toBe(true);
    world.pull(clone);
    const merged = await publish();
    expect([merged.code, merged.stderr]).toEqual([0, expect.stringContaining("nothing is proposed")]);
    expect([world.github.releases.length, world.github.pulls.length]).toEqual([1, 1]);
  }, 60_000);

  test("what was cut short is finished: a draft, a file that is missing, a file that came in part", async () => {
    const release = world.github.releases[0]!;
    release.draft = true;
    release.assets = release.assets.filter(({ name }) => name !== "SHA256SUMS");
    Object.assign(release.assets[0]!, { state: "starter", bytes: new Uint8Array(3) });
    const { code, stderr } = await publish();
    expect([code, stderr.match(/uploading .*/g)?.length]).toEqual([0, 2]);
    expect([release.draft, release.assets.length, world.github.releases.length]).toEqual([false, 5, 1]);
  }, 60_000);

  test("a release that holds something else is never changed", async () => {
    const release = world.github.releases[0]!;
    const before = release.assets.map((asset) => ({ ...asset }));
    release.assets[1]!.bytes = new TextEncoder().encode("other");
    const other = await publish();
    expect([other.code, other.stderr]).toEqual([
      3,
      expect.stringContaining(`holds ${release.assets[1]!.name} with SHA-256`),
    ]);
    release.assets = [...before, { id: 99, name: "extra", state: "uploaded", bytes: new Uint8Array() }];
    const extra = await publish();
    expect([extra.code, extra.stderr]).toEqual([3, expect.stringContaining("holds extra, which is none of its files")]);
    expect(release.assets.map(({ id }) => id)).toEqual([...before.map(({ id }) => id), 99]);
    release.assets = before;
  }, 60_000);

  test("what main does not hold is not proposed", async () => {
    await Bun.write(path.join(clone.root, "engine/mine.go"), "package main\n");
    await Bun.write(path.join(clone.root, "engine/release.json"), "{}\n");
    git(clone.root, "commit", "--quiet", "--all", "--message", "mine");
    const { code, stderr } = await publish();
    git(clone.root, "reset", "--quiet", "--hard", "origin/main");
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/engine here is not that of origin\/main.*engine\/mine\.go/),
    ]);
  }, 60_000);

  const broken: [what: string, name: string, content: string | undefined, code: number, says: string][] = [
    ["a program that was changed", "engine-linux-x64", "other", 3, "SHA256SUMS does not say what lies beside it"],
    ["sums that were changed", "SHA256SUMS", "", 3, "SHA256SUMS does not say what lies beside it"],
    ["a program that is missing", "engine-linux-arm64", undefined, 2, "has no engine-linux-arm64"],
    ["what was built of other sources", "IDENTITY", "0000000000000000\n", 2, "was built of other sources"],
  ];
  test.each(broken)("%s is refused before GitHub hears of it", async (what, name, content, code, says) => {
    const from = path.join(folder.path, what);
    await cp(dist, from, { recursive: true });
    if (content === undefined) await Bun.file(path.join(from, name)).delete();
    else await Bun.write(path.join(from, name), content);
    world.github.authorized.clear();
    const result = await publish(from);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(says)]);
    expect(world.github.authorized.size).toBe(0);
  });

  test("without a token it says so", async () => {
    const { code, stderr } = await runIn(clone, engine, ["publish", "--from", dist], {
      ...world.env,
      GITHUB_TOKEN: "",
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining("there is no token for GitHub")]);
  });
});
