/** One rule over manifests as they would be deployed: what it says, without a repository or a render. */
import { normalise } from "../../scripts/lib/argocd/normalise.ts";
import { isObject, type JsonObject } from "../../scripts/lib/core/json.ts";
import type { RuleId } from "../../scripts/lib/core/rule-id.ts";
import type { Fleet } from "../../scripts/lib/fleet/fleet.ts";
import { readKinds } from "../../scripts/lib/fleet/knowledge.ts";
import { resourceId } from "../../scripts/lib/model/resource.ts";
import type { Application } from "../../scripts/lib/render/application.ts";
import { Sources } from "../../scripts/lib/repo/sources.ts";
import { Tree } from "../../scripts/lib/repo/tree.ts";
import { rules } from "../../scripts/lib/validate/rules.ts";

const cluster = "made-up";

/** Messages of a rule about these manifests (YAML), each in the namespace murima unless it says another. */
export async function said(rule: RuleId, ...manifests: string[]): Promise<string[]> {
  const fleet = await fleetOf(...manifests);
  return [...rules.find(({ id }) => id === rule)!.check(fleet)].map(({ message }) => message);
}

/** A cluster with one Application, app, of these manifests. */
export async function fleetOf(...manifests: string[]): Promise<Fleet> {
  const kinds = (await readKinds()).get("1.36")!;
  const manifest: JsonObject = { metadata: { name: "app" }, spec: { destination: { namespace: "murima" } } };
  const raw = manifests.flatMap((text) => [Bun.YAML.parse(text)].flat()).filter(isObject);
  const objects = raw.flatMap((own) =>
    normalise(own, manifest, kinds.scopeOf).map((deployed) => ({
      ...deployed,
      id: resourceId(deployed.object),
      raw: own,
      file: undefined,
    })),
  );
  const application: Application = {
    cluster,
    name: "app",
    id: `${cluster}/app`,
    manifest,
    folder: undefined,
    request: undefined,
    reads: [],
    rendered: "",
    objects,
    notRendered: undefined,
    cached: false,
  };
  const tree = new Tree([]);
  return {
    tree,
    sources: new Sources(tree),
    documents: {
      addons: new Map(),
      addonLocks: new Map(),
      clusters: new Map(),
      environments: new Map(),
      tenants: new Map(),
      external: undefined,
    } as never,
    applications: [application],
    extent: "clusters",
    kinds: () => kinds,
    kindsFor: () => kinds,
    definedKinds: () => kinds,
    kindsOf: () => kinds,
    kubernetesVersions: ["1.36"],
    values: () => undefined,
    valuesOfAnyChart: () => undefined,
    renderer: "",
    judgedBy: undefined,
  };
}

/** A Deployment that is in order, with lines of a person's own: at the end of its spec, its pod, its container. */
export function deployment({ name = "app", spec = "", pod = "", container = "", meta = "" } = {}): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
${lines(2, meta)}
spec:
${lines(2, spec)}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${lines(6, pod)}
      containers:
        - name: ${name}
          image: registry.example/app:v1
          ports: [{ name: http, containerPort: 8080 }, { name: metrics, containerPort: 9090 }]
${lines(10, container)}
`;
}

function lines(indent: number, text: string): string {
  return text
    .split("\n")
    .map((line) => " ".repeat(indent) + line)
    .join("\n");
}
