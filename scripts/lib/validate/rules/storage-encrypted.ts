import { at, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

/** What each driver takes for encryption at rest; of others it is the machine's disks that are encrypted, or not. */
const encrypted: Readonly<Record<string, { parameter: string; value: string }>> = {
  "ebs.csi.aws.com": { parameter: "encrypted", value: "true" },
};

export const storageEncrypted: Rule = {
  id: "storage-encrypted",
  severity: "error",
  holds: "A StorageClass of a provider makes volumes that are encrypted.",
  because: "A volume can't be encrypted later: whoever gets a copy of it reads what is in it (guide 5.4, D-34).",
  *check(fleet) {
    for (const { object, at: place } of renderedObjects(fleet, "StorageClass")) {
      const wanted = encrypted[stringAt(object, "provisioner") ?? ""];
      if (wanted === undefined || at(object, "parameters", wanted.parameter) === wanted.value) continue;
      yield {
        ...place,
        message: "makes volumes in the clear",
        fix: `add parameters.${wanted.parameter}: "${wanted.value}"`,
      };
    }
  },
};
