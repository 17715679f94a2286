/** What tests of the lab start with, so that they take no longer than they have to. */
import { definitionsFor, definitionsOfKinds } from "../../lab/definitions.ts";
import { shareEngine } from "../../scripts/lib/io/engine-program.ts";
import { cluster } from "./fleet.ts";
import { repository, type TestRepository } from "./repository.ts";
import { sampleValidation } from "./sample.ts";

/** A cache of its own that holds the engine, where there is one: without it the stock programs render, one start each. */
export async function cacheWithEngine(): Promise<TestRepository> {
  const cache = await repository();
  await shareEngine(process.env, { XDG_CACHE_HOME: cache.root });
  return cache;
}

/** A folder of those definitions alone that the sample needs: all of their groups take a server twice as long. */
export async function fewDefinitions(): Promise<TestRepository> {
  const folder = await repository();
  const { fleet } = await sampleValidation([cluster.dev]);
  const { definitions } = await definitionsFor(fleet, process.env);
  for (const [index, definition] of definitionsOfKinds(fleet, definitions).entries())
    await folder.write(`${index}.yaml`, Bun.YAML.stringify(definition, undefined, 2));
  return folder;
}
