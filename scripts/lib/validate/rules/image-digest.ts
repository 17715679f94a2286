import { stringAt } from "../../core/json.ts";
import { podContainers } from "../../fleet/objects.ts";
import { containerName } from "../../model/pods.ts";
import type { Rule } from "../rule.ts";

const pinned = /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9._-]*@sha256:[0-9a-f]{64}$/;

export const imageDigest: Rule = {
  id: "image-digest",
  severity: "error",
  holds: "Every image is REGISTRY/NAME:TAG@sha256:DIGEST.",
  because: "A tag can be moved, and an image without a registry comes from whichever the node thinks of first (D-70).",
  *check(fleet) {
    for (const { deployed, container } of podContainers(fleet)) {
      const image = stringAt(container, "image") ?? "";
      if (pinned.test(image)) continue;
      const message = `${containerName(container)} runs ${JSON.stringify(image)}, which is not pinned`;
      yield { ...deployed.at, message, fix: "write it as REGISTRY/NAME:TAG@sha256:DIGEST" };
    }
  },
};
