import { imageFiles, whereOf } from "../image/deployed.ts";
import { kubernetesSupport } from "../model/support.ts";
import type { Content } from "../repo/content.ts";
import { exceptionsFile } from "../repo/layout.ts";

/** Something that time has overtaken, or soon will. */
export interface Overdue {
  what: string;
  since: string;
  fix: string;
}

/** Holds that are over, exceptions that are over, versions of Kubernetes without fixes on a day. Sorted by day. */
export function overdueOf(content: Content, day: string): Overdue[] {
  const found: Overdue[] = [];
  for (const image of imageFiles(content))
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
  for (const [name, { document }] of content.documents.clusters) {
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
