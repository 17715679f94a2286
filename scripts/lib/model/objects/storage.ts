import { at, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { parseQuantity } from "../quantity.ts";
import type { Problems } from "./problem.ts";

/** The spec of a PersistentVolumeClaim. */
export function* claim(spec: Json): Problems {
  const size = at(spec, "resources", "requests", "storage");
  const modes = listAt(spec, "accessModes");
  if (size === undefined) yield { message: "asks for no storage", fix: "set spec.resources.requests.storage" };
  else if ((parseQuantity(size) ?? 0) <= 0)
    yield { message: `asks for ${JSON.stringify(size)} of storage`, fix: "ask for more than nothing" };
  if (modes.length === 0) yield { message: "has no accessModes", fix: "add accessModes" };
  if (modes.includes("ReadWriteOncePod") && modes.length > 1)
    yield { message: "has ReadWriteOncePod beside other accessModes", fix: "keep one of them" };
}

/** Amounts of things, which come whole. */
const counted =
  /^(count\/.*|configmaps|persistentvolumeclaims|pods|replicationcontrollers|resourcequotas|secrets|services(\..*)?)$/;

/** A ResourceQuota. */
export function* quota(object: JsonObject): Problems {
  for (const [name, amount] of Object.entries(objectAt(object, "spec", "hard"))) {
    const number = parseQuantity(amount) ?? 0;
    if (number < 0) yield { message: `allows ${JSON.stringify(amount)} of ${name}`, fix: "write 0 or more" };
    else if (counted.test(name) && !Number.isInteger(number))
      yield { message: `allows ${JSON.stringify(amount)} of ${name}`, fix: "write a whole number" };
  }
}
