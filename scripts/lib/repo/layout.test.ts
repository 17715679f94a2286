import { expect, test } from "bun:test";

import { checkout, cluster } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { stringsAt } from "../core/json.ts";
import { loadFleet } from "../fleet/load.ts";
import { Repository } from "../fleet/repository.ts";
import type { Application } from "../render/application.ts";
import { isOptionalValues, serviceValueFiles, tenantValueFiles } from "./layout.ts";

/** As the ApplicationSet names them, from the root of the repository. */
const valueFilesOf = ({ manifest }: Application) =>
  stringsAt(manifest, "spec", "source", "helm", "valueFiles").map((file) => file.slice(1));

test("layers that may be absent are those that only differ from what is shared", () => {
  const at = { tenant: "t", service: "s", environment: "e", cluster: "c" };
  expect([...serviceValueFiles(at), ...tenantValueFiles(at)].filter((file) => !isOptionalValues(file))).toEqual([
    "apps/services/s/values.yaml",
    "environments/e/values.yaml",
    "clusters/c/services/s/image.yaml",
    "apps/services/s/values.yaml",
    "environments/e/values.yaml",
    "tenants/t/c/services/s/image.yaml",
  ]);
});

test("the ApplicationSet takes values in the order that is coded here, and apps/README.md says the same", async () => {
  await using sample = await sampleRepository([cluster.shared]);
  const selection = { clusters: [], applications: ["service-case-service"] };
  const { fleet } = await loadFleet(await Repository.read(sample.root, { env: process.env }), { selection });
  const application = fleet.applications.find(({ name }) => name === "service-case-service")!;
  const coded = serviceValueFiles({ service: "case-service", environment: "prod", cluster: cluster.shared });
  expect(valueFilesOf(application)).toEqual(coded);
  const readme = await Bun.file(`${checkout}/apps/README.md`).text();
  const listed = serviceValueFiles({ service: "SERVICE", environment: "ENVIRONMENT", cluster: "CLUSTER" });
  const places = listed.map((file) => readme.indexOf(`\`${file}\``));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test("a tenant's own copies take values in the order that is coded here", async () => {
  await using sample = await sampleRepository([cluster.sharedUs]);
  const selection = { clusters: [], applications: ["tenant-soylent-case-service"] };
  const { fleet } = await loadFleet(await Repository.read(sample.root, { env: process.env }), { selection });
  const application = fleet.applications.find(({ name }) => name === "tenant-soylent-case-service")!;
  const at = { tenant: "soylent", service: "case-service", environment: "prod", cluster: cluster.sharedUs };
  expect(valueFilesOf(application)).toEqual(tenantValueFiles(at));
});
