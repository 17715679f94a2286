/** An addon that tests make up, so that they need no chart of others, and a sample that runs it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { run as bump } from "../../scripts/bump-chart.ts";
import { packArchive } from "../../scripts/lib/addon/archive.ts";
import { type ChartServer, chartServer } from "./chart-server.ts";
import { cluster } from "./fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "./repository.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

export const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: integer}
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app.kubernetes.io/name: widgets}
  template:
    metadata:
      labels: {app.kubernetes.io/name: widgets}
    spec:
      serviceAccountName: {{ .Release.Name }}
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: widgets
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
          resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}
          readinessProbe: {httpGet: {path: /, port: 8080}}
          livenessProbe: {httpGet: {path: /, port: 8080}}
`;

const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Name }}
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Release.Name }}}
subjects:
  - {kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
`;

const account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Release.Name }}\n";
const widget =
  "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: first\nspec:\n  size: {{ .Values.size }}\n";
const helmTest =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations:\n    helm.sh/hook: test\nspec:\n  containers: [{name: x, image: "busybox:latest"}]\n';

/** The made-up chart, with other files where a test wants them. */
export function widgets(version = "1.0.0", files: Record<string, string> = {}): Uint8Array {
  const all = {
    "Chart.yaml": `apiVersion: v2\nname: widgets\nversion: ${version}\n`,
    "values.yaml": "replicas: 1\nsize: 3\nimage:\n  repository: registry.example.com/widgets\n  tag: v1.0.0\n",
    "crds/widgets.yaml": definition,
    "templates/account.yaml": account,
    "templates/deployment.yaml": deployment,
    "templates/role.yaml": role,
    "templates/test.yaml": helmTest,
    "templates/widget.yaml": widget,
    ...files,
  };
  return packArchive("widgets", new Map(Object.entries(all).map(([file, text]) => [file, bytes(text)])));
}

const addonYaml = (repository: string) => `apiVersion: gitops.murima2025.com/v1
kind: Addon
metadata:
  name: widgets
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  source:
    repository: ${repository}
    chart: widgets
  namespace: widgets
  podSecurity: restricted
  endOfLife: unknown
  reaches: []
  definitions: {}
  deploys:
    clusterKinds:
      - rbac.authorization.k8s.io/ClusterRole
      - rbac.authorization.k8s.io/ClusterRoleBinding
  images:
    - image: registry.example.com/widgets
      values:
        name: image.repository
        pinned: image.tag
  provides:
    - kind: CustomResourceDefinition
      name: example.com
  allowances:
    - rule: rbac-escalation
      objects:
        - rbac.authorization.k8s.io/ClusterRole widgets
      what:
        - allows every secret
      reason: a test wants to see it allowed
`;

export const addonFile = "apps/addons/widgets/addon.yaml";
export const addonValues = "apps/addons/widgets/values.yaml";
export const placed = (name: string = cluster.dev) => `clusters/${name}/addons/widgets`;

export interface AddonSample extends AsyncDisposable {
  fleet: TestRepository;
  server: ChartServer;
  /** Archives of its own: what this machine has is a part of the test. */
  env: Record<string, string>;
  /** Another machine: nothing is there. */
  elsewhere(): Promise<Record<string, string>>;
}

/** A sample whose repository has the addon; what runs it is up to the test. */
export async function addonSample(names: readonly string[] = [cluster.dev]): Promise<AddonSample> {
  const fleet = await sampleRepository(names);
  const server = chartServer();
  const caches: string[] = [];
  const machine = async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "charts-"));
    caches.push(folder);
    return { GITOPS_CHARTS: folder };
  };
  server.offer("widgets", "1.0.0", widgets());
  await fleet.values(addonFile, addonYaml("https://charts.example.com"));
  await fleet.write(addonValues, "---\nreplicas: 2\n");
  await fleet.write(
    "apps/addons/widgets/namespace/kustomization.yaml",
    "---\n# yaml-language-server: $schema=../../../../schemas/kustomization.json\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: widgets\nresources:\n  - ./namespace.yaml\ncomponents:\n  - ../../../platform/namespaces/closed\n  - ../../../platform/namespaces/components/restricted\n",
  );
  await fleet.manifest(
    "apps/addons/widgets/namespace/namespace.yaml",
    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: widgets\n",
  );
  const env = await machine();
  return {
    fleet,
    server,
    env,
    elsewhere: machine,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      for (const folder of caches) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Arguments by which bump-chart asks the servers of a test and nobody else. */
export const fromServer = ({ server }: AddonSample) => ["--from", server.repository, "--registry", server.host];

/** Runs the addon on clusters, as a person would. */
export async function place(sample: AddonSample, ...clusters: string[]): Promise<void> {
  const on = (clusters.length === 0 ? [cluster.dev as string] : clusters).flatMap((name) => ["--cluster", name]);
  const argv = ["--addon", "widgets", "--version", "1.0.0", "--place", ...on, ...fromServer(sample)];
  const { code, stderr } = await runIn(sample.fleet, bump, argv, sample.env);
  if (code !== 0) throw new Error(stderr);
}
