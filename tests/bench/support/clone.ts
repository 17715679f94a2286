import type { Fleet } from "../../../scripts/lib/fleet/fleet.ts";
import type { Application } from "../../../scripts/lib/render/application.ts";

/**
 * A fleet of so many rendered Applications, made of one cluster's: the same objects under other names of clusters, as
 * rules see them. Nothing is rendered for it, so it measures rules alone.
 */
export function cloneFleet(fleet: Fleet, applications: number): Fleet {
  const own = fleet.applications;
  const [name] = new Set(own.map(({ cluster }) => cluster));
  const located = fleet.documents.clusters.get(name!)!;
  const clusters = new Map<string, typeof located>();
  const clones: Application[] = [];
  const originals = new Map<Application, Application>();
  for (let number = 0; clones.length < applications; number++) {
    const cluster = `clone-${number}`;
    clusters.set(cluster, {
      file: located.file,
      document: { ...located.document, spec: { ...located.document.spec, ...ranges(cluster, number) } },
    });
    for (const application of own.slice(0, applications - clones.length)) {
      // Objects of their own: sharing them would spare the memory that is measured.
      const objects = structuredClone(application.objects);
      const clone = { ...application, cluster, id: `${cluster}/${application.name}`, objects };
      originals.set(clone, application);
      clones.push(clone);
    }
  }
  return {
    ...fleet,
    applications: clones,
    extent: "fleet",
    documents: { ...fleet.documents, clusters },
    kinds: () => fleet.kinds(name!),
    kindsFor: () => fleet.kinds(name!),
    definedKinds: () => fleet.kinds(name!),
    values: (application) => fleet.values(originals.get(application) ?? application),
  };
}

function ranges(cluster: string, number: number) {
  const range = (index: number) => {
    const position = number * 4 + index;
    return `${10 + Math.floor(position / 65536)}.${Math.floor(position / 256) % 256}.${position % 256}.0/24`;
  };
  const stores = {
    mode: "managed" as const,
    domain: `${cluster}.internal.murima2025.com`,
    cidrs: [range(3)] as [string],
  };
  return { cidrs: { nodes: range(0), pods: range(1), services: range(2) }, stores };
}
