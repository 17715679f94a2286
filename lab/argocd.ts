import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import type { JsonObject } from "../scripts/lib/core/json.ts";
import { freePorts, startDaemon, waitFor } from "../scripts/lib/io/daemon.ts";
import type { Tools } from "../scripts/lib/io/tools.ts";
import type { ControlPlane } from "./control-plane.ts";

/** What Argo CD wants to find in its namespace before it starts. */
function settings(): JsonObject[] {
  const own = (name: string, data: JsonObject, labels: JsonObject = {}): JsonObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "argocd", labels: { "app.kubernetes.io/part-of": "argocd", ...labels } },
    data,
  });
  return [
    own("argocd-cm", {
      "application.sync.impersonation.enabled": "true",
      "application.resourceTrackingMethod": "annotation",
      // Nothing calls the lab when something is pushed to it: it has to look.
      "timeout.reconciliation": "5s",
      "timeout.reconciliation.jitter": "0s",
    }),
    own("argocd-rbac-cm", {}),
    own("argocd-cmd-params-cm", {}),
    own("argocd-ssh-known-hosts-cm", {}),
    own("argocd-tls-certs-cm", {}),
    own("argocd-gpg-keys-cm", {}),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "argocd-secret", namespace: "argocd", labels: { "app.kubernetes.io/part-of": "argocd" } },
      stringData: { "server.secretkey": crypto.randomUUID() },
    },
  ];
}

/** The parts of Argo CD that reconcile, against a control plane. They end with it. */
export interface ArgoCd {
  /** Where its Redis listens, HOST:PORT: rendered manifests lie there. */
  redis: string;
}

/** Starts Redis, repo server, application controller and ApplicationSet controller. */
export async function startArgoCd(program: string, plane: ControlPlane, tools: Tools): Promise<ArgoCd> {
  const { api, folder } = plane;
  // Some of them are in root as well: applied by the same manager, what root does not say would be taken away.
  for (const object of settings()) await api.keep(object, "lab");
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  await symlink(tools.helm.program, path.join(bin, "helm"));
  await symlink(tools.kubectl.program, path.join(bin, "kubectl"));
  // Kustomize as kubectl carries it, under the name and with the words that Argo CD calls it by.
  const shim = `#!/bin/sh\n[ "$1" = version ] && echo v${tools.kubectl.version} && exit\n[ "$1" = build ] && shift\nexec "${tools.kubectl.program}" kustomize "$@"\n`;
  await writeFile(path.join(bin, "kustomize"), shim);
  await chmod(path.join(bin, "kustomize"), 0o755);
  for (const name of ["tls", "ssh", "gpg", "gpg-data", "plugins", "tmp"])
    await mkdir(path.join(folder, "argocd", name), { recursive: true, mode: 0o700 });
  const at = (name: string) => path.join(folder, "argocd", name);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: at("tmp"),
    TMPDIR: at("tmp"),
    KUBECONFIG: plane.kubeconfig,
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_APPLICATIONSET_CONTROLLER_REQUEUE_AFTER: "5s",
    ARGOCD_TLS_DATA_PATH: at("tls"),
    ARGOCD_SSH_DATA_PATH: at("ssh"),
    ARGOCD_GNUPGHOME: at("gpg"),
    ARGOCD_GPG_DATA_PATH: at("gpg-data"),
    ARGOCD_PLUGINSOCKFILEPATH: at("plugins"),
    // The lab's repository is a folder of this user, reached by its path.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
  const ports = (await freePorts(8)) as [number, number, number, number, number, number, number, number];
  const start = (name: string, ...flags: string[]) => {
    plane.daemons.push(
      startDaemon(name, [program, name, ...flags], { log: path.join(folder, `${name}.log`), env, cwd: folder }),
    );
  };
  const redis = `127.0.0.1:${ports[0]}`;
  const repo = `127.0.0.1:${ports[1]}`;
  start("redis", redis);
  start(
    "repo-server",
    "--address=127.0.0.1",
    `--port=${ports[1]}`,
    "--metrics-address=127.0.0.1",
    `--metrics-port=${ports[2]}`,
    `--redis=${redis}`,
    "--disable-tls",
    "--revision-cache-expiration=1s",
    // It says how long each render took.
    "--loglevel=info",
  );
  await waitFor("Argo CD's repo server", () => isOpen(ports[1]), plane.daemons, 60_000);
  start(
    "applicationset-controller",
    "--namespace=argocd",
    `--argocd-repo-server=${repo}`,
    "--repo-server-plaintext",
    `--metrics-addr=127.0.0.1:${ports[3]}`,
    `--probe-addr=127.0.0.1:${ports[4]}`,
    `--webhook-addr=127.0.0.1:${ports[5]}`,
    "--loglevel=warn",
  );
  start(
    "application-controller",
    "--namespace=argocd",
    `--repo-server=${repo}`,
    "--repo-server-plaintext",
    `--redis=${redis}`,
    `--metrics-port=${ports[6]}`,
    "--app-resync=5",
    // As the fleet's own (controller.diff.server.side): without it a default of a definition is a difference.
    "--server-side-diff-enabled",
    "--app-resync-jitter=0",
    // A failed render counts at once, and not after three minutes of benefit of the doubt.
    "--repo-error-grace-period-seconds=0",
    "--status-processors=20",
    "--operation-processors=10",
    "--loglevel=warn",
  );
  return { redis };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
  socket.end();
  return true;
}
