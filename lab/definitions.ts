import path from "node:path";

import { ToolError, UsageError } from "../scripts/lib/core/errors.ts";
import { isObject, type JsonObject, stringAt } from "../scripts/lib/core/json.ts";
import type { Fleet } from "../scripts/lib/fleet/fleet.ts";
import { definitionFolder, definitionTexts } from "../scripts/lib/io/definitions.ts";
import { readTree, writeWhole } from "../scripts/lib/io/files.ts";
import { run } from "../scripts/lib/io/process.ts";

type Env = Record<string, string | undefined>;

/** Where operators publish their definitions as files of a Go module. */
const modules = [
  { module: "github.com/argoproj/argo-cd/v3@v3.2.11", folder: "manifests/crds" },
  {
    module: "github.com/envoyproxy/gateway@v1.9.1",
    folder: "charts/gateway-helm/charts/crds/crds/generated",
  },
  { module: "github.com/kedacore/keda/v2@v2.20.2", folder: "config/crd/bases" },
  { module: "github.com/prometheus-operator/prometheus-operator@v0.85.0", folder: "example/prometheus-operator-crd" },
  { module: "github.com/peak-scale/sops-operator@v0.10.1", folder: "charts/sops-operator/crds" },
  { module: "github.com/cert-manager/trust-manager@v0.25.0", folder: "deploy/crds" },
  { module: "sigs.k8s.io/gateway-api@v1.6.1", folder: "config/crd/standard" },
];

/**
 * Collects definitions for the lab, out of CRDS_DIR or the operators' Go modules. What can't be had is said, and missing
 * later by name. Returns how many there are.
 */
export async function collectDefinitions(env: Env, say: (text: string) => void): Promise<number> {
  const target = definitionFolder({ ...env, CRDS_DIR: undefined });
  let count = 0;
  const keep = async (text: string) => {
    const definition = Bun.YAML.parse(text);
    const group = stringAt(definition, "spec", "group");
    const plural = stringAt(definition, "spec", "names", "plural");
    if (stringAt(definition, "kind") !== "CustomResourceDefinition" || group === undefined || plural === undefined)
      return;
    await writeWhole(path.join(target, group, `${plural}.yaml`), text);
    count++;
  };
  const own = env["CRDS_DIR"];
  if (own !== undefined && own !== "") {
    for (const text of await textsIn(own)) await keep(text);
    say(`${count} definitions from ${own}\n`);
    return count;
  }
  const go = Bun.which("go", { PATH: env["PATH"] ?? "" });
  if (go === null)
    throw new ToolError("go is not on PATH: install Go 1.26, or name a folder of definitions by CRDS_DIR");
  for (const { module, folder } of modules) {
    const { exitCode, stdout, stderr } = await run([go, "mod", "download", "-json", module], {
      cwd: "/",
      timeout: 300_000,
    });
    const said = answerOf(stdout);
    if (exitCode !== 0 || said.Dir === undefined) {
      say(`MISSING: ${module} could not be downloaded: ${(said.Error ?? stderr).trim().split("\n")[0]}\n`);
      continue;
    }
    const before = count;
    for (const text of await textsIn(path.join(said.Dir, folder))) await keep(text);
    say(`${count - before} definitions of ${module}\n`);
  }
  if (count === 0) throw new ToolError("no definition could be had: name a folder of them by CRDS_DIR");
  return count;
}

/** What go says of a module, also where it failed. */
function answerOf(stdout: string): { Dir?: string; Error?: string } {
  try {
    return JSON.parse(stdout) as { Dir?: string; Error?: string };
  } catch {
    return {};
  }
}

async function textsIn(folder: string): Promise<string[]> {
  const whole = path.resolve(folder);
  const { tree } = await readTree(path.dirname(whole), [path.basename(whole)]);
  return definitionTexts(tree);
}

/** Definitions of the groups a fleet uses, and those groups of which there is none. */
export interface Definitions {
  definitions: JsonObject[];
  missing: string[];
}

/**
 * What addons of the fleet bring, and for groups that none of them brings what CRDS_DIR or `lab crds` has. Another version
 * of what an addon brings would be replaced under a running Argo CD, which reads all of OpenAPI anew for each definition.
 */
export async function definitionsFor(fleet: Fleet, env: Env): Promise<Definitions> {
  const brought = definitionsOf(fleet);
  const texts = await textsIn(definitionFolder(env));
  if (texts.length === 0 && brought.length === 0) {
    throw new UsageError(
      "there are no CustomResourceDefinitions: bun run lab crds collects them, or CRDS_DIR names a folder GROUP/PLURAL.yaml",
    );
  }
  const objects = fleet.applications.flatMap((application) =>
    application.objects.filter(({ object }) => fleet.kinds(application.cluster).isCustom(object)),
  );
  const rendered = new Set(objects.map(({ id }) => id.group));
  // What the facts promise is there as well: a scenario may deploy what the cluster does not run yet.
  const clusters = new Set(fleet.applications.map(({ cluster }) => cluster));
  const promised = [...clusters].flatMap((name) => fleet.documents.clusters.get(name)?.document.spec.apiVersions ?? []);
  const groups = new Set([...rendered, ...promised.map((version) => version.split("/")[0]!)]);
  const known = new Set(brought.map(groupOf));
  const others = texts
    .map((text) => Bun.YAML.parse(text))
    .filter(isObject)
    .filter((definition) => !known.has(groupOf(definition)));
  const definitions = [...brought, ...others].filter((definition) => groups.has(groupOf(definition)));
  const found = new Set(definitions.map(groupOf));
  return { definitions, missing: [...rendered].filter((group) => !found.has(group)).toSorted() };
}

/** Those of the kinds that a fleet renders: enough to ask about its objects, and each takes a server half a second. */
export function definitionsOfKinds({ applications }: Fleet, definitions: readonly JsonObject[]): JsonObject[] {
  const rendered = new Set(applications.flatMap(({ objects }) => objects.map(({ id }) => `${id.group}/${id.kind}`)));
  return definitions.filter((definition) =>
    rendered.has(`${groupOf(definition)}/${stringAt(definition, "spec", "names", "kind")}`),
  );
}

/** Definitions among what a fleet renders, each once: its clusters may run the same addon. */
function definitionsOf({ applications }: Fleet): JsonObject[] {
  const all = applications.flatMap(({ objects }) => objects).filter(({ id }) => id.kind === "CustomResourceDefinition");
  return [...new Map(all.map(({ id, object }) => [id.name, object])).values()];
}

const groupOf = (definition: JsonObject): string => stringAt(definition, "spec", "group") ?? "";
