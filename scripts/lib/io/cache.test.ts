import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFile, truncate } from "node:fs/promises";
import path from "node:path";

import { repository } from "../../../tests/support/repository.ts";
import { Cache, cacheLimit } from "./cache.ts";

const key = "ab12";
const file = (folder: string) => path.join(folder, "cache.sqlite");

/** As a run that comes later sees it. */
const later = (folder: string) => new Cache(folder).read(key);

test("an entry is read as it was written, in the same run and in a later one", async () => {
  await using folder = await repository();
  const cache = new Cache(folder.root);
  expect(await cache.read(key)).toBeUndefined();
  await cache.write(key, "content é\n");
  expect(await cache.read(key)).toBe("content é\n");
  await cache.keep();
  expect(await later(folder.root)).toBe("content é\n");
});

test("an entry that was changed is absent, and so is everything of a file that was cut short or is none", async () => {
  await using folder = await repository();
  const whole = "x".repeat(100_000);
  for (const spoil of [
    () => new Database(file(folder.root)).run("UPDATE entries SET content = 'y' || substr(content, 2)"),
    () => truncate(file(folder.root), 5_000),
    () => Bun.write(file(folder.root), "no database"),
    () => new Database(file(folder.root)).run("ALTER TABLE entries DROP COLUMN used"),
  ]) {
    const writer = new Cache(folder.root);
    await writer.write(key, whole);
    await writer.keep();
    expect((await later(folder.root))?.length).toBe(whole.length);
    // All is in the one file then.
    new Database(file(folder.root)).run("PRAGMA wal_checkpoint(TRUNCATE)");
    await spoil();
    expect(await later(folder.root)).toBeUndefined();
    const next = new Cache(folder.root);
    await next.write(key, whole);
    await next.keep();
    expect((await later(folder.root))?.length).toBe(whole.length);
  }
});

test("two that write at once both keep what they wrote", async () => {
  await using folder = await repository();
  const program = `import { Cache } from ${JSON.stringify(path.join(import.meta.dirname, "cache.ts"))};
    const cache = new Cache(${JSON.stringify(folder.root)});
    for (let index = 0; index < 200; index++) {
      await cache.write(process.argv[1] + index, "x".repeat(5000));
      if (index % 20 === 0) await cache.keep();
    }
    await cache.keep();`;
  const runs = ["a", "b", "c"].map((name) => Bun.spawn([process.execPath, "-e", program, name], { stderr: "pipe" }));
  for (const run of runs) expect([await run.exited, await new Response(run.stderr).text()]).toEqual([0, ""]);
  const cache = new Cache(folder.root);
  for (const name of ["a", "b", "c"])
    for (let index = 0; index < 200; index++) expect((await cache.read(`${name}${index}`))?.length).toBe(5000);
});

test("what was not used for the longest time goes first", async () => {
  await using folder = await repository();
  const cache = new Cache(folder.root, 51_000);
  for (let index = 0; index < 4; index++) await cache.write(`k${index}`, "x".repeat(10_000));
  await cache.keep();
  new Database(file(folder.root)).run("UPDATE entries SET used = 1");
  const second = new Cache(folder.root, 51_000);
  await second.read("k0");
  for (const name of ["new1", "new2"]) await second.write(name, "x".repeat(10_000));
  await second.keep();
  const left = new Cache(folder.root);
  const kept = await Promise.all(["k0", "k1", "k2", "k3", "new1", "new2"].map((name) => left.read(name)));
  expect(kept.map((content) => content !== undefined)).toEqual([true, false, false, true, true, true]);
});

test("caches of other machines that lie beside it are taken in once", async () => {
  await using folder = await repository();
  await using other = await repository();
  const elsewhere = new Cache(other.root);
  await elsewhere.write(key, "from elsewhere");
  await elsewhere.keep();
  new Database(file(other.root)).run("PRAGMA wal_checkpoint(TRUNCATE)");
  await copyFile(file(other.root), path.join(folder.root, "shard-1.sqlite"));
  expect(await later(folder.root)).toBe("from elsewhere");
  expect(await Bun.file(path.join(folder.root, "shard-1.sqlite")).exists()).toBe(false);
});

test("a folder that can't be one is no cache, and no failure", async () => {
  await using folder = await repository({ blocked: "a file" });
  const cache = new Cache(path.join(folder.root, "blocked"));
  await cache.write(key, "content");
  await cache.keep();
  expect(await later(path.join(folder.root, "blocked"))).toBeUndefined();
});

test("the limit is in MiB; nonsense is the usual one", () => {
  expect(cacheLimit({ GITOPS_CACHE_LIMIT: "10" })).toBe(10 * 1024 ** 2);
  expect(cacheLimit({ GITOPS_CACHE_LIMIT: "ten" })).toBe(1024 ** 3);
  expect(cacheLimit({})).toBe(1024 ** 3);
});
