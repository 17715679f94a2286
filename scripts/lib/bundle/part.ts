import { type Change, mergeChanges } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { placesIn, within } from "../repo/address.ts";
import { type Content, expectName } from "../repo/content.ts";
import { clusterFacts, codeownersFile, environmentFacts, sopsConfigFile } from "../repo/layout.ts";
import { sopsConfig } from "../secret/sops-config.ts";
import { withTenants } from "../tenant/codeowners.ts";
import { editYaml } from "../yaml/emit.ts";
import { replaceScalars } from "../yaml/scalar.ts";

/** What of the repository some clusters may see: their own folders, and those of whoever is placed on them. */
export interface Part {
  clusters: readonly string[];
  tenants: readonly string[];
  environments: readonly string[];
}

/** Where clusters pull from, in place of what their facts say. */
export interface PullsFrom {
  registry?: string | undefined;
  repository?: string | undefined;
}

/** The part of some clusters. Refused where one can't stand without another that is not named, or where they are of two customers. */
export function partOf(content: Content, clusters: readonly string[]): Part {
  const { tree, documents } = content;
  if (clusters.length === 0) throw new UsageError("name the clusters whose part it is: --cluster NAME");
  for (const name of clusters) expectName("cluster", name, documents.clusters.keys());
  const chosen = [...new Set(clusters)].toSorted();
  const facts = chosen.map((name) => [name, documents.clusters.get(name)!.document.spec] as const);
  for (const [name, { peer, stores }] of facts)
    for (const other of [...(peer === undefined ? [] : [peer.cluster]), ...(stores.shared?.with ?? [])])
      if (!chosen.includes(other))
        throw new UsageError(`${name} does not stand without ${other}, by its facts: name both, --cluster ${other}`);
  const grants = chosen.flatMap((cluster) => placesIn(tree, "grant", { cluster }));
  const tenants = [...new Set(grants.map(({ tenant }) => tenant))].toSorted();
  const dedicated = new Set(facts.flatMap(([name, { model }]) => (model === "multi-tenant" ? [] : [name])));
  const owners = Map.groupBy(
    grants.filter(({ cluster }) => dedicated.has(cluster)),
    ({ tenant }) => tenant,
  );
  if (dedicated.size > 0 && (owners.size > 1 || dedicated.size < chosen.length)) {
    const of = chosen.map((name) => `${name} (${ownersOf(grants, name)})`).join(", ");
    throw new UsageError(`these are not one customer's: ${of}; make one for each`);
  }
  return { clusters: chosen, tenants, environments: [...new Set(facts.map(([, own]) => own.environment))].toSorted() };
}

function ownersOf(grants: readonly { cluster: string; tenant: string }[], name: string): string {
  const own = grants.filter(({ cluster }) => cluster === name).map(({ tenant }) => tenant);
  return own.join(", ") || "nobody placed";
}

/** Whether a file of the fleet is a part's: its own, or what every cluster runs. Pages about folders are about the whole. */
export function isInPart(file: string, { clusters, tenants, environments }: Part): boolean {
  const cluster = within("cluster", file)?.cluster;
  if (cluster !== undefined) return clusters.includes(cluster);
  const environment = within("environment", file)?.environment;
  if (environment !== undefined) return environments.includes(environment);
  const tenant = within("tenant", file)?.tenant;
  if (tenant !== undefined) {
    const placed = within("placement", file)?.cluster;
    return tenants.includes(tenant) && (placed === undefined || clusters.includes(placed));
  }
  return !/^[^/]+\/README\.md$/.test(file);
}

/** The changes that make of the repository a part of it: what is not of it is taken out, what named it is written anew. */
export function partChanges(content: Content, part: Part, pulls: PullsFrom): Change[] {
  const { tree, documents } = content;
  const gone = tree.paths.filter((file) => !isInPart(file, part)).map((path): Change => ({ path, content: null }));
  const environments = part.environments.flatMap((name): Change[] => {
    const file = environmentFacts(name);
    const { promotesFrom, mirrors } = documents.environments.get(name)!.document.spec;
    // Nothing is promoted in a part: versions come with the next one.
    const others = [
      ...(promotesFrom === undefined || part.environments.includes(promotesFrom) ? [] : [["spec", "promotesFrom"]]),
      ...(mirrors === undefined || part.environments.includes(mirrors.environment) ? [] : [["spec", "mirrors"]]),
    ];
    if (others.length === 0) return [];
    return [
      {
        path: file,
        content: editYaml(
          tree.text(file),
          others.map((path) => ({ path, value: undefined })),
        ),
      },
    ];
  });
  const facts = part.clusters.flatMap((name): Change[] => {
    const file = clusterFacts(name);
    const edits = [
      { path: ["spec", "registry"], value: pulls.registry },
      { path: ["spec", "repository", "url"], value: pulls.repository },
    ].flatMap(({ path, value }) => (value === undefined ? [] : [{ path, value }]));
    return edits.length === 0 ? [] : [{ path: file, content: replaceScalars(tree.text(file), edits) }];
  });
  return mergeChanges(gone, [...environments, ...facts]);
}

/** Files that list everybody, as they are of a part: its content is read anew, its files are the whole's. */
export function listChanges({ tree, documents }: Content): Change[] {
  const owners = new Map([...documents.tenants].map(([id, { document }]) => [id, document.spec.owners]));
  const codeowners = tree.has(codeownersFile) ? withTenants(tree.text(codeownersFile), owners) : undefined;
  return [
    ...(tree.has(sopsConfigFile) ? [{ path: sopsConfigFile, content: sopsConfig(tree, documents) }] : []),
    ...(codeowners === undefined ? [] : [{ path: codeownersFile, content: codeowners }]),
  ];
}
