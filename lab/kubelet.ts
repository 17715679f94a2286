import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { type Daemon, freePorts, startDaemon, waitFor } from "../scripts/lib/io/daemon.ts";
import { containerOf, containerStart, mountsOf, writeVolume } from "./container.ts";
import { type ControlPlane, kubeconfigText } from "./control-plane.ts";
import type { Endpoint } from "./network.ts";

/** A program that runs for a Deployment of an addon, as the container of one of its Pods. */
export interface PlayedProgram {
  namespace: string;
  deployment: string;
  /** The program and its subcommand. */
  command: readonly [string, ...string[]];
  /** Ports of the container for which it is given others, that are free on this machine. */
  ports: readonly number[];
  /** What stands after the chart's own words: where it listens, and whom it asks if KUBECONFIG does not tell it. */
  more: (at: { portOf: (port: number) => number; kubeconfig: string }) => string[];
  /** What a container finds in files that are not here. */
  env?: Record<string, string>;
}

/** The program, running: what it printed, and where it can be reached. */
export interface RunningProgram extends Endpoint {
  name: string;
  log: string;
  daemon: Daemon;
  stop: () => Promise<void>;
}

/**
 * Plays the kubelet for one program: the arguments, the environment and the volumes of the Pod, and a token of its
 * ServiceAccount that is bound to it. So it may do what the chart's roles allow, and nothing else.
 */
export async function startProgram(plane: ControlPlane, program: PlayedProgram): Promise<RunningProgram> {
  const { namespace, deployment } = program;
  const pod = await podOf(plane, namespace, deployment);
  const container = containerOf(pod);
  const home = path.join(plane.folder, "pods", deployment);
  await mkdir(home, { recursive: true });
  // What the container sees as /, as far as there is something in it.
  const root = path.join(home, "root");
  await mkdir(path.join(root, "tmp"), { recursive: true });
  const mounts = mountsOf(pod, container);
  for (const mount of mounts) await mkdir(path.join(root, mount.path), { recursive: true });
  const refresh = async () => {
    for (const { kind, name, path: mount } of mounts) {
      const { status, body } = await plane.api.request(
        "GET",
        `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`,
      );
      if (status === 200 && isObject(body)) await writeVolume(body, path.join(root, mount));
    }
  };
  await refresh();
  const kubeconfig = path.join(home, "kubeconfig");
  const certificate = path.join(plane.folder, "certs/apiserver.crt");
  await writeFile(kubeconfig, kubeconfigText(plane.api.url, await tokenOf(plane, pod), certificate), { mode: 0o600 });
  const free = await freePorts(program.ports.length);
  const ports = new Map(program.ports.map((port, index) => [port, free[index]!]));
  const start = containerStart(pod, container, root);
  const more = program.more({ portOf: (port) => ports.get(port)!, kubeconfig });
  const log = path.join(plane.folder, `${deployment}.log`);
  const daemon = startDaemon(deployment, [...program.command, ...start.args, ...more], {
    log,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      TMPDIR: `${root}/tmp`,
      ...start.env,
      ...program.env,
      KUBECONFIG: kubeconfig,
    },
    cwd: home,
  });
  plane.daemons.push(daemon);
  return { name: deployment, log, daemon, pod, ports, stop: keepInStep(refresh) };
}

/** Volumes follow their objects until the end. */
function keepInStep(refresh: () => Promise<void>): () => Promise<void> {
  const over = new AbortController();
  const work = (async () => {
    while (!over.signal.aborted) {
      await Bun.sleep(250);
      await refresh();
    }
  })().catch((error: unknown) => {
    if (!over.signal.aborted && !(error instanceof ToolError)) throw error;
  });
  return async () => {
    over.abort();
    await work;
  };
}

async function podOf({ api, daemons }: ControlPlane, namespace: string, deployment: string): Promise<JsonObject> {
  const { status, body } = await api.request("GET", `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`);
  if (status !== 200) throw new ToolError(`there is no Deployment ${namespace}/${deployment}`);
  const labels = objectAt(body, "spec", "selector", "matchLabels") as Record<string, string>;
  const selector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
  let found: JsonObject | undefined;
  const hasPod = async () => {
    const list = await api.request(
      "GET",
      `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`,
    );
    const pods = listAt(list.body, "items").filter(isObject);
    found = pods.find((pod) => stringAt(pod, "status", "phase") === "Running");
    return found !== undefined;
  };
  await waitFor(`a Pod of ${namespace}/${deployment}`, hasPod, daemons, 60_000);
  return found!;
}

async function tokenOf({ api }: ControlPlane, pod: JsonObject): Promise<string> {
  const [namespace, name, uid] = ["namespace", "name", "uid"].map((field) => stringAt(pod, "metadata", field)!);
  const account = stringAt(pod, "spec", "serviceAccountName") ?? "default";
  const { body } = await api.request("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { audiences: [], boundObjectRef: { kind: "Pod", apiVersion: "v1", name: name!, uid: uid! } },
  });
  const token = stringAt(body, "status", "token");
  if (token === undefined) throw new ToolError(`no token for ${namespace}/${account}: ${JSON.stringify(body)}`);
  return token;
}
