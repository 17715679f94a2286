import { canonical, type JsonObject } from "../core/json.ts";
import { identity, type ResourceId } from "../model/resource.ts";
import type { Application } from "../render/application.ts";

/** An object as it was and as it is to be; undefined on the side where it is not. Never alike on both. */
export interface Pair {
  application: Application;
  id: ResourceId;
  before: JsonObject | undefined;
  after: JsonObject | undefined;
}

/** An Application on both sides, or on one. */
export interface Sides {
  before: Application | undefined;
  after: Application | undefined;
}

/** Applications that are rendered wherever they are, by their ids. */
export function sidesOf(old: readonly Application[], now: readonly Application[]): Sides[] {
  const [before, after] = [old, now].map((side) => new Map(side.map((own) => [own.id, own])));
  const ids = [...new Set([...before!.keys(), ...after!.keys()])].toSorted();
  return ids
    .map((id) => ({ before: before!.get(id), after: after!.get(id) }))
    .filter((sides) => Object.values(sides).every((side) => side?.notRendered === undefined));
}

/** Objects of an Application that differ. */
export function pairsOf({ before, after }: Sides): Pair[] {
  const [old, now] = [before, after].map((side) => new Map(side?.objects.map((own) => [identity(own.id), own])));
  return [...new Set([...old!.keys(), ...now!.keys()])].flatMap((key): Pair[] => {
    const [a, b] = [old!.get(key), now!.get(key)];
    if (a !== undefined && b !== undefined && (a.object === b.object || canonical(a.object) === canonical(b.object)))
      return [];
    return [{ application: (after ?? before)!, id: (b ?? a)!.id, before: a?.object, after: b?.object }];
  });
}
