import { newChartFile } from "../addon/place.ts";
import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { chartFiles, type ImageFile, imageFiles } from "../image/deployed.ts";
import type { Cluster } from "../model/generated.ts";
import { nameProblem } from "../model/names.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { imageFileChange } from "../repo/image-file.ts";
import { kustomizationChange } from "../repo/kustomization.ts";
import { clusterFacts, clusterValues, publishedKeyFile } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { emitYaml } from "../yaml/emit.ts";
import { addonsOf, overlaysOf, placeableAddonsOf, type Plan } from "./parts.ts";

/** A new cluster whose facts are whole. */
export interface NewCluster {
  name: string;
  plan: Plan;
  /** Its private key as a file, where the environment publishes them. */
  publishedKey?: string | undefined;
}

/** Refuses a name that can't be a cluster's, or that one has already. */
export function refuseName({ documents, tree }: Content, name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(problem);
  if (documents.retirements.has(name))
    throw new UsageError(`${name} was there once: the name of a cluster is never given again`);
  if (documents.clusters.has(name) || tree.isFolder(pathOf("cluster", { cluster: name })))
    throw new UsageError(`${name} is there already: bun run show ${name}`);
}

/** The facts of a new cluster as their file. */
export function factsChange(facts: Cluster): Change {
  const path = clusterFacts(facts.metadata.name);
  return { path, content: heading(path) + emitYaml(facts as unknown as Json) };
}

/** Every file of a new cluster that is not generated from others, but its facts: those are read already. */
export function newCluster(content: Content, { name, plan, publishedKey }: NewCluster): Change[] {
  const { environment } = plan.spec;
  return [
    ...overlaysOf(content, name, plan).map(({ folder, ...lists }) =>
      kustomizationChange(`${folder}/kustomization.yaml`, lists),
    ),
    ...placeableAddonsOf(plan).flatMap((addon) => placed(content, name, addon, environment)),
    ...addonValues(name, plan, content),
    ...plan.services.map((service) => {
      const { tag, digest } = imageFor(content, service, environment);
      return imageFileChange(pathOf("clusterService", { cluster: name, service }, "image.yaml"), { tag, digest });
    }),
    ...ownValues(name, plan),
    ...(publishedKey === undefined ? [] : [{ path: publishedKeyFile(name), content: publishedKey }]),
  ];
}

/** What a cluster should have and cannot yet, as a line; undefined where it has everything. */
export function absentParts(name: string, plan: Plan): string | undefined {
  const there = new Set(placeableAddonsOf(plan));
  const absent = addonsOf(plan).filter((addon) => !there.has(addon));
  return absent.length === 0
    ? undefined
    : `left out of ${name} until an archive of it is locked: ${absent.join(", ")} (bun run bump-chart --addon NAME --version VERSION --cluster ${name} --place)`;
}

/** The chart that the environment's clusters run, those of the last ring if they differ; the newest that is locked where none does. */
function placed(content: Content, cluster: string, addon: string, environment: string): Change[] {
  const { charts } = content.documents.addonLocks.get(addon)!.document.spec;
  const running = lastOf(chartFiles(content), addon, environment);
  const locked = charts.find(({ digest }) => digest === running?.digest) ?? charts.at(-1)!;
  return newChartFile(content, addon, [cluster], locked);
}

/** What runs in the environment, or in the one that it takes images from: nothing else was proven for it. */
function imageFor(content: Content, service: string, environment: string): ImageFile {
  const files = imageFiles(content).filter(({ tenant }) => tenant === undefined);
  const below = content.documents.environments.get(environment)?.document.spec.promotesFrom;
  for (const name of [environment, ...(below === undefined ? [] : [below])]) {
    const found = lastOf(files, service, name);
    if (found !== undefined) return found;
  }
  throw new UsageError(
    `nothing in ${[environment, below].filter((one) => one !== undefined).join(" or ")} runs ${service}, so its image is not known: deploy it there first, or leave it out with --service`,
  );
}

const lastOf = (files: readonly ImageFile[], name: string, environment: string): ImageFile | undefined =>
  files
    .filter((file) => file.service === name && file.environment === environment)
    .toSorted((a, b) => b.ring - a.ring || (a.file < b.file ? -1 : 1))[0];

/** Values of addons that differ with the facts of their cluster, and that no facts component reaches. */
function addonValues(cluster: string, plan: Plan, { documents }: Content): Change[] {
  const { spec } = plan;
  const addons = new Set(placeableAddonsOf(plan));
  const of = (addon: string, comment: string, values: JsonObject): Change => ({
    path: pathOf("addon", { cluster, addon }, "values.yaml"),
    content: `---\n# ${comment}\n${emitYaml(values)}`,
  });
  const changes: Change[] = [];
  if (addons.has("external-dns")) {
    const { tenantDomain } = documents.environments.get(spec.environment)!.document.spec;
    const isPlatforms = spec.model === "multi-tenant" || spec.model === "single-tenant";
    const domainFilters = [
      spec.domain,
      ...(isPlatforms && tenantDomain !== undefined ? [tenantDomain] : []),
    ].toSorted();
    const comment =
      "Whose records they are, and in which domains: clusters share zones, and none may take away what another made.";
    changes.push(of("external-dns", comment, { txtOwnerId: cluster, domainFilters }));
  }
  if (addons.has("kube-prometheus") && spec.provider === "on-premises") {
    const storage = { storage: { volumeClaimTemplate: { spec: { storageClassName: spec.stores.storageClass! } } } };
    const patches = { "Alertmanager/main": { spec: storage }, "Prometheus/k8s": { spec: storage } };
    changes.push(of("kube-prometheus", "No class is the default here.", { patches }));
  }
  return changes;
}

/** Values of all services there. */
function ownValues(cluster: string, { spec, stores }: Plan): Change[] {
  const path = clusterValues(cluster);
  const parts: string[] = [];
  if (spec.provider === "kind")
    parts.push(`# A laptop holds all services.
resources:
  requests:
    cpu: 50m
    memory: 128Mi
  limits:
    cpu: 500m
    memory: 512Mi
`);
  if (spec.provider === "on-premises")
    parts.push("# To pull from the customer's own registry.\nimage:\n  pullSecrets:\n    - registry\n");
  if (spec.stores.mode === "operator" && stores.includes("postgresql"))
    parts.push(
      spec.provider === "kind"
        ? "# PostgreSQL there takes 100 connections, its default.\ndatabase:\n  poolMin: 1\n  poolMax: 5\n"
        : "# PostgreSQL there takes 500 connections, for all services at their most. Guide 2.3.3.\ndatabase:\n  poolMin: 2\n  poolMax: 6\n",
    );
  return parts.length === 0 ? [] : [{ path, content: heading(path) + parts.join("\n") }];
}
