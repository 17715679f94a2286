/** Charts and kustomizations at random: what the rules allow, and what goes wrong in them. */
import type { RenderRequest } from "../../scripts/lib/argocd/application.ts";

export interface RandomTree {
  files: Record<string, string>;
  request: RenderRequest;
}

type Pick = <T>(items: readonly T[]) => T;
type Maybe = (chance: number) => boolean;

export function randomTree(random: () => number): RandomTree {
  const pick: Pick = (items) => items[Math.floor(random() * items.length)]!;
  const maybe: Maybe = (chance) => random() < chance;
  return maybe(0.5) ? randomChart(pick, maybe) : randomKustomization(pick, maybe);
}

const templates: Record<string, string> = {
  "templates/_helpers.tpl": `{{- define "t.name" -}}{{ .Release.Name }}-{{ .Chart.Name }}{{- end }}`,
  "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "t.name" . }}
  namespace: {{ .Release.Namespace }}
  annotations:
    checksum: {{ toYaml .Values | sha256sum }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: x}
  template:
    metadata:
      labels:
        app: x
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.name }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.extra }}
          args:
            {{- toYaml . | nindent 12 }}
          {{- end }}
`,
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: config
data:
  version: "{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Minor }}"
  has: "{{ .Capabilities.APIVersions.Has "example.org/v1" }} {{ .Capabilities.APIVersions.Has "apps/v1" }}"
  files: |
    {{- .Files.Get "data/words.txt" | nindent 4 }}
  all: {{ (.Files.Glob "data/*").AsConfig | quote }}
  found: {{ lookup "v1" "Secret" "" "" | len | quote }}
  helm: {{ .Capabilities.HelmVersion.Version }}
  numbers: {{ .Values.numbers | toJson | quote }}
  tpl: {{ tpl (.Values.template | default "") . | quote }}
`,
  "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "5"
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}
`,
  "templates/tests/test.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: test
  annotations:
    helm.sh/hook: test
spec: {containers: [{name: a, image: b}]}
`,
  "templates/several.yaml": `apiVersion: v1
kind: Service
metadata: {name: b}
---
# nothing
---
apiVersion: v1
kind: Service
metadata: {name: a}
spec:
  ports:
  - {port: 0x50}
---
apiVersion: v1
kind: Namespace
metadata:
  name: yes-please
  labels: {a: "yes", b: 'no', date: "2020-01-01"}
`,
  "templates/scalars.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: scalars
data:
  folded: >
    some text
    goes on

    here
  kept: |+
    text

  stripped: |-
    text
  indented: |2
      text
  escaped: "a\\tb\\u00e9"
  time: 12:30:45
  octal: 0777
  on: on
  plain: text with (brackets) & signs = all of them
  long: a text
    over two lines
  empty:
  tilde: ~
  umlaut: grün
`,
  "templates/NOTES.txt": "Installed {{ .Release.Name }}.\n",
  "templates/fail.yaml": `{{ if .Values.broken }}{{ fail "broken is set" }}{{ end }}`,
  "templates/required.yaml": `{{ if .Values.strict }}{{ required "owner is required" .Values.owner }}{{ end }}`,
  "crds/thing.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
spec: {group: example.org, names: {kind: Thing, plural: things}, scope: Namespaced}
`,
  "data/words.txt": "one\ntwo\n",
  ".helmignore": "*.md\nignored/\n",
  "README.md": "# not in the chart\n",
  "ignored/file.yaml": "a: 1\n",
  "values.schema.json": `{"type": "object", "properties": {"replicas": {"type": "integer", "maximum": 5}}}`,
};

/** What breaks a chart. */
const faults: Record<string, string> = {
  "templates/syntax.yaml": "{{ if }}",
  "templates/unknown.yaml": "{{ nothing }}",
  "templates/nil.yaml": "a: {{ .Values.no.such.thing }}",
  "templates/yaml.yaml": "a: [\n",
  "templates/list.yaml": "- a\n",
  "templates/include.yaml": `{{ include "no.such" . }}`,
};

function randomChart(pick: Pick, maybe: Maybe): RandomTree {
  const files: Record<string, string> = {
    "c/Chart.yaml": `apiVersion: v2
name: c
version: 1.2.3
appVersion: "4.5"
${maybe(0.05) ? "type: library\n" : ""}${maybe(0.1) ? 'kubeVersion: ">=1.30.0"\n' : ""}${maybe(0.03) ? 'kubeVersion: "<1.20.0"\n' : ""}`,
    "c/values.yaml": `replicas: ${pick([0, 1, 3])}
image: {name: a, tag: ""}
numbers: [1, 1.5, 1e3, 12345678901234567890, -0]
broken: ${maybe(0.05)}
strict: ${maybe(0.05)}
extra: ${pick(["[]", "[a, b]", '["-c", "echo 1"]'])}
template: "{{ .Release.Service }}"
`,
  };
  for (const [name, text] of Object.entries(templates)) if (maybe(0.6)) files[`c/${name}`] = text;
  files["c/templates/_helpers.tpl"] = templates["templates/_helpers.tpl"]!;
  if (maybe(0.15)) {
    const [name, text] = pick(Object.entries(faults));
    files[`c/${name}`] = text;
  }
  if (maybe(0.4)) addSubchart(files, pick, maybe);
  const valueFiles: string[] = [];
  for (const name of ["v/a.yaml", "v/b.yaml"]) {
    if (maybe(0.4)) continue;
    files[name] =
      `replicas: ${pick(["2", "9", '"2"'])}\nimage:\n  tag: ${pick(["v1", "null"])}\nsub:\n  enabled: ${maybe(0.5)}\n`;
    valueFiles.push(name);
  }
  const request: RenderRequest = {
    tool: "helm",
    chart: "c",
    releaseName: pick(["one", "a-release"]),
    namespace: pick(["n", "default"]),
    kubeVersion: pick(["1.36", "1.35"]),
    apiVersions: maybe(0.5) ? ["example.org/v1"] : [],
    valueFiles,
    absentValueFiles: [],
    values: pick<RenderRequest & { tool: "helm" }>([
      { values: {} },
      { values: { owner: "me" } },
      { values: { replicas: 4, image: { tag: "v9" } } },
    ] as never).values,
  };
  return { files, request };
}

function addSubchart(files: Record<string, string>, pick: Pick, maybe: Maybe): void {
  const alias = maybe(0.3) ? "\n    alias: other" : "";
  files["c/Chart.yaml"] += `dependencies:
  - name: sub
    version: ">0.0.0"${alias}
    condition: ${pick(["sub.enabled", "other.enabled", "nothing.here"])}
    ${maybe(0.3) ? "tags: [extra]" : "tags: []"}
    ${maybe(0.3) ? "import-values: [{child: exported, parent: imported}]" : ""}
`;
  if (maybe(0.1)) return; // Named, and not there.
  files["c/charts/sub/Chart.yaml"] = "apiVersion: v2\nname: sub\nversion: 0.1.0\n";
  files["c/charts/sub/values.yaml"] = "enabled: true\nexported: {a: 1}\nglobal: {x: 1}\n";
  files["c/charts/sub/templates/map.yaml"] =
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\ndata:\n  parent: {{ .Values.global | toJson | quote }}\n`;
}

const objects: Record<string, string> = {
  "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\ndata:\n  a: b\n",
  "deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: main
          image: registry.example/web:v1
          envFrom: [{configMapRef: {name: made}}]
`,
  "service.yaml":
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n",
  "role.yaml":
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\nrules:\n- apiGroups: [""]\n  resources: [pods]\n  verbs: [get]\n',
  "namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: space\n",
  "custom.yaml":
    "apiVersion: example.org/v1\nkind: Thing\nmetadata:\n  name: thing\nspec:\n  text: 'yes'\n  number: 1.0\n  list: [b, a]\n",
};

const parts: readonly ((pick: Pick) => string)[] = [
  () => "namespace: moved\n",
  () => "namePrefix: pre-\n",
  () => "commonAnnotations:\n  note: here\n",
  (pick) =>
    `labels:\n  - pairs: {team: a}\n    includeSelectors: ${pick(["true", "false"])}\n    includeTemplates: true\n`,
  () => "images:\n  - name: registry.example/web\n    newName: mirror.example/web\n    digest: sha256:0000\n",
  () => "replicas:\n  - name: web\n    count: 3\n",
  (pick) =>
    `configMapGenerator:\n  - name: made\n    files: [./words.txt]\n    literals: [a=b]\n    options: {disableNameSuffixHash: ${pick(["true", "false"])}}\n`,
  () => "sortOptions:\n  order: legacy\n",
  () =>
    `replacements:\n  - source: {kind: ConfigMap, name: config, fieldPath: data.a}\n    targets:\n      - select: {kind: Deployment}\n        fieldPaths: [spec.template.spec.containers.0.name]\n`,
];

const patches: readonly string[] = [
  "  - target: {kind: Deployment}\n    patch: |-\n      - {op: replace, path: /spec/replicas, value: 7}\n",
  "  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: web}\n      spec: {template: {spec: {containers: [{name: main, env: [{name: A, value: b}]}]}}}\n",
  "  - target: {kind: Service, name: none}\n    patch: |-\n      - {op: add, path: /spec/type, value: ClusterIP}\n",
  "  - target: {kind: Service}\n    patch: |-\n      - {op: remove, path: /spec/nothing}\n",
  "  - patch: |-\n      $patch: delete\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: config}\n",
  "  - path: ./patch.yaml\n",
];

function randomKustomization(pick: Pick, maybe: Maybe): RandomTree {
  const files: Record<string, string> = {};
  const chosen = Object.keys(objects).filter(() => maybe(0.6));
  for (const name of chosen) files[`base/${name}`] = objects[name]!;
  files["base/words.txt"] = "one\ntwo\n";
  files["base/kustomization.yaml"] = kustomization(
    "Kustomization",
    chosen.map((name) => `./${name}`),
    parts.filter(() => maybe(0.2)).map((part) => part(pick)),
  );
  const components = maybe(0.3);
  if (components)
    files["component/kustomization.yaml"] =
      `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {component: here}\n`;
  files["over/words.txt"] = "three\n";
  files["over/patch.yaml"] = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  type: NodePort\n";
  const over = patches.filter(() => maybe(0.2));
  files["over/kustomization.yaml"] = kustomization(
    "Kustomization",
    ["../base", ...(maybe(0.05) ? ["./missing.yaml"] : []), ...(maybe(0.05) ? ["../base/config.yaml"] : [])],
    [
      ...parts.filter(() => maybe(0.2)).map((part) => part(pick)),
      ...(components ? ["components:\n  - ../component\n"] : []),
      ...(over.length === 0 ? [] : [`patches:\n${over.join("")}`]),
      ...(maybe(0.03) ? ["nonsense: true\n"] : []),
    ],
  );
  return { files, request: { tool: "kustomize", path: "over" } };
}

function kustomization(kind: string, resources: readonly string[], more: readonly string[]): string {
  const listed = resources.length === 0 ? "" : `resources:\n${resources.map((name) => `  - ${name}\n`).join("")}`;
  return `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: ${kind}\n${listed}${more.join("")}`;
}
