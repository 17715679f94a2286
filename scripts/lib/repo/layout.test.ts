import { expect, test } from "bun:test";

import { checkout, cluster } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { loadFleet } from "../fleet/load.ts";
import { clusterOf, serviceValueFiles, tenantValueFiles } from "./layout.ts";

test("the ApplicationSet takes values in the order that is coded here, and apps/README.md says the same", async () => {
  await using sample = await sampleRepository([cluster.shared]);
  const selection = { clusters: [], applications: ["service-case-service"] };
  const { fleet } = await loadFleet({ root: sample.root, env: process.env, selection, cache: true });
  const application = fleet.applications.find(({ name }) => name === "service-case-service")!;
  const coded = serviceValueFiles({ service: "case-service", environment: "prod", cluster: cluster.shared });
  expect(application.request).toMatchObject({ valueFiles: coded });
  const readme = await Bun.file(`${checkout}/apps/README.md`).text();
  const listed = serviceValueFiles({ service: "SERVICE", environment: "ENVIRONMENT", cluster: "CLUSTER" });
  const places = listed.map((file) => readme.indexOf(`\`${file}\``));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("a tenant's own copies take values in the order that is coded here", async () => {
  await using sample = await sampleRepository([cluster.sharedUs]);
  const selection = { clusters: [], applications: ["tenant-soylent-case-service"] };
  const { fleet } = await loadFleet({ root: sample.root, env: process.env, selection, cache: true });
  const application = fleet.applications.find(({ name }) => name === "tenant-soylent-case-service")!;
  const at = { tenant: "soylent", service: "case-service", environment: "prod", cluster: cluster.sharedUs };
  expect(application.request).toMatchObject({ valueFiles: tenantValueFiles(at) });
});

test("shared folders are no clusters", () => {
  expect(clusterOf("clusters/prod-shared/values.yaml")).toBe("prod-shared");
  for (const path of ["clusters/base/kustomization.yaml", "clusters/README.md", "apps/x"])
    expect(clusterOf(path)).toBeUndefined();
});
