import { expect, test } from "bun:test";

import { cluster } from "../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { run as show } from "./show.ts";
import { run as tenants } from "./tenants.ts";

const place = cluster.sharedUs;

test("a cluster, a tenant, a service, an Application: what each is, and where it is written", async () => {
  await using fleet = await sampleRepository([place]);
  const shown = async (name: string) => {
    const { code, stdout } = await runIn(fleet, show, [name]);
    expect([name, code]).toEqual([name, 0]);
    return stdout;
  };
  expect(await shown(place)).toMatch(
    new RegExp(`^cluster ${place}, clusters/${place}/facts/cluster.yaml\n\nenvironment +prod, ring \\d+\n`),
  );
  expect(await shown("frontend")).toMatch(/^runs +v\S+ on /m);
  const application = await shown(`${place}/service-frontend`);
  expect(application).toMatch(/^tool +helm, apps\/charts\/service$/m);
  expect(application).toMatch(/^objects +.*1 Deployment/m);
});

test("a tenant is listed where it is placed; one whose facts are broken is said to be", async () => {
  await using fleet = await sampleRepository([place]);
  const { stdout } = await runIn(fleet, tenants, ["--format", "json"]);
  const { tenant, clusters } = (JSON.parse(stdout) as { tenant: string; clusters: string[] }[]).find(
    (one) => one.clusters.length > 0,
  )!;
  expect((await runIn(fleet, tenants, ["--cluster", clusters[0]!])).stdout).toContain(`\n${tenant} `);
  expect((await runIn(fleet, tenants, ["--cluster", "nowhere"])).code).toBe(2);
  await fleet.edit(`tenants/${tenant}/facts/tenant.yaml`, "displayName:", "displayname:");
  const { code, stderr } = await runIn(fleet, show, [tenant]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`tenants/${tenant}/facts/tenant.yaml has errors`)]);
});

test("a name that nothing has: which there are", async () => {
  await using fleet = await sampleRepository([place]);
  for (const name of ["frontent", `${place}/service-frontent`]) {
    const { code, stderr } = await runIn(fleet, show, [name]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("did you mean")]);
  }
});
