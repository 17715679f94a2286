import path from "node:path";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import type { ControlPlane } from "../control-plane.ts";
import { eventually, kept, type LabAddon } from "./addon.ts";

const namespace = "snapshot-controller";
const snapshots = "/apis/snapshot.storage.k8s.io/v1";
const driver = "lab.csi.example.com";
const handle = "volume-1";

const volume: JsonObject = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "lab" },
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    storageClassName: "",
    claimRef: { namespace: "default", name: "lab" },
    csi: { driver, volumeHandle: handle },
  },
};
const claim: JsonObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "lab", namespace: "default" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "",
    volumeName: "lab",
    resources: { requests: { storage: "1Gi" } },
  },
};
const snapshotClass: JsonObject = {
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshotClass",
  metadata: { name: "lab" },
  driver,
  deletionPolicy: "Delete",
};
const snapshot: JsonObject = {
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshot",
  metadata: { name: "lab", namespace: "default" },
  spec: { volumeSnapshotClassName: "lab", source: { persistentVolumeClaimName: "lab" } },
};

/** The name of the content that the controller made for the snapshot, once the snapshot names it. */
async function contentName(plane: ControlPlane): Promise<string> {
  const { name } = await eventually(plane, "the content of the snapshot", async () => {
    const { body } = await plane.api.request("GET", `${snapshots}/namespaces/default/volumesnapshots/lab`);
    const name = stringAt(body, "status", "boundVolumeSnapshotContentName");
    return name === undefined ? (stringAt(body, "status", "error", "message") ?? "it names none yet") : { name };
  });
  return name;
}

async function content(plane: ControlPlane): Promise<string> {
  for (const object of [volume, claim, snapshotClass, snapshot]) await kept(plane, object);
  const name = await contentName(plane);
  const { body } = await plane.api.request("GET", `${snapshots}/volumesnapshotcontents/${name}`);
  const source = stringAt(body, "spec", "source", "volumeHandle");
  if (source !== handle || stringAt(body, "spec", "driver") !== driver)
    throw new ToolError(`${name} is of the volume ${source ?? "nowhere"}, not of ${handle}`);
  return `${handle} of ${driver}, out of the claim that the snapshot names`;
}

/** The driver's part is played: it says that it has taken the snapshot. */
async function ready(plane: ControlPlane): Promise<string> {
  const name = await contentName(plane);
  const status = { snapshotHandle: "snapshot-1", readyToUse: true, restoreSize: 1_073_741_824 };
  const to = `${snapshots}/volumesnapshotcontents/${name}/status`;
  await plane.api.request("PATCH", to, { status }, "application/merge-patch+json");
  const { size } = await eventually(plane, "the snapshot to be ready", async () => {
    const { body } = await plane.api.request("GET", `${snapshots}/namespaces/default/volumesnapshots/lab`);
    const isReady = JSON.stringify(body).includes('"readyToUse":true');
    return isReady ? { size: stringAt(body, "status", "restoreSize") ?? "no size" } : "it is not ready yet";
  });
  return `ready to use, ${size}`;
}

export const snapshotController: LabAddon = {
  addon: "snapshot-controller",
  needs: "snapshot-controller",
  programs: (built) => [
    {
      namespace,
      deployment: "snapshot-controller",
      // It does not mind its standard input.
      command: [process.execPath, path.join(import.meta.dirname, "../leash.ts"), built],
      ports: [8080],
      more: ({ portOf, kubeconfig }) => [`--kubeconfig=${kubeconfig}`, `--http-endpoint=127.0.0.1:${portOf(8080)}`],
      // In a container it reads this from a file.
      env: { POD_NAMESPACE: namespace },
    },
  ],
  proofs: [
    { what: "the content of a snapshot of a volume", see: content },
    { what: "a snapshot is ready once its driver says so", see: ready },
  ],
};
