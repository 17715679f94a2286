import { canonical } from "../core/json.ts";
import { formatResource } from "../model/resource.ts";
import type { Difference, ImageChange, ObjectChange } from "./compare.ts";
import type { Row } from "./structure.ts";

/** Changes that are alike, as one: the same rows, whatever the objects are. */
export interface Fold {
  /** Kinds of the objects, sorted. */
  kinds: string[];
  rows: Row[];
  /** Objects, as CLUSTER/APPLICATION KIND NAME, sorted. */
  objects: string[];
  applications: string[];
}

/** Folds alike changes; those that most objects share come first. */
export function foldChanges(changes: readonly ObjectChange[]): Fold[] {
  const groups = Map.groupBy(
    changes.filter(({ kind, rows }) => kind === "changed" && rows.length > 0),
    ({ id, rows }) => `${isSecret(id) ? "secret" : ""}${canonical(rows)}`,
  );
  return [...groups.values()]
    .map((group) => ({
      kinds: [...new Set(group.map(({ id }) => id.kind))].toSorted(),
      rows: group[0]!.rows,
      objects: group.map(({ application, id }) => `${application}: ${formatResource(id)}`).toSorted(),
      applications: applicationsOf(group),
    }))
    .toSorted((a, b) => b.objects.length - a.objects.length || (a.objects[0]! < b.objects[0]! ? -1 : 1));
}

/** In which Applications something is, each once, sorted. */
export const applicationsOf = (group: readonly { application: string }[]): string[] =>
  [...new Set(group.map(({ application }) => application))].toSorted();

/** Secrets are never folded with anything else: they are told of apart. */
export const isSecret = ({ kind }: ObjectChange["id"]) => kind === "SopsSecret" || kind === "Secret";

/** One line of the table of images. */
export interface ImageFold {
  image: string;
  before: string;
  after: string;
  applications: string[];
}

export function foldImages(images: readonly ImageChange[]): ImageFold[] {
  const groups = Map.groupBy(images, ({ image, before, after }) => [image, before, after].join("\0"));
  return [...groups.values()]
    .map((group) => ({
      image: group[0]!.image,
      before: group[0]!.before,
      after: group[0]!.after,
      applications: applicationsOf(group),
    }))
    .toSorted((a, b) => (a.image < b.image ? -1 : a.image > b.image ? 1 : a.before < b.before ? -1 : 1));
}

/** Whole Applications and single objects that are gone or new, alike ones together: "Deployment murima/x" in all of these. */
export function foldObjects(
  difference: Difference,
  kind: "added" | "removed",
): { object: string; applications: string[] }[] {
  const whole = new Set(difference[kind]);
  const single = difference.objects.filter((change) => change.kind === kind && !whole.has(change.application));
  const groups = Map.groupBy(single, ({ id }) => formatResource(id));
  return [...groups]
    .map(([object, group]) => ({ object, applications: group.map(({ application }) => application).toSorted() }))
    .toSorted((a, b) => (a.object < b.object ? -1 : 1));
}
