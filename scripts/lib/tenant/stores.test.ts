/** Which stores a customer's data is in, told before it leaves. */
import { describe, expect, test } from "bun:test";

import { sampleRepository, type TestRepository } from "../../../tests/support/repository.ts";
import { Repository } from "../fleet/repository.ts";
import { tenantFacts } from "../repo/layout.ts";
import { findTenant } from "./lookup.ts";
import { offboard } from "./offboard.ts";
import { storesOf } from "./stores.ts";

const read = ({ root }: TestRepository) => Repository.read(root, { env: process.env });

describe("U-16: a customer's stores", () => {
  test("are those of the services that it shares, on every cluster it is placed on", async () => {
    await using fleet = await sampleRepository(["prod-hybrid", "prod-hybrid-site"]);
    // The gateway in the cloud has its cache, the services in the data centre have the rest.
    await fleet.edit("apps/services/case-service/values.yaml", "    - mongodb\n", "");
    for (const service of ["auth-service", "case-service"])
      await fleet.edit(`apps/services/${service}/values.yaml`, "    - redis\n", "");
    const content = await read(fleet);
    const { document } = findTenant(content, "tyrell");
    expect(storesOf(content, document)).toEqual(["elasticsearch", "postgresql", "rabbitmq", "redis"]);
  });

  test("are those of its own copies alone, as the strongest layer of values says", async () => {
    await using fleet = await sampleRepository(["prod-shared-us"]);
    await fleet.remove("tenants/soylent/prod-shared-us/services/case-service");
    const { document } = findTenant(await read(fleet), "soylent");
    expect(storesOf(await read(fleet), document)).toEqual(["postgresql", "redis"]);
    await fleet.values("clusters/prod-shared-us/values.yaml", "dependsOn:\n  stores:\n    - postgresql\n");
    expect(storesOf(await read(fleet), document)).toEqual(["postgresql"]);
  });

  test("can't be told from values that can't be read", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    await fleet.edit("apps/services/case-service/values.yaml", "replicas: 3", "replicas: 3\nreplicas: 4");
    const content = await read(fleet);
    expect(() => storesOf(content, findTenant(content, "wonka").document)).toThrow(
      "apps/services/case-service/values.yaml has errors, and says which stores there are",
    );
  });

  test("what somebody wrote down besides stays, and has to be erased too", async () => {
    await using fleet = await sampleRepository(["prod-shared-us"]);
    const file = tenantFacts("soylent");
    const leaving =
      '  state: frozen\n  offboarding:\n    reason: over\n    frozen: "2026-11-20"\n    stores: [volumes]\n';
    await fleet.edit(file, "  state: active\n", leaving);
    const backup = { store: "redis", backup: "b", time: "2026-11-21T02:00:00Z", checksum: `sha256:${"a".repeat(64)}` };
    const changes = offboard(await read(fleet), "soylent", { to: "backed-up", backups: [backup as never] });
    const [{ path, content } = { path: "", content: null }] = changes;
    expect([path, content]).toEqual([file, expect.stringMatching(/- redis\n +- volumes\n/)]);
    await fleet.write(file, content!);
    const again = await read(fleet);
    expect(offboard(again, "soylent", { to: "backed-up", backups: [backup as never] })).toEqual([]);
  });

  test("facts of a customer that was removed without them are no licence to forget them", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const file = tenantFacts("wonka");
    const gone = '  state: removed\n  offboarding:\n    reason: over\n    frozen: "2026-11-20"\n';
    await fleet.edit(file, "  state: active\n", gone);
    const content = await read(fleet);
    const step = { to: "erased", on: "2026-12-20", erasures: [] } as const;
    expect(() => offboard(content, "wonka", step)).toThrow(/facts\/tenant.yaml:\d+ does not say which stores/);
  });
});
