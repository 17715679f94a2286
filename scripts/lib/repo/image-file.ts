import type { Change } from "../core/change.ts";
import type { Json } from "../core/json.ts";
import { editYaml } from "../yaml/emit.ts";
import { replaceScalars } from "../yaml/scalar.ts";
import { heading } from "./modeline.ts";

/** A new file of the image that runs somewhere: tag and digest as every bump writes them, then what else there is. */
export function imageFileChange(
  file: string,
  { tag, digest, ...rest }: { tag: string; digest: string; [key: string]: Json },
): Change {
  const image = replaceScalars("image:\n  tag: x\n  digest: x\n", [
    { path: ["image", "tag"], value: tag },
    { path: ["image", "digest"], value: digest },
  ]);
  const edits = Object.entries(rest).map(([key, value]) => ({ path: ["image", key], value }));
  return { path: file, content: heading(file) + (edits.length === 0 ? image : editYaml(image, edits)) };
}
