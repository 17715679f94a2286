/** Alerts of this checkout as a cluster would have them, and Prometheus' own program that plays series against them. */
import path from "node:path";

import { at, isObject, type JsonObject, listAt, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import { findTools } from "../../scripts/lib/io/tools.ts";
import { readManifests } from "../../scripts/lib/render/manifests.ts";
import { programs } from "../../scripts/lib/render/programs.ts";
import { Tree } from "../../scripts/lib/repo/tree.ts";
import { checkout, cluster, fleetFiles } from "./fleet.ts";
import { repository } from "./repository.ts";

/** A cluster whose stores are run by operators and backed up: it has every alert there is. */
const site = `clusters/${cluster.onPremises}`;
const folders = [
  "apps/platform/alerts",
  ...["elasticsearch", "mongodb", "postgresql", "rabbitmq", "redis"].map((store) => `${site}/stores/${store}`),
];

/** What these folders of the frozen fleet render to. */
export async function rendered(own: readonly string[], more: ReadonlyMap<string, Uint8Array> = new Map()) {
  const tree = new Tree([...(await fleetFiles([cluster.onPremises])), ...more]);
  const renderer = await programs(tree, await findTools(process.env), 60_000);
  try {
    const objects: JsonObject[] = [];
    for (const folder of own) {
      const { documents } = await renderer.render({ tool: "kustomize", path: folder }, tree.paths);
      objects.push(...readManifests(documents, true).map(({ object }) => object));
    }
    return objects;
  } finally {
    await renderer.close();
  }
}

/** Where alerts go on a cluster that tells people: the frozen fleet runs no Alertmanager that could. */
export async function routesByMail(): Promise<JsonObject> {
  const folder = `${site}/platform/alerts`;
  const file = `${folder}/kustomization.yaml`;
  const text = new TextDecoder().decode((await fleetFiles([cluster.onPremises])).get(file));
  const byMail = new TextEncoder().encode(text.replace("components/quiet", "components/mail"));
  const objects = await rendered([folder], new Map([[file, byMail]]));
  return objects.find(({ kind }) => kind === "AlertmanagerConfig")!;
}

/** Groups of every PrometheusRule of the platform and of stores, by its name. */
export async function alertRules(): Promise<Map<string, JsonObject[]>> {
  const rules = (await rendered(folders)).filter(({ kind }) => kind === "PrometheusRule");
  return new Map(
    rules.map((rule) => [stringAt(rule, "metadata", "name")!, listAt(rule, "spec", "groups").filter(isObject)]),
  );
}

/** Alerts among rules. */
export function alertsOf(groups: readonly JsonObject[]): JsonObject[] {
  return groups
    .flatMap((group) => listAt(group, "rules"))
    .filter(isObject)
    .filter((rule) => at(rule, "alert") !== undefined);
}

export const promtool = Bun.which("promtool");

/** Runs promtool on the last of these files. */
export async function runPromtool(command: "check" | "test", files: Record<string, JsonObject>) {
  await using folder = await repository(
    Object.fromEntries(Object.entries(files).map(([name, data]) => [name, Bun.YAML.stringify(data)])),
  );
  const last = path.join(folder.root, Object.keys(files).at(-1)!);
  const child = Bun.spawn([promtool!, command, "rules", last], { stdout: "pipe", stderr: "pipe", cwd: folder.root });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, said: `${stdout}${stderr}` };
}

/** Plays series, one value a minute, against groups of rules, and asks what promtool's own format can ask. */
export function playSeries(groups: readonly JsonObject[], series: Readonly<Record<string, string>>, asked: JsonObject) {
  return runPromtool("test", {
    "rules.yaml": { groups: [...groups] },
    "test.yaml": {
      rule_files: ["rules.yaml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          ...asked,
        },
      ],
    },
  });
}

/** promtool compares annotations to the letter; the tests are about who fires when. */
export function withoutAnnotations(groups: readonly JsonObject[]): JsonObject[] {
  return groups.map((group) => ({
    ...group,
    rules: listAt(group, "rules").map((rule) => {
      const { annotations: _, ...rest } = objectAt({ rule }, "rule");
      return rest;
    }),
  }));
}

/** A file of tests in promtool's own format, tests/platform/alerts/NAME.test.yaml. */
export async function readTests(name: string): Promise<JsonObject> {
  const file = path.join(checkout, `tests/platform/alerts/${name}.test.yaml`);
  return Bun.YAML.parse(await Bun.file(file).text()) as JsonObject;
}
