import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { repository } from "../../../tests/support/repository.ts";
import { Cache } from "./cache.ts";

const key = "ab12";

test("an entry is read as it was written", async () => {
  await using folder = await repository();
  const cache = new Cache(folder.root);
  expect(await cache.read(key)).toBeUndefined();
  await cache.write(key, "content é\n");
  expect(await cache.read(key)).toBe("content é\n");
});

test("an entry cut at any byte, or changed in any, is absent", async () => {
  await using folder = await repository();
  const cache = new Cache(folder.root);
  await cache.write(key, '{"manifests":[]}');
  const whole = await folder.read(`ab/${key}`);
  for (let length = 0; length < whole.length; length++) {
    await folder.write(`ab/${key}`, whole.slice(0, length));
    expect([length, await cache.read(key)]).toEqual([length, undefined]);
    const other = whole[length] === "0" ? "1" : "0";
    await folder.write(`ab/${key}`, whole.slice(0, length) + other + whole.slice(length + 1));
    expect([length, await cache.read(key)]).toEqual([length, undefined]);
  }
});

test("many writers at once leave one whole entry and nothing else", async () => {
  await using folder = await repository();
  const cache = new Cache(folder.root);
  const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
  await Promise.all(contents.map((content) => cache.write(key, content)));
  expect(contents).toContain((await cache.read(key))!);
  expect(await readdir(path.join(folder.root, "ab"))).toEqual([key]);
});
