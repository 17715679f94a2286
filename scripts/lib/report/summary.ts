import type { Finding, Omission } from "../core/finding.ts";
import { visible } from "../core/visible.ts";
import { within } from "../repo/address.ts";
import type { Validation } from "../validate/validate.ts";

/** How much was done, in numbers, and what was not, with reasons. */
export interface Summary {
  clusters: number;
  applications: number;
  rendered: number;
  objects: number;
  findings: number;
  /** Applications whose manifests came without starting a program. */
  cached: number;
  milliseconds: number;
  /** What rendered them. */
  renderer: string;
  /** Which Kubernetes' own code judged them, as 1.36; null where none did. */
  judgedBy: string | null;
  /** Findings that apps/exceptions.yaml excuses; they are in no list. */
  excused: number;
  /** Findings that allowances of addons name; likewise. */
  allowed: number;
  /** Findings that follow from one that is named. */
  folded: Omission[];
  notRendered: Omission[];
  notChecked: Omission[];
}

export function summarise({
  fleet,
  findings,
  followers,
  excused,
  allowed,
  notChecked,
  milliseconds,
}: Validation): Summary {
  const { applications } = fleet;
  const notRendered = applications.flatMap(({ id, notRendered }) =>
    notRendered === undefined ? [] : [{ what: id, reason: notRendered }],
  );
  return {
    clusters: new Set(applications.map(({ cluster }) => cluster)).size,
    applications: applications.length,
    rendered: applications.length - notRendered.length,
    objects: applications.reduce(
      (sum, { notRendered, objects }) => sum + (notRendered === undefined ? objects.length : 0),
      0,
    ),
    findings: findings.length,
    cached: applications.filter(({ notRendered, cached }) => notRendered === undefined && cached).length,
    milliseconds: Math.round(milliseconds.read + milliseconds.render + milliseconds.check),
    renderer: fleet.renderer,
    judgedBy: fleet.judgedBy ?? null,
    excused,
    allowed,
    folded: followers.map(({ finding, cause }) => ({
      what: placeOf(finding) === "" ? finding.rule : `${finding.rule} at ${placeOf(finding)}`,
      reason: `follows from ${placeOf(cause)} (${cause.rule})`,
    })),
    notRendered,
    notChecked,
  };
}

/** FILE:LINE:COLUMN as far as it is known. */
export function placeOf({ file, line, column }: Finding): string {
  return [file ?? "", line, column].filter((part) => part !== undefined && part !== "").join(":");
}

/** One row of the table: a cluster and what was found in it. */
export interface ClusterRow {
  cluster: string;
  environment: string;
  model: string;
  kubernetes: string;
  applications: number;
  rendered: number;
  objects: number;
  findings: number;
}

export function clusterRows({ fleet, findings }: Validation): ClusterRow[] {
  return [...fleet.documents.clusters].flatMap(([cluster, { document }]) => {
    const own = fleet.applications.filter((application) => application.cluster === cluster);
    if (own.length === 0) return [];
    const rendered = own.filter(({ notRendered }) => notRendered === undefined);
    const { environment, model, kubernetesVersion } = document.spec;
    return [
      {
        cluster,
        environment,
        model,
        kubernetes: kubernetesVersion,
        applications: own.length,
        rendered: rendered.length,
        objects: rendered.reduce((sum, { objects }) => sum + objects.length, 0),
        findings: findings.filter((finding) => belongsTo(finding, cluster)).length,
      },
    ];
  });
}

function belongsTo({ application, file }: Finding, cluster: string): boolean {
  return application?.startsWith(`${cluster}/`) ?? (file !== undefined && within("cluster", file)?.cluster === cluster);
}

/** Omissions with one reason, together: "108 Applications: not asked for". */
export function groupOmissions(omissions: readonly Omission[], one: string, many: string): string[] {
  const byReason = Map.groupBy(omissions, ({ reason }) => visible(reason));
  return [...byReason].map(([reason, items]) => {
    const names = [...new Set(items.map(({ what }) => visible(what)))];
    const named = names.slice(0, 3);
    const more = names.length > named.length ? `, and ${names.length - named.length} more` : "";
    return `${items.length} ${items.length === 1 ? one : many}: ${reason} (${named.join(", ")}${more})`;
  });
}
