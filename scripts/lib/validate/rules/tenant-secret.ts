import { heldObjects, holdsSecret } from "../../fleet/references.ts";
import { requiredSecrets } from "../../fleet/tenant-secrets.ts";
import { requiredAnnotation } from "../../secret/sops-secret.ts";
import { placementFile } from "../../tenant/placement.ts";
import type { Rule } from "../rule.ts";

export const tenantSecret: Rule = {
  id: "tenant-secret",
  severity: "error",
  needs: "clusters",
  holds: `Where a grant lets shared services read a Secret by a role with the annotation ${requiredAnnotation}, the tenant's part holds it. Other Secrets that such roles name (channels, sign-in) are optional.`,
  because: "A tenant with a database of its own would have no credentials for it: every request of it would fail.",
  *check(fleet) {
    const held = heldObjects(fleet);
    for (const { cluster, tenant, namespace, name } of requiredSecrets(fleet)) {
      if (holdsSecret(held, cluster, namespace, name)) continue;
      yield {
        file: placementFile(tenant, cluster),
        line: 1,
        message: `holds no Secret ${name}, which shared services need for ${tenant}`,
        fix: "bun run secrets generate makes it",
      };
    }
  },
};
