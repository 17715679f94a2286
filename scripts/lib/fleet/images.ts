import { isObject, type Json } from "../core/json.ts";
import { containerName } from "../model/pods.ts";
import { madeOf } from "../operator/operators.ts";
import type { Fleet } from "./fleet.ts";
import { type DeployedObject, podContainers, renderedObjects } from "./objects.ts";

/** An image that something here runs: a container's, or one that an operator makes containers of. */
export interface Image {
  deployed: DeployedObject;
  /** For people: the container, or the field. */
  what: string;
  image: string;
}

const fields: ReadonlySet<string> = new Set(["image", "imageName"]);
/** Containers that a resource describes are containers, and looked at as such. */
const described: ReadonlySet<string> = new Set(["containers", "initContainers"]);

export function* imagesOf(fleet: Fleet): Iterable<Image> {
  for (const { deployed, container } of podContainers(fleet)) {
    const image = container["image"];
    yield { deployed, what: containerName(container), image: typeof image === "string" ? image : "" };
  }
  for (const deployed of renderedObjects(fleet)) {
    if (madeOf(deployed.object) === undefined) continue;
    for (const [what, image] of named(deployed.object["spec"] ?? {}, "spec")) yield { deployed, what, image };
  }
}

function* named(value: Json, where: string): Iterable<[where: string, image: string]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* named(item, `${where}[${index}]`);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (described.has(key)) continue;
    if (fields.has(key) && typeof item === "string") yield [`${where}.${key}`, item];
    // Code that a proxy loads is an image too.
    else if (key === "image" && isObject(item) && typeof item["url"] === "string")
      yield [`${where}.image.url`, item["url"]];
    else yield* named(item, `${where}.${key}`);
  }
}
