import type { TestFiles } from "../repository.ts";
import type { Mutation } from "./mutation.ts";

const cluster = "clusters/dev-shared";
const folder = `${cluster}/addons/metrics-server`;
const lock = "apps/addons/metrics-server/lock.yaml";

/** Runs metrics-server in the sample as bump-chart would, out of the lock that is there; its archive is not. */
export async function placeAddon(fleet: TestFiles): Promise<void> {
  const text = await fleet.read(lock);
  const registry = /registry: (.*)/.exec(await fleet.read(`${cluster}/facts/cluster.yaml`))![1]!;
  const [version, digest] = ["version", "digest"].map(
    (key) => new RegExp(`^ +(?:- )?${key}: "?([^"\\n]+)"?$`, "m").exec(text)![1]!,
  );
  await fleet.values(
    `${folder}/chart.yaml`,
    `chart:\n  version: ${version}\n  digest: ${digest}\n  namespace: metrics-server\n`,
  );
  const image = /image: "?([^"\n]+)"?\n +tag: "?([^"\n]+)"?\n +digest: "?([^"\n]+)"?\n/.exec(text)!;
  await fleet.write(
    `${folder}/images.yaml`,
    `---\n# Generated from lock.yaml of the addon and the registry of the cluster: bun run validate --fix writes it.\nimage:\n  repository: ${registry}/${image[1]}\n  tag: "${image[2]}@${image[3]}"\n`,
  );
  await fleet.edit(
    `${cluster}/platform/namespaces/kustomization.yaml`,
    "  - ../../../../apps/platform/namespaces\n",
    "  - ../../../../apps/addons/metrics-server/namespace\n  - ../../../../apps/platform/namespaces\n",
  );
}

/** Of rules about addons. */
export const addonMutations: Record<string, Mutation> = {
  "addon-generated": {
    break: async (fleet) => {
      await placeAddon(fleet);
      await fleet.edit(`${folder}/images.yaml`, "# Generated", "# Made");
    },
    expected: { file: `${folder}/images.yaml` },
  },
  "addon-lock": {
    break: async (fleet) => {
      await placeAddon(fleet);
      await fleet.edit(`${folder}/chart.yaml`, /sha256:../, "sha256:00");
    },
    expected: { file: `${folder}/chart.yaml`, line: 5 },
  },
  "chart-file": {
    break: async (fleet) => {
      await placeAddon(fleet);
      await fleet.edit(`${folder}/chart.yaml`, "namespace:", "project: default\n  namespace:");
    },
    expected: { file: `${folder}/chart.yaml`, line: 6 },
  },
  "cluster-provides": {
    break: (fleet) => fleet.edit("apps/external.yaml", "        - any\n", "        - another\n"),
    expected: {},
  },
};
