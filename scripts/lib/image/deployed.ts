import { objectAt, stringAt } from "../core/json.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { chartFile } from "../repo/layout.ts";

/** A hold: nothing but its release changes the image. */
export interface Hold {
  reason: string;
  /** The last day of it, YYYY-MM-DD. */
  expires: string;
}

/** One version that is deployed: the image of a service on a cluster or of a tenant's own copy, or the chart of an addon. */
export interface ImageFile {
  file: string;
  /** What the file pins. */
  kind: "image" | "chart";
  /** The service, or the addon. */
  service: string;
  cluster: string;
  environment: string;
  /** The customer whose copy it is. */
  tenant?: string;
  /** Of the cluster; of the tenant for a copy. */
  ring: number;
  tag: string;
  digest: string;
  hold?: Hold;
}

/** Where each kind of file says what it pins. */
const fields = { image: "tag", chart: "version" } as const;

/** The way to a field of what a file pins. */
export const pathIn = ({ kind }: Pick<ImageFile, "kind">, field: "version" | "digest" | "hold") => [
  kind,
  field === "version" ? fields[kind] : field,
];

/** Every image file, sorted by path. Those of clusters or tenants whose facts have errors are not among them. */
export function imageFiles(content: Content): ImageFile[] {
  const { tree } = content;
  const shared = placesIn(tree, "clusterService").map((place) => ({
    ...place,
    tenant: undefined,
    file: pathOf("clusterService", place, "image.yaml"),
  }));
  const own = placesIn(tree, "tenantService").map((place) => ({
    ...place,
    file: pathOf("tenantService", place, "image.yaml"),
  }));
  return read(content, "image", [...shared, ...own]);
}

/** Every file that says which chart of an addon a cluster runs, likewise. */
export function chartFiles(content: Content): ImageFile[] {
  const places = placesIn(content.tree, "addon").map(({ cluster, addon }) => ({
    cluster,
    service: addon,
    tenant: undefined,
    file: chartFile({ cluster, addon }),
  }));
  return read(content, "chart", places);
}

/** Everything that has a version: images, then charts. */
export const deployedFiles = (content: Content) => [...imageFiles(content), ...chartFiles(content)];

interface Place {
  cluster: string;
  service: string;
  tenant: string | undefined;
  file: string;
}

function read({ tree, sources, documents }: Content, kind: ImageFile["kind"], places: readonly Place[]): ImageFile[] {
  return places
    .flatMap(({ tenant, cluster, service, file }): ImageFile[] => {
      const facts = documents.clusters.get(cluster)?.document.spec;
      const owner = tenant === undefined ? facts : documents.tenants.get(tenant)?.document.spec;
      if (facts === undefined || owner === undefined || !tree.has(file)) return [];
      const image = objectAt(sources.data(file), kind);
      const [tag, digest] = [stringAt(image, fields[kind]), stringAt(image, "digest")];
      if (tag === undefined || digest === undefined) return [];
      const hold = image["hold"] as unknown as Hold | undefined;
      return [
        {
          file,
          kind,
          service,
          cluster,
          environment: facts.environment,
          ring: owner.ring,
          tag,
          digest,
          ...(tenant === undefined ? {} : { tenant }),
          ...(hold === undefined ? {} : { hold }),
        },
      ];
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** The folder of an image file: what its Application is told by. */
export const folderOf = ({ file }: ImageFile) => file.slice(0, file.lastIndexOf("/"));

/** Whether a hold still stands on a day. */
export function isHeld({ hold }: ImageFile, today: string): boolean {
  return hold !== undefined && hold.expires >= today;
}

/** Where an image runs, for people: CLUSTER, or TENANT on CLUSTER. */
export const whereOf = ({ cluster, tenant }: Pick<ImageFile, "cluster" | "tenant">) =>
  tenant === undefined ? cluster : `${tenant} on ${cluster}`;
