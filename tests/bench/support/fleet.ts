import path from "node:path";

import type { Change } from "../../../scripts/lib/core/change.ts";
import { serviceValueFiles } from "../../../scripts/lib/repo/layout.ts";
import type { Tree } from "../../../scripts/lib/repo/tree.ts";

/** Applications of a cluster beside its services: root, platform-namespaces and platform-secrets. */
const others = 3;

/**
 * A fleet of so many Applications, made of the sample fleet: copies of one cluster, each with its own name, domain and
 * address ranges, and as many of the services as are still needed.
 */
export function generatedFleet(sample: Tree, model: string, applications: number): Change[] {
  const text = (file: string) => new TextDecoder().decode(sample.bytes(file));
  const shared = sample.paths.filter(
    (file) => !file.startsWith("clusters/") || /^clusters\/(base|components)\//.test(file),
  );
  const services = sample.list(`clusters/${model}/services`);
  const files = shared.map((file): Change => ({ path: file, content: text(file) }));
  let left = applications;
  for (let number = 0; left > 0; number++) {
    const cluster = `bench-${String(number).padStart(4, "0")}`;
    const deployed = services.slice(0, Math.max(0, left - others));
    left -= deployed.length + others;
    for (const file of sample.below(`clusters/${model}`)) {
      const service = /^clusters\/[^/]+\/services\/([^/]+)\//.exec(file)?.[1];
      if (service !== undefined && !deployed.includes(service)) continue;
      const target = file.replace(`clusters/${model}/`, `clusters/${cluster}/`);
      files.push({ path: target, content: adapt(target, text(file), cluster, model, number) });
    }
  }
  return files;
}

function adapt(file: string, content: string, cluster: string, model: string, number: number): string {
  if (path.posix.basename(file) !== "cluster.yaml") return content;
  const range = (index: number) => {
    const position = number * 4 + index;
    return `10.${Math.floor(position / 16) % 256}.${(position % 16) * 16}.0/20`;
  };
  const ranges = ["nodes", "pods", "services"];
  return ranges
    .reduce(
      (facts, name, index) => facts.replace(new RegExp(`^    ${name}: .*$`, "m"), `    ${name}: ${range(index)}`),
      content,
    )
    .replace(`name: ${model}`, `name: ${cluster}`)
    .replace(/^ {2}domain: .*$/m, `  domain: ${cluster}.murima2025.com`)
    .replace(/^ {4}domain: .*$/m, `    domain: ${cluster}.internal.murima2025.com`)
    .replace(/^ {6}- \d.*$/m, `      - ${range(3)}`);
}

/** A change that a service's Applications read, and no others. */
export function changeOfService(sample: Tree, service: string): Change {
  const file = serviceValueFiles({ service, environment: "", cluster: "" })[0]!;
  const content = new TextDecoder().decode(sample.bytes(file));
  return { path: file, content: `${content}\nenv:\n  BENCH: "1"\n` };
}
