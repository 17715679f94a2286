import path from "node:path";

import { suggest } from "../../core/suggest.ts";
import { absentLayers } from "../../render/application.ts";
import { placesIn, within } from "../../repo/address.ts";
import { allDocuments } from "../../repo/documents.ts";
import { addonValueFiles, chartFile, definitionsFile, generatedFiles, publishedKeyFile } from "../../repo/layout.ts";
import type { Rule } from "../rule.ts";

/** Read by people, by editors or by Helm alone. */
const unread = /(^|\/)(README\.md|\.gitkeep|\.helmignore)$/;

export const orphanFile: Rule = {
  id: "orphan-file",
  severity: "error",
  needs: "fleet",
  holds: "Every file of the fleet is read by an Application or is a document.",
  because: "A value in a file that nobody reads looks like a setting and is none (D-09).",
  *check({ applications, documents, tree }) {
    const read = new Set(applications.flatMap(({ reads }) => reads));
    const absent = [...new Set(applications.flatMap(absentLayers))];
    for (const file of generatedFiles) read.add(file);
    // Read by people; published-key says where one may be.
    for (const cluster of documents.clusters.keys()) read.add(publishedKeyFile(cluster));
    for (const { file } of allDocuments(documents)) {
      read.add(file);
      // Beside facts, so that an overlay may include them.
      if (path.posix.basename(path.posix.dirname(file)) === "facts")
        read.add(path.posix.join(path.posix.dirname(file), "kustomization.yaml"));
    }
    const placed = new Set(placesIn(tree, "addon").map((place) => place.addon));
    // Of an addon whose archive is not on this machine nothing was read, and yet everything has its place.
    for (const place of placesIn(tree, "addon")) {
      const environment = documents.clusters.get(place.cluster)?.document.spec.environment ?? "";
      for (const file of [...addonValueFiles({ ...place, environment }), chartFile(place), definitionsFile(place)])
        read.add(file);
    }
    const parts = new Set(placesIn(tree, "platform").map((place) => place.part));
    const inUse = new Set([...documents.clusters.values()].map(({ document }) => document.spec.environment));
    const ways = new Set([...read].map(wayOf));
    for (const file of tree.paths) {
      if (read.has(file) || unread.test(file)) continue;
      // How a store may be run, where no cluster runs it so.
      const way = wayOf(file);
      if (way !== undefined && !ways.has(way)) continue;
      // What a cluster or a grant chooses from: nobody may need it today. Without tenants all of it waits for the first.
      const choice = within("tenantBase", file)?.file;
      if (choice !== undefined && (documents.tenants.size === 0 || choice.startsWith("components/"))) continue;
      if (within("clusterComponent", file) !== undefined) continue;
      const part = within("platformDefinition", file);
      // A part of the platform that no cluster has is there to choose, as components are.
      if (part !== undefined && (part.file.startsWith("components/") || !parts.has(part.part))) continue;
      const { addon, file: own } = within("addonDefinition", file) ?? {};
      if (own?.startsWith("namespace/components/") === true) continue;
      // An addon that no cluster runs is there to choose.
      if (addon !== undefined && !placed.has(addon)) continue;
      // What it is in an environment may be said before a cluster of that runs it.
      if (addon !== undefined && documents.environments.has(/^values-(.+)\.yaml$/.exec(own ?? "")?.[1] ?? "")) continue;
      // An environment that has no cluster yet is prepared, not forgotten.
      const environment = within("environment", file)?.environment ?? "";
      if (documents.environments.has(environment) && !inUse.has(environment)) continue;
      const folder = path.posix.dirname(file);
      const free = absent
        .filter((layer) => path.posix.dirname(layer) === folder)
        .map((layer) => path.posix.basename(layer));
      const meant = suggest(path.posix.basename(file), free);
      const fix = meant === undefined ? "remove it, or name it where it is meant to be read" : `rename it to ${meant}`;
      yield { file, message: "is read by no Application", fix };
    }
  },
};

/** The part of a store that a file belongs to: apps/stores/STORE/operator, or managed, or backup. */
function wayOf(file: string): string | undefined {
  const found = within("storeDefinition", file);
  return found === undefined ? undefined : `${found.store}/${found.file.split("/")[0]!}`;
}
