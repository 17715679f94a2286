import { isObject, type Json, stringAt } from "../../core/json.ts";
import { formatResource } from "../../model/resource.ts";
import type { Rule } from "../rule.ts";

const pinned = /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9._-]*@sha256:[0-9a-f]{64}$/;

export const imageDigest: Rule = {
  id: "image-digest",
  severity: "error",
  holds: "Every image is REGISTRY/NAME:TAG@sha256:DIGEST.",
  because: "A tag can be moved, and an image without a registry comes from whichever the node thinks of first (D-70).",
  *check({ applications }) {
    for (const { id: application, objects } of applications) {
      for (const { id, object, file } of objects) {
        for (const image of imagesIn(object)) {
          if (pinned.test(image)) continue;
          const message = `the image ${JSON.stringify(image)} is not pinned`;
          const at = { application, object: formatResource(id), ...(file === undefined ? {} : { file }) };
          yield { ...at, message, fix: "write it as REGISTRY/NAME:TAG@sha256:DIGEST" };
        }
      }
    }
  },
};

/** Images of containers, wherever pods are described: also in the templates inside custom resources. */
function* imagesIn(value: Json): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* imagesIn(item);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (/^(containers|initContainers|ephemeralContainers)$/.test(key) && Array.isArray(item)) {
      for (const container of item) {
        const image = stringAt(container, "image");
        if (image !== undefined) yield image;
      }
    } else yield* imagesIn(item);
  }
}
