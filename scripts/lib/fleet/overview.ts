import { UsageError } from "../core/errors.ts";
import { stringAt, stringsAt } from "../core/json.ts";
import { chartFiles, deployedFiles, type ImageFile, imageFiles, whereOf } from "../image/deployed.ts";
import type { Application } from "../render/application.ts";
import { pathOf } from "../repo/address.ts";
import { type Content, serviceNames } from "../repo/content.ts";
import { unknownName } from "../repo/documents.ts";
import { clusterFacts, tenantFacts } from "../repo/layout.ts";
import { clustersOf, isRouted } from "../tenant/lookup.ts";

/** What a name stands for, and what there is to know of it at a glance: each fact under a word. */
export interface Overview {
  kind: "application" | "cluster" | "service" | "tenant";
  name: string;
  /** Where most of it is written. */
  file: string;
  facts: Record<string, string | readonly string[]>;
}

/** What a cluster, a tenant or a service is; throws a UsageError where nothing has the name. */
export function overviewOf(content: Content, name: string): Overview {
  const { documents, tree } = content;
  if (documents.clusters.has(name)) return clusterOverview(content, name);
  if (documents.tenants.has(name)) return tenantOverview(content, name);
  if (serviceNames(tree).includes(name)) return serviceOverview(content, name);
  const broken = [clusterFacts(name), tenantFacts(name)].find((file) => tree.has(file));
  if (broken !== undefined)
    throw new UsageError(`${broken} has errors: bun run validate names them; correct them first`);
  const names = [...documents.clusters.keys(), ...documents.tenants.keys(), ...serviceNames(tree)];
  const { message, fix } = unknownName("cluster, tenant or service", name, names);
  throw new UsageError(`${message}: ${fix}; an Application is CLUSTER/NAME`);
}

function clusterOverview(content: Content, name: string): Overview {
  const { documents } = content;
  const { spec } = documents.clusters.get(name)!.document;
  const images = imageFiles(content).filter(({ cluster }) => cluster === name);
  const tenants = [...documents.tenants.keys()].filter((tenant) => clustersOf(content, tenant).includes(name));
  return {
    kind: "cluster",
    name,
    file: clusterFacts(name),
    facts: {
      environment: `${spec.environment}, ring ${spec.ring}`,
      model: spec.model,
      place: [spec.provider, spec.region].filter((part) => part !== undefined).join(" "),
      kubernetes: spec.kubernetesVersion,
      domain: spec.domain,
      registry: spec.registry,
      stores: spec.stores.mode,
      tenants: tenants.toSorted(),
      services: images.filter(({ tenant }) => tenant === undefined).map(versionOf),
      "own copies": images
        .filter(({ tenant }) => tenant !== undefined)
        .map((image) => `${image.tenant!}: ${versionOf(image)}`),
      addons: chartFiles(content)
        .filter(({ cluster }) => cluster === name)
        .map(versionOf),
    },
  };
}

function tenantOverview(content: Content, name: string): Overview {
  const { spec } = content.documents.tenants.get(name)!.document;
  const clusters = clustersOf(content, name);
  return {
    kind: "tenant",
    name,
    file: tenantFacts(name),
    facts: {
      called: spec.displayName,
      state: spec.state,
      plan: `${spec.plan}, isolation ${spec.isolation}`,
      "recovery point": spec.recoveryPoint ?? "of its environment",
      owners: spec.owners,
      hosts: spec.hosts,
      limits: Object.entries(spec.limits).map(([limit, value]) => `${limit} ${value}`),
      clusters: clusters.map((cluster) =>
        isRouted(content, name, cluster) ? `${cluster}, its hosts lead there` : cluster,
      ),
      "own copies": imageFiles(content)
        .filter(({ tenant }) => tenant === name)
        .map((image) => `${versionOf(image)} on ${image.cluster}`),
    },
  };
}

function serviceOverview(content: Content, name: string): Overview {
  const file = pathOf("service", { service: name }, "values.yaml");
  const values = content.sources.data(file);
  const callers = serviceNames(content.tree).filter((other) => {
    const own = content.sources.data(pathOf("service", { service: other }, "values.yaml"));
    return stringsAt(own, "dependsOn", "services").includes(name);
  });
  return {
    kind: "service",
    name,
    file,
    facts: {
      calls: stringsAt(values, "dependsOn", "services"),
      "is called by": callers,
      stores: stringsAt(values, "dependsOn", "stores"),
      runs: deployedFiles(content)
        .filter(({ service, kind }) => kind === "image" && service === name)
        .map((image) => `${image.tag} on ${whereOf(image)}${image.hold === undefined ? "" : " (held)"}`),
    },
  };
}

/** What an Application is and makes. */
export function applicationOverview({
  id,
  manifest,
  folder,
  request,
  reads,
  objects,
  notRendered,
}: Application): Overview {
  const counts = Map.groupBy(objects, (object) => object.id.kind);
  return {
    kind: "application",
    name: id,
    file: folder ?? stringAt(manifest, "spec", "source", "path") ?? "",
    facts: {
      project: stringAt(manifest, "spec", "project") ?? "",
      namespace: stringAt(manifest, "spec", "destination", "namespace") ?? "",
      revision: stringAt(manifest, "spec", "source", "targetRevision") ?? "",
      tool: request === undefined ? "" : request.tool === "helm" ? `helm, ${request.chart}` : "kustomize",
      wave: stringAt(manifest, "metadata", "annotations", "argocd.argoproj.io/sync-wave") ?? "0",
      files: `${reads.length} that it reads`,
      objects:
        notRendered === undefined
          ? [...counts]
              .map(([kind, own]) => `${own.length} ${kind}`)
              .toSorted((a, b) => (a.replace(/^\d+ /, "") < b.replace(/^\d+ /, "") ? -1 : 1))
          : `not rendered: ${notRendered}`,
    },
  };
}

const versionOf = ({ service, tag, hold }: ImageFile) => `${service} ${tag}${hold === undefined ? "" : " (held)"}`;
