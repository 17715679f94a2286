import type { Cluster } from "../model/generated.ts";

/** Where a cluster's Argo CD pulls from, by its facts: files from one repository, charts from one registry. */
export interface PullSource extends Pick<Cluster["spec"]["repository"], "url" | "revision"> {
  registry: string;
}

export function pullSourceOf({ spec: { repository, registry } }: Cluster): PullSource {
  return { url: repository.url, revision: repository.revision, registry };
}

/** The repository of an addon's chart in a registry, without its scheme. */
export const chartRepository = (registry: string, addon: string) => `${registry}/charts/${addon}`;
/** That of its definitions. */
export const definitionsRepository = (registry: string, addon: string) => `${registry}/chart-definitions/${addon}`;

/** Why a URL and a revision are not those of the facts: what Argo CD would read then was proven by nobody. */
export function pullProblems(
  url: string | undefined,
  revision: string | undefined,
  source: PullSource,
): { message: string; fix: string }[] {
  const problems: { message: string; fix: string }[] = [];
  if (url !== source.url)
    problems.push({
      message: `pulls from ${url ?? "nowhere"}, which is not this cluster's repository`,
      fix: `only ${source.url} is rendered and reviewed here: take what it needs into this repository`,
    });
  if (revision !== source.revision)
    problems.push({
      message: `pulls the revision ${revision ?? "HEAD"}, which is not that of this cluster's facts`,
      fix: `only ${source.revision} is reviewed: name it, or change spec.repository.revision of the cluster`,
    });
  return problems;
}
