/** The engine and the stock programs: the same objects, the same errors, whatever they are given. */
import { afterAll, describe, expect, test } from "bun:test";

import { randomFrom } from "../../lab/mutate.ts";
import { engineOf } from "../../scripts/lib/engine/engine.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { closeLineProcesses } from "../../scripts/lib/io/line-process.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { linked } from "../../scripts/lib/render/linked.ts";
import { readManifests } from "../../scripts/lib/render/manifests.ts";
import { programs } from "../../scripts/lib/render/programs.ts";
import { type Renderer, RenderError } from "../../scripts/lib/render/renderer.ts";
import { Tree } from "../../scripts/lib/repo/tree.ts";
import { cluster } from "../support/fleet.ts";
import { full, sampleRepository } from "../support/repository.ts";
import { type RandomTree, randomTree } from "./random-trees.ts";

const engine = await engineOf(process.env, 60_000);
afterAll(closeLineProcesses);

/** What a renderer makes of a tree: objects as read strictly and loosely, or what it says. */
async function outcome(renderer: Renderer, { request }: RandomTree, tree: Tree): Promise<unknown> {
  try {
    const { documents, warnings } = await renderer.render(request, tree.paths);
    const read = (strictly: boolean) => {
      try {
        return readManifests(documents, strictly);
      } catch (error) {
        return (error as Error).message;
      }
    };
    return { loose: read(false), strict: read(true), warnings };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return error.message;
  }
}

describe.skipIf(engine === undefined)("engine and stock programs are equal", () => {
  test("every Application of the frozen fleet", async () => {
    await using repository = await sampleRepository([cluster.dev]);
    const objectsBy = async (name: string) => {
      const env = { ...process.env, GITOPS_ENGINE: name };
      const { fleet } = await loadFleet(await Repository.read(repository.root, { env, cache: false }));
      return fleet.applications.map(({ id, objects, notRendered }) => ({
        id,
        notRendered,
        objects: objects.map(({ object, file }) => ({ object, file })),
      }));
    };
    expect(await objectsBy(process.env["GITOPS_ENGINE"] ?? "")).toEqual(await objectsBy("off"));
  });

  const count = full ? 1000 : 30;
  test(`${count} random trees (seed 15)`, async () => {
    const random = randomFrom(15);
    const tools = await findTools(process.env);
    let errors = 0;
    for (let round = 0; round < count; round++) {
      const sample = randomTree(random);
      const tree = new Tree(Object.entries(sample.files).map(([name, text]) => [name, new TextEncoder().encode(text)]));
      const stock = await programs(tree, tools, 60_000);
      try {
        const wanted = await outcome(stock, sample, tree);
        if (typeof wanted === "string") errors++;
        expect([round, await outcome(linked(engine!, tree), sample, tree)]).toEqual([round, wanted]);
      } finally {
        await stock.close();
      }
    }
    // Both kinds were tried.
    expect(errors).toBeGreaterThan(count / 20);
    expect(errors).toBeLessThan(count);
  });
});
