import { chartFiles, deployedFiles, whereOf } from "../image/deployed.ts";
import { kubernetesSupport } from "../model/support.ts";
import type { Content } from "../repo/content.ts";
import { exceptionsFile } from "../repo/layout.ts";

/** Something that time has overtaken, or soon will. */
export interface Overdue {
  what: string;
  since: string;
  fix: string;
}

/** Addons that some cluster runs. */
function addonsInUse(content: Content) {
  const names = new Set(chartFiles(content).map(({ service }) => service));
  return [...content.documents.addons].flatMap(([service, addon]) => (names.has(service) ? [{ service, addon }] : []));
}

/**
 * Holds, exceptions and addons that are over, rehearsals that are due, versions of Kubernetes without fixes on a day.
 * Sorted by day.
 */
export function overdueOf(content: Content, day: string): Overdue[] {
  const found: Overdue[] = [];
  for (const image of deployedFiles(content))
    if (image.hold !== undefined && image.hold.expires < day)
      found.push({
        what: `the hold of ${image.service} on ${whereOf(image)} (${image.hold.reason})`,
        since: image.hold.expires,
        fix: "bun run hold --release, or hold it anew with a reason",
      });
  for (const { rule, expires } of content.documents.exceptions?.document.spec.exceptions ?? [])
    if (expires < day)
      found.push({
        what: `the exception from ${rule} in ${exceptionsFile}`,
        since: expires,
        fix: "mend what it excuses",
      });
  for (const { service, addon } of addonsInUse(content)) {
    const { file, document } = addon;
    if (document.spec.endOfLife < day)
      found.push({
        what: `the addon ${service}`,
        since: document.spec.endOfLife,
        fix: `bun run charts outdated --addon ${service}, bun run bump-chart, then endOfLife in ${file}`,
      });
  }
  for (const [name, { file, document }] of content.documents.clusters) {
    const rehearsal = document.spec.rehearsals?.next;
    if (rehearsal !== undefined && rehearsal < day)
      found.push({
        what: `the rehearsal of restores on ${name}`,
        since: rehearsal,
        fix: `restore each store beside the one that runs (docs/stores.md), then spec.rehearsals in ${file}`,
      });
    const version = document.spec.kubernetesVersion;
    const end = kubernetesSupport[version];
    if (end === undefined || end < day)
      found.push({
        what: `Kubernetes ${version} on ${name}`,
        since: end ?? "an unknown day",
        fix:
          end === undefined ? "add the version to scripts/lib/model/support.ts" : "upgrade the cluster, then its facts",
      });
  }
  return found.toSorted((a, b) => (a.since + a.what < b.since + b.what ? -1 : 1));
}
