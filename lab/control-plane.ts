import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { type JsonObject, stringAt } from "../scripts/lib/core/json.ts";
import { type Daemon, freePorts, startDaemon, waitFor } from "../scripts/lib/io/daemon.ts";
import { temporaryFolder } from "../scripts/lib/io/files.ts";
import { run } from "../scripts/lib/io/process.ts";
import { Api } from "./api.ts";
import { networkSocket } from "./network.ts";
import { standInCertificate } from "./stand-in.ts";

/** A Kubernetes API server on loopback, in a folder of its own. */
export interface ControlPlane {
  api: Api;
  folder: string;
  kubeconfig: string;
  /** Its programs, and whatever else is to end with it: last in, first out. */
  daemons: Daemon[];
  stop: () => Promise<void>;
}

/** Starts etcd and the API server; with controllers also what makes objects out of objects. Ready within seconds. */
export async function startControlPlane(
  program: string,
  options: { controllers: boolean; ports?: readonly [client: number, peer: number, secure: number] },
): Promise<ControlPlane> {
  const temporary = await temporaryFolder("lab");
  const folder = temporary.path;
  const daemons: Daemon[] = [];
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await temporary.remove();
  };
  try {
    const [client, peer, secure] = options.ports ?? ((await freePorts(3)) as [number, number, number]);
    const start = (name: string, ...flags: string[]) => {
      // What names no authority of its own is trusted by the system's: webhooks whose authority nobody put in yet.
      // They live for minutes, and take in definitions of megabytes one after the other: memory is spared less than time.
      const env = { PATH: "/usr/bin:/bin", HOME: folder, SSL_CERT_FILE: standInCertificate(folder), GOGC: "200" };
      daemons.push(
        startDaemon(name, [program, name, ...flags], { log: path.join(folder, `${name}.log`), env, cwd: folder }),
      );
    };
    start(
      "etcd",
      `--data-dir=${path.join(folder, "etcd")}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      // What it holds is gone with the lab.
      "--unsafe-no-fsync",
      "--log-level=error",
    );
    const token = crypto.randomUUID();
    await writeFile(path.join(folder, "tokens.csv"), `${token},lab,lab,"system:masters"\n`, { mode: 0o600 });
    const key = path.join(folder, "service-accounts.key");
    const { exitCode, stderr } = await run(["openssl", "genrsa", "-out", key, "2048"]);
    if (exitCode !== 0) throw new ToolError(`openssl could not make a key: ${stderr.trim()}`);
    const egress = path.join(folder, "egress.json");
    await writeFile(egress, egressText(networkSocket(folder)));
    start(
      "kube-apiserver",
      `--etcd-servers=http://127.0.0.1:${client}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${secure}`,
      `--cert-dir=${path.join(folder, "certs")}`,
      `--token-auth-file=${path.join(folder, "tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--endpoint-reconciler-type=none",
      `--egress-selector-config-file=${egress}`,
    );
    const url = `https://127.0.0.1:${secure}`;
    const certificate = path.join(folder, "certs/apiserver.crt");
    const kubeconfig = path.join(folder, "kubeconfig");
    let api: Api | undefined;
    const isReady = async () => {
      api ??= new Api(url, token, await readFile(certificate, "utf8"));
      return (await api.request("GET", "/readyz")).status === 200;
    };
    await waitFor("the API server", isReady, daemons, 60_000);
    await writeFile(kubeconfig, kubeconfigText(url, token, certificate), { mode: 0o600 });
    if (options.controllers) {
      start(
        "kube-controller-manager",
        `--kubeconfig=${kubeconfig}`,
        `--service-account-private-key-file=${key}`,
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        "--secure-port=0",
      );
      start("kube-scheduler", `--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0");
    }
    await mkdir(path.join(folder, "work"), { recursive: true });
    return { api: api!, folder, kubeconfig, daemons, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A client of the server that a kubeconfig of the lab names. */
export async function apiOf(kubeconfig: string): Promise<Api> {
  const data = JSON.parse(await readFile(kubeconfig, "utf8")) as JsonObject;
  const server = stringAt(data, "clusters", 0, "cluster", "server") ?? "";
  const certificate = stringAt(data, "clusters", 0, "cluster", "certificate-authority") ?? "";
  return new Api(server, stringAt(data, "users", 0, "user", "token") ?? "", await readFile(certificate, "utf8"));
}

/** Without a network (lab/network.ts) nobody listens there: a webhook fails at once, and not when its time is over. */
function egressText(socket: string): string {
  return JSON.stringify({
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      {
        name: "cluster",
        connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName: socket } } },
      },
    ],
  });
}

export function kubeconfigText(url: string, token: string, certificate: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server: url, "certificate-authority": certificate } }],
    users: [{ name: "lab", user: { token } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    "current-context": "lab",
  });
}
