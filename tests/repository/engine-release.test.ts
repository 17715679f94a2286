/** What is released of the engine, once something is: every platform, and an address that anybody can trust. */
import { expect, test } from "bun:test";
import path from "node:path";

import { engineRelease, releaseFile } from "../../scripts/lib/io/engine-build.ts";
import { platforms } from "../../scripts/lib/io/engine-release.ts";
import { checkout } from "../support/fleet.ts";

test("engine/release.json is well formed, complete and sorted", async () => {
  const release = await engineRelease();
  if (release === undefined) return;
  expect(Object.keys(release.files)).toEqual(Object.keys(platforms));
  expect(await Bun.file(path.join(checkout, releaseFile)).text()).toBe(`${JSON.stringify(release, null, 2)}\n`);
});
