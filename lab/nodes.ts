import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { JsonObject } from "../scripts/lib/core/json.ts";
import { startDaemon } from "../scripts/lib/io/daemon.ts";
import { run } from "../scripts/lib/io/process.ts";
import type { ControlPlane } from "./control-plane.ts";

/** Nodes that a scheduler takes for real ones, one a zone. */
function nodes(): JsonObject[] {
  return ["a", "b", "c"].map((zone) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node-${zone}`,
      labels: {
        // What a kubelet says of itself: charts select nodes by it.
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": `node-${zone}`,
        "topology.kubernetes.io/zone": `zone-${zone}`,
        type: "kwok",
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
  }));
}

/** Starts KWOK: pods get a node, turn ready, and complete if a Job owns them. No container runs. */
export async function startNodes(program: string, { api, daemons, folder, kubeconfig }: ControlPlane): Promise<void> {
  const env = { PATH: "/usr/bin:/bin", HOME: folder };
  const stages = path.join(folder, "stages.yaml");
  await writeFile(stages, (await run([program, "stages"])).stdout);
  const log = path.join(folder, "kwok.log");
  const command = [
    program,
    `--kubeconfig=${kubeconfig}`,
    `--config=${stages}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
  ] as [string, ...string[]];
  daemons.push(startDaemon("kwok", command, { log, env, cwd: folder }));
  for (const node of nodes()) await api.keep(node);
}
