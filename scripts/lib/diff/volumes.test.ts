import { expect, test } from "bun:test";

import { cluster } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { sampleValidation } from "../../../tests/support/sample.ts";
import { loadFleet } from "../fleet/load.ts";
import { Repository } from "../fleet/repository.ts";
import { compareApplications } from "./compare.ts";
import { shrunkVolumes } from "./volumes.ts";

test("a store's volume only grows", async () => {
  const { fleet } = await sampleValidation([cluster.onPremises]);
  await using repository = await sampleRepository([cluster.onPremises]);
  const file = "apps/stores/postgresql/operator/cluster.yaml";
  const sized = async (from: string, to: string) => {
    await repository.edit(file, from, to);
    const { fleet: now } = await loadFleet(await Repository.read(repository.root, { env: {}, cache: false }), {
      selection: { clusters: [], applications: [`${cluster.onPremises}/store-postgresql`] },
    });
    return shrunkVolumes(compareApplications(fleet.applications, now.applications).pairs).map(
      ({ object, field, message }) => [object, field, message],
    );
  };
  expect(await sized("size: 200Gi", "size: 100Gi")).toEqual([
    [
      "postgresql.cnpg.io/Cluster stores/postgresql",
      "pgdata",
      "100Gi is less than the 200Gi that the volume has: volumes only grow",
    ],
  ]);
  expect(await sized("size: 100Gi", "size: 300Gi")).toEqual([]);
});
