import type { Omission } from "../core/finding.ts";
import { type JsonObject, stringAt } from "../core/json.ts";
import { containers, podSpecs } from "../model/pods.ts";
import { formatResource, type ResourceId } from "../model/resource.ts";
import type { Application } from "../render/application.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { shown } from "./shown.ts";
import { compareStructure, type Row } from "./structure.ts";

/** An object that is only on one side, or differs. */
export interface ObjectChange {
  application: string;
  cluster: string;
  id: ResourceId;
  kind: "added" | "changed" | "removed";
  /** Without checksums, and what the table of images says. */
  rows: Row[];
}

/** An image that runs another version. */
export interface ImageChange {
  application: string;
  cluster: string;
  image: string;
  before: string;
  after: string;
}

export interface Difference {
  /** Applications that are there on one side only. */
  added: string[];
  removed: string[];
  changed: string[];
  same: number;
  objects: ObjectChange[];
  images: ImageChange[];
  /** Each of the objects as it was and as it is to be. */
  pairs: Pair[];
  /** What could not be rendered on one side or both. */
  notCompared: Omission[];
}

/** The difference between two renders of a fleet, by Application and object. Pure; sorted. */
export function compareApplications(then: readonly Application[], after: readonly Application[]): Difference {
  const [old, now] = [then, after].map((side) => new Map(side.map((own) => [own.id, own])));
  const result: Difference = {
    added: [],
    removed: [],
    changed: [],
    same: 0,
    objects: [],
    images: [],
    pairs: [],
    notCompared: [],
  };
  for (const id of [...new Set([...old!.keys(), ...now!.keys()])].toSorted()) {
    const [a, b] = [old!.get(id), now!.get(id)];
    const reasons = [
      a?.notRendered === undefined ? undefined : `before: ${a.notRendered}`,
      b?.notRendered === undefined ? undefined : `after: ${b.notRendered}`,
    ].filter((reason) => reason !== undefined);
    if (reasons.length > 0) {
      result.notCompared.push({ what: id, reason: reasons.join("; ") });
      continue;
    }
    if (a === undefined) result.added.push(id);
    if (b === undefined) result.removed.push(id);
    const before = result.images.length;
    const pairs = pairsOf({ before: a, after: b });
    const changes = compareObjects(pairs, result.images);
    if (a !== undefined && b !== undefined) {
      if (changes.length > 0 || result.images.length > before) result.changed.push(id);
      else result.same++;
    }
    result.objects.push(...changes);
    result.pairs.push(...pairs);
  }
  return result;
}

/** Of one Application. */
function compareObjects(pairs: readonly Pair[], images: ImageChange[]): ObjectChange[] {
  const found: ObjectChange[] = [];
  const restarted = new Set<ObjectChange>();
  const first = images.length;
  for (const { application: own, id, before: a, after: b } of pairs) {
    const { id: application, cluster } = own;
    if (a === undefined || b === undefined) {
      found.push({ application, cluster, id, kind: a === undefined ? "added" : "removed", rows: [] });
      continue;
    }
    const versions = imageChanges(a.object, b.object);
    for (const { container: _container, ...change } of versions) images.push({ application, cluster, ...change });
    // What is in the table of images is not told twice; another registry or another image is in no table.
    const told = new Set(versions.map(({ container }) => container));
    const all = compareStructure(shown(a.object), shown(b.object)).filter(({ path }) => !told.has(containerOf(path)));
    // That another checksum starts pods anew is told of as such.
    const rows = all.filter(({ path }) => !isChecksum(path));
    const change: ObjectChange = { application, cluster, id, kind: "changed", rows };
    found.push(change);
    if (rows.length < all.length) restarted.add(change);
  }
  // Every object of a service has a label with its version.
  const moved = new Set(
    images.slice(first).map(({ before, after }) => `${JSON.stringify(tagOf(before))} ${JSON.stringify(tagOf(after))}`),
  );
  for (const change of found)
    change.rows = change.rows.filter(
      ({ path, before, after }) =>
        !(isVersionLabel(path) && moved.has(`${JSON.stringify(before)} ${JSON.stringify(after)}`)),
    );
  const name = (change: ObjectChange) => formatResource(change.id);
  return found
    .filter((change) => change.kind !== "changed" || change.rows.length > 0 || restarted.has(change))
    .toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}

const tagOf = (version: string) => version.split(" ")[0]!;
const isVersionLabel = (path: string) => path.endsWith("labels.[app.kubernetes.io/version]");
/** Charts note what a pod reads in its annotations, so that it is started anew where that changes. */
const isChecksum = (path: string) => /annotations\.checksum\/[^.]+$/.test(path);
/** The container whose image a path leads to; empty for any other path. */
const containerOf = (path: string) => /[cC]ontainers\[([^\]]*)\]\.image$/.exec(path)?.[1] ?? "";

/** Containers that run another version of the same image, out of the same registry. */
function imageChanges(before: JsonObject, after: JsonObject) {
  const imagesOf = (object: JsonObject) =>
    new Map(
      podSpecs(object)
        .flatMap(({ spec }) => containers(spec))
        .map((container) => [stringAt(container, "name") ?? "", parts(stringAt(container, "image") ?? "")]),
    );
  const old = imagesOf(before);
  return [...imagesOf(after)].flatMap(([container, { registry, image, version }]) => {
    const was = old.get(container);
    const isSame = was?.registry === registry && was.image === image;
    return isSame && was.version !== version ? [{ container, image, before: was.version, after: version }] : [];
  });
}

/** REGISTRY/NAME:TAG@DIGEST in its parts; the version is the tag and the first digits of the digest. */
function parts(reference: string): { registry: string; image: string; version: string } {
  const match = /^(?:([^/]+)\/)?(.*?)(?::([^:@/]+))?(?:@sha256:([0-9a-f]{12})[0-9a-f]*)?$/.exec(reference);
  const [, registry = "", image = reference, tag = "", digest = ""] = match ?? [];
  return {
    registry,
    image,
    version: [tag, digest === "" ? "" : `(${digest})`].filter((part) => part !== "").join(" "),
  };
}
