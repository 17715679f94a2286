import { expect, test } from "bun:test";

import { cluster } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { Repository } from "../fleet/repository.ts";
import { storeChanges } from "./generated.ts";

test("a store that nobody reads any more has no accounts, and stays as it is otherwise", async () => {
  await using fleet = await sampleRepository([cluster.onPremises]);
  const folder = `clusters/${cluster.onPremises}/stores/mongodb`;
  await fleet.edit("apps/services/case-service/values.yaml", "    - mongodb\n", "");
  const { tree, sources, documents } = await Repository.read(fleet.root, { env: {}, cache: false });
  const changes = storeChanges({ tree, sources, documents });
  expect(changes.map(({ path, content }) => [path, content === null])).toEqual([
    [`${folder}/accounts.patch.yaml`, true],
    [`${folder}/kustomization.yaml`, false],
  ]);
  expect(changes[1]!.content).toBe(tree.text(`${folder}/kustomization.yaml`).replace(/patches:\n.*\n/, ""));
});

test("of a cluster whose values can't be read nothing is said", async () => {
  await using fleet = await sampleRepository([cluster.onPremises]);
  await fleet.edit("apps/services/case-service/values.yaml", "replicas: 3", "replicas: 3\nreplicas: 4");
  const { tree, sources, documents } = await Repository.read(fleet.root, { env: {}, cache: false });
  expect(storeChanges({ tree, sources, documents })).toEqual([]);
});
