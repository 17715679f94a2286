import { expect, test } from "bun:test";

import { schemaOf } from "./modeline.ts";

test.each([
  ["clusters/c/facts/cluster.yaml", "schemas/cluster.json"],
  ["clusters/c/values.yaml", "apps/charts/service/values.schema.json"],
  ["tenants/t/c/services/s/values.yaml", "schemas/tenant-values.json"],
  ["tenants/t/c/services/s/image.yaml", "schemas/image.json"],
  ["apps/platform/namespaces/closed/allow-dns.yaml", "schemas/manifest.json"],
  ["apps/tenant/grant/namespace.yaml", "schemas/manifest.json"],
  ["clusters/base/root/application.yaml", "schemas/manifest.json"],
  ["clusters/c/platform/p/account.yaml", "schemas/manifest.json"],
  ["environments/e/tenants/label.yaml", "schemas/manifest.json"],
  ["tenants/t/c/settings.yaml", "schemas/manifest.json"],
  ["tenants/t/c/kustomization.yaml", "schemas/kustomization.json"],
  ["clusters/c/platform/secrets/s.sops.yaml", undefined],
  ["apps/charts/service/templates/service.yaml", undefined],
  ["apps/charts/service/Chart.yaml", undefined],
  // What nobody reads: its name is wrong, not its first line.
  ["clusters/c/services/s/valeus.yaml", undefined],
  ["tenants/t/c/services/s/valeus.yaml", undefined],
  ["tenants/t/facts/extra.yaml", undefined],
])("%s: %p", (file, schema) => {
  expect(schemaOf(file)).toBe(schema);
});
