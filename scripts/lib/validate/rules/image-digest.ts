import { imagesOf } from "../../fleet/images.ts";
import type { Rule } from "../rule.ts";

const pinned = /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9._-]*@sha256:[0-9a-f]{64}$/;

export const imageDigest: Rule = {
  id: "image-digest",
  severity: "error",
  holds: "Every image is REGISTRY/NAME:TAG@sha256:DIGEST, those that operators make containers of too.",
  because: "A tag can be moved, and an image without a registry comes from whichever the node thinks of first (D-70).",
  *check(fleet) {
    for (const { deployed, what, image } of imagesOf(fleet)) {
      if (pinned.test(image)) continue;
      const message = `${what} runs ${JSON.stringify(image)}, which is not pinned`;
      yield { ...deployed.at, message, fix: "write it as REGISTRY/NAME:TAG@sha256:DIGEST" };
    }
  },
};
