import { type JsonObject, objectAt } from "../../core/json.ts";
import type { Problems } from "./problem.ts";

/** What the annotations of one object may take together (apimachinery, TotalAnnotationSizeLimitB). */
const annotationLimit = 256 * 1024;

/** Keys and values of labels and annotations are the schema's matter; their size is not. */
export function* metadata(object: JsonObject): Problems {
  let size = 0;
  for (const [key, value] of Object.entries(objectAt(object, "metadata", "annotations")))
    size += Buffer.byteLength(key) + (typeof value === "string" ? Buffer.byteLength(value) : 0);
  if (size > annotationLimit)
    yield {
      message: `has ${Math.ceil(size / 1024)} KiB of annotations, more than the 256 KiB that a server takes`,
      fix: "keep large texts in a ConfigMap",
    };
}
