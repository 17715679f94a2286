import { imagesOf } from "../../fleet/images.ts";
import type { Rule } from "../rule.ts";

export const imageRegistry: Rule = {
  id: "image-registry",
  severity: "error",
  holds: "Images come from the registry that the cluster's facts name, those that operators make containers of too.",
  because: "Another registry is one that nobody scans, mirrors or can reach from a customer's network (D-70).",
  *check(fleet) {
    for (const { deployed, what, image } of imagesOf(fleet)) {
      const registry = image.split("/")[0]!;
      const allowed = fleet.documents.clusters.get(deployed.cluster)!.document.spec.registry;
      if (registry === allowed) continue;
      const message = `${what} pulls from ${registry}, not from ${allowed}`;
      yield {
        ...deployed.at,
        message,
        fix: `mirror the image to ${allowed}, or correct registry in the cluster's facts`,
      };
    }
  },
};
