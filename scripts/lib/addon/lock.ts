import { compare, valid } from "semver";

import type { Change } from "../core/change.ts";
import { apiVersion } from "../core/company.ts";
import type { Json } from "../core/json.ts";
import { documentFile } from "../repo/document-kinds.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";
import type { LockedChart } from "./placements.ts";

/** The lock of an addon with these charts, newest last. One change a version: nobody writes into it by hand. */
export function lockChange(addon: string, charts: readonly LockedChart[]): Change {
  const path = documentFile("AddonLock", { addon });
  const sorted = charts.toSorted((a, b) =>
    valid(a.version) !== null && valid(b.version) !== null
      ? compare(a.version, b.version)
      : a.version < b.version
        ? -1
        : 1,
  );
  const document: Json = {
    apiVersion,
    kind: "AddonLock",
    metadata: { name: addon, annotations: { "config.kubernetes.io/local-config": "true" } },
    spec: {
      charts: sorted.map(({ version, archive, digest, definitions, images }) => ({
        version,
        archive,
        digest,
        ...(definitions === undefined ? {} : { definitions }),
        ...(images === undefined ? {} : { images: images.map((image) => ({ ...image })) }),
      })),
    },
  };
  return { path, content: heading(path) + emitYaml(document) };
}

/** The charts of a lock with one more, or with other bytes for a version. */
export function withChart(charts: readonly LockedChart[], chart: LockedChart): LockedChart[] {
  return [...charts.filter(({ version }) => version !== chart.version), chart];
}
