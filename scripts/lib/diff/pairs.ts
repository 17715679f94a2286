import { canonical, type JsonObject } from "../core/json.ts";
import { identity, type ResourceId } from "../model/resource.ts";
import type { Application, FleetObject } from "../render/application.ts";

/** An object as it was and as it is to be; undefined on the side where it is not. Never alike on both. */
export interface Pair {
  application: Application;
  id: ResourceId;
  before: FleetObject | undefined;
  after: FleetObject | undefined;
}

/** An Application on both sides, or on one. */
export interface Sides {
  before: Application | undefined;
  after: Application | undefined;
}

/** Objects of an Application that differ. */
export function pairsOf({ before, after }: Sides): Pair[] {
  const [old, now] = [before, after].map((side) => new Map(side?.objects.map((own) => [identity(own.id), own])));
  return [...new Set([...old!.keys(), ...now!.keys()])].flatMap((key): Pair[] => {
    const [a, b] = [old!.get(key), now!.get(key)];
    if (a !== undefined && b !== undefined && isAlike(a.object, b.object)) return [];
    return [{ application: (after ?? before)!, id: (b ?? a)!.id, before: a, after: b }];
  });
}

/** Mostly the very same text, or even the same object: only what is not is put in order first. */
const isAlike = (a: JsonObject, b: JsonObject) =>
  a === b || JSON.stringify(a) === JSON.stringify(b) || canonical(a) === canonical(b);
