import { expect, test } from "bun:test";

import { checkout } from "../../../tests/support/fleet.ts";
import { loadFleet } from "../fleet/load.ts";
import { clusterOf, serviceValueFiles, tenantValueFiles } from "./layout.ts";

test("the ApplicationSet takes values in the order that is coded here, and apps/README.md says the same", async () => {
  const selection = { clusters: ["prod-eu1"], applications: ["service-case-service"] };
  const { fleet } = await loadFleet({ root: checkout, env: process.env, selection, cache: true });
  const application = fleet.applications.find(({ name }) => name === "service-case-service")!;
  const coded = serviceValueFiles({ service: "case-service", environment: "prod", cluster: "prod-eu1" });
  expect(application.request).toMatchObject({ valueFiles: coded });
  const readme = await Bun.file(`${checkout}/apps/README.md`).text();
  const listed = serviceValueFiles({ service: "SERVICE", environment: "ENVIRONMENT", cluster: "CLUSTER" });
  const places = listed.map((file) => readme.indexOf(`\`${file}\``));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("a tenant's own copies take values in the order that is coded here", async () => {
  const selection = { clusters: ["prod-us1"], applications: ["tenant-tenant123-case-service"] };
  const { fleet } = await loadFleet({ root: checkout, env: process.env, selection, cache: true });
  const application = fleet.applications.find(({ name }) => name === "tenant-tenant123-case-service")!;
  const at = { tenant: "tenant123", service: "case-service", environment: "prod", cluster: "prod-us1" };
  expect(application.request).toMatchObject({ valueFiles: tenantValueFiles(at) });
});

test("shared folders are no clusters", () => {
  expect(clusterOf("clusters/prod-eu1/values.yaml")).toBe("prod-eu1");
  for (const path of ["clusters/base/kustomization.yaml", "clusters/README.md", "apps/x"])
    expect(clusterOf(path)).toBeUndefined();
});
