import type { Change } from "../core/change.ts";
import { imageFileChange } from "../repo/image-file.ts";
import { serviceValueFiles } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";

/** What a new service is. */
export interface NewService {
  name: string;
  /** One sentence, for the head of its values. */
  purpose: string;
  calls: readonly string[];
  stores: readonly string[];
  internet: boolean;
  clusters: readonly { name: string; environment: string }[];
  tag: string;
  digest: string;
}

/** The files of a service: its values everywhere, and a folder on each cluster that is to run it. */
export function newService(service: NewService): Change[] {
  const { name, clusters, tag, digest } = service;
  const changes: Change[] = [];
  for (const cluster of clusters) {
    const files = serviceValueFiles({ service: name, environment: cluster.environment, cluster: cluster.name });
    const [own, image] = [files[0]!, files.at(-1)!];
    if (changes.length === 0) changes.push(file(own, ownValues(service)));
    changes.push(imageFileChange(image, { tag, digest }));
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function file(target: string, body: string): Change {
  return { path: target, content: heading(target) + body };
}

function ownValues({ purpose, calls, stores, internet }: NewService): string {
  const list = (key: string, items: readonly string[]) =>
    items.length === 0
      ? ""
      : `  ${key}:\n${items
          .toSorted()
          .map((item) => `    - ${item}\n`)
          .join("")}`;
  const dependsOn = `${list("services", calls)}${list("stores", stores)}${internet ? "  internet:\n    - ports:\n        - 443\n" : ""}`;
  return `# ${purpose}
replicas: 2
${dependsOn === "" ? "" : `\ndependsOn:\n${dependsOn}`}
resources:
  requests:
    cpu: 250m
    memory: 256Mi
  limits:
    cpu: 500m
    memory: 512Mi
`;
}
