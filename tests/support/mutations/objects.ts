import type { Mutation } from "./mutation.ts";

const cluster = "clusters/dev-shared";
const facts = `${cluster}/facts/cluster.yaml`;
const template = (file: string) => `apps/charts/service/templates/${file}`;
const deployment = template("deployment.yaml");

/** Of rules about what is rendered: a fixture each, named after the rule. */
export const objectMutations: Record<string, Mutation> = {
  "argocd-settings": {
    break: (fleet) =>
      fleet.edit(
        "clusters/base/settings/argocd-cm.yaml",
        'impersonation.enabled: "true"',
        'impersonation.enabled: "false"',
      ),
    expected: { file: "clusters/base/settings/argocd-cm.yaml" },
  },
  "alert-labels": {
    break: (fleet) => fleet.edit("apps/platform/alerts/rules/edge.yaml", "team: platform", "team: edge"),
    expected: { file: "apps/platform/alerts/rules/edge.yaml" },
  },
  "metric-exported": {
    break: (fleet) =>
      fleet.edit(
        template("prometheusrule.yaml"),
        "http_request_duration_seconds_bucket",
        "http_request_seconds_bucket",
      ),
    expected: { file: template("prometheusrule.yaml"), line: 30 },
  },
  "alert-expression": {
    break: (fleet) =>
      fleet.edit(
        template("prometheusrule.yaml"),
        /histogram_quantile\(.*$/m,
        'http_request_duration_seconds{ {{- $pods }}, quantile="0.95"}',
      ),
    expected: { file: template("prometheusrule.yaml") },
    // A histogram has no metric of that name either.
    also: ["metric-exported"],
  },
  "api-removal": {
    clusters: ["prod-single"],
    break: (fleet) =>
      fleet.edit(
        deployment,
        "      enableServiceLinks: false\n",
        "      enableServiceLinks: false\n      workloadRef:\n        name: x\n        podGroup: group\n",
      ),
    expected: { file: deployment, severity: "warning" },
  },
  "blocking-pdb": {
    break: (fleet) => fleet.edit(template("poddisruptionbudget.yaml"), "maxUnavailable: 1", "maxUnavailable: 0"),
    expected: { file: template("poddisruptionbudget.yaml") },
  },
  "cluster-api": {
    break: (fleet) => fleet.edit(facts, "    - monitoring.coreos.com/v1\n", ""),
    expected: { file: template("servicemonitor.yaml") },
  },
  "console-route": {
    clusters: ["prod-site"],
    break: (fleet) =>
      fleet.edit(
        "apps/platform/consoles/components/kibana/httproute.yaml",
        "      name: staff\n",
        "      name: public\n",
      ),
    expected: { file: "apps/platform/consoles/components/kibana/httproute.yaml" },
  },
  "dangling-reference": {
    break: (fleet) => fleet.edit(deployment, '"%s-config"', '"%s-configuration"'),
    expected: { file: deployment },
  },
  "default-deny": {
    break: (fleet) => fleet.edit("apps/platform/namespaces/closed/default-deny.yaml", "    - Egress\n", ""),
    expected: { application: "dev-shared/platform-namespaces" },
  },
  "dashboard-datasource": {
    break: async (fleet) => {
      const folder = "apps/platform/dashboards";
      // Grafana comes with an addon, which this cluster does not run.
      await fleet.edit(
        `${folder}/kustomization.yaml`,
        "configMapGenerator:",
        "resources:\n  - ./grafana.yaml\nconfigMapGenerator:",
      );
      await fleet.write(
        `${folder}/grafana.yaml`,
        "---\n# yaml-language-server: $schema=../../../schemas/manifest.json\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: grafana\ndata:\n  datasources.yaml: |\n    apiVersion: 1\n    datasources:\n      - uid: prometheus\n",
      );
      await fleet.edit(`${folder}/edge.json`, '"uid": "prometheus"', '"uid": "thanos"');
    },
    expected: { application: "dev-shared/platform-dashboards" },
  },
  "deletion-policy": {
    break: (fleet) => fleet.edit("environments/dev/argocd/kustomization.yaml", "value: sync", "value: create-update"),
    expected: { file: "clusters/base/applicationsets/services.yaml" },
  },
  "kustomize-target": {
    break: (fleet) =>
      fleet.edit(
        "clusters/dev-shared/platform/namespaces/kustomization.yaml",
        /$/,
        "patches:\n  - target:\n      kind: NetworkPolicy\n      name: allow-al\n    patch: |-\n      - op: remove\n        path: /spec/egress\n",
      ),
    expected: { file: "clusters/dev-shared/platform/namespaces/kustomization.yaml", line: 12 },
  },
  placeholder: {
    break: (fleet) =>
      fleet.edit(
        "apps/platform/namespaces/murima/namespace.yaml",
        "metadata:\n",
        "metadata:\n  annotations:\n    example.com/contact: https://DOMAIN/team\n",
      ),
    expected: { file: "apps/platform/namespaces/murima/namespace.yaml", line: 7 },
  },
  "egress-outside": {
    break: (fleet) => fleet.edit(template("_networkpolicy.tpl"), "          - 169.254.0.0/16\n", ""),
    expected: { file: template("networkpolicy.yaml") },
  },
  "range-match": {
    break: (fleet) =>
      fleet.edit(template("_networkpolicy.tpl"), "cidr: {{ $root.Values.facts.nodes | quote }}", "cidr: 10.17.4.0/24"),
    expected: { file: template("networkpolicy.yaml") },
  },
  "duplicate-object": {
    break: async (fleet) => fleet.write(template("again.yaml"), await fleet.read(template("service.yaml"))),
    expected: { file: template("service.yaml") },
  },
  "host-collision": {
    break: (fleet) =>
      fleet.values(
        `${cluster}/services/case-service/values.yaml`,
        "route:\n  enabled: true\n  host: app\n  paths:\n    - type: PathPrefix\n      value: /\n",
      ),
    expected: { file: template("httproute.yaml"), application: "dev-shared/service-frontend" },
  },
  "image-digest": {
    break: (fleet) => fleet.edit(template("_helpers.tpl"), "@{{ .digest }}", ""),
    expected: { file: deployment },
  },
  "image-registry": {
    break: (fleet) => fleet.edit(template("_helpers.tpl"), "{{ .registry }}/", "docker.io/"),
    expected: { file: deployment },
  },
  "kubernetes-schema": {
    break: (fleet) => fleet.edit(deployment, "minReadySeconds", "minReadySecond"),
    expected: { file: deployment },
  },
  "namespace-owner": {
    break: (fleet) =>
      fleet.write(
        template("namespace.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: mine-{{ .Release.Name }}\n  annotations:\n    argocd.argoproj.io/sync-options: Prune=confirm,Delete=confirm\n",
      ),
    expected: { file: template("namespace.yaml") },
    also: ["default-deny", "pod-security"],
  },
  "number-notation": {
    async break(fleet) {
      await fleet.edit(template("_environment.tpl"), "(toJson .windowMs)", "(toString .windowMs)");
      await fleet.values(
        `${cluster}/services/api-gateway/values.yaml`,
        "config:\n  rateLimiting:\n    windowMs: 3600000\n",
      );
    },
    expected: { file: template("configmap.yaml") },
  },
  "object-name": {
    break: (fleet) =>
      fleet.edit(template("poddisruptionbudget.yaml"), "{{ $workload.name | quote }}", "../../{{ $workload.name }}"),
    expected: { file: template("poddisruptionbudget.yaml") },
  },
  "object-validation": {
    break: (fleet) =>
      fleet.edit(
        deployment,
        "            {{- . | nindent 12 }}\n",
        "            {{- . | nindent 12 }}\n            {{- . | nindent 12 }}\n",
      ),
    expected: { file: deployment },
  },
  "namespace-care": {
    // Prometheus comes with an addon, which this cluster does not run: with one it is judged, and nothing reads its logs.
    break: async (fleet) => {
      const folder = "apps/platform/priority-classes";
      await fleet.edit(`${folder}/kustomization.yaml`, "resources:", "resources:\n  - ./prometheus.yaml");
      await fleet.write(
        `${folder}/prometheus.yaml`,
        "---\n# yaml-language-server: $schema=../../../schemas/manifest.json\napiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata:\n  name: any\n  namespace: monitoring\nspec: {}\n",
      );
    },
    expected: { file: "clusters/dev-shared/facts/cluster.yaml", line: 1 },
    // There is no contract for it, and what else comes with monitoring is missing as well.
    also: ["cluster-provides", "kubernetes-schema", "metric-exported"],
  },
  "pod-probes": {
    break: (fleet) => fleet.edit(deployment, /          readinessProbe:[^]*?timeoutSeconds: 2\n/, ""),
    expected: { file: deployment },
  },
  "pod-resources": {
    break: (fleet) => fleet.edit(deployment, /          resources:\n.*\n/, ""),
    expected: { file: deployment },
  },
  "pod-security": {
    break: (fleet) =>
      fleet.edit(template("_helpers.tpl"), "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
    expected: { file: deployment },
  },
  "port-match": {
    break: (fleet) => fleet.edit(deployment, "              port: http\n", "              port: htpp\n"),
    expected: { file: deployment },
  },
  "project-allows": {
    break: (fleet) =>
      fleet.edit(
        "clusters/base/projects/platform.yaml",
        "    - server: https://kubernetes.default.svc\n      namespace: monitoring\n",
        "",
      ),
    expected: { application: "dev-shared/platform-namespaces" },
    // Its namespaces are generated: what is missing there is told of the file as well.
    also: ["addon-generated"],
  },
  "protected-object": {
    break: (fleet) =>
      fleet.edit(
        "apps/platform/namespaces/components/restricted/kustomization.yaml",
        "Prune=confirm,Delete=confirm",
        "Prune=confirm",
      ),
    expected: { file: "apps/platform/namespaces/murima/namespace.yaml" },
  },
  "render-failed": {
    break: (fleet) => fleet.edit(deployment, "{{ toJson $workload.replicas }}", "{{ $workload.replicas | nothing }}"),
    expected: {},
  },
  "rendered-list": {
    break: (fleet) => fleet.write(template("list.yaml"), "apiVersion: v1\nkind: List\nitems: []\n"),
    expected: { file: template("list.yaml") },
  },
  "replicas-beside-hpa": {
    clusters: ["staging-shared"],
    break: (fleet) => fleet.edit(deployment, "{{- if not $workload.autoscaling.enabled }}", "{{- if true }}"),
    expected: { file: template("horizontalpodautoscaler.yaml") },
  },
  "selector-match": {
    break: (fleet) =>
      fleet.edit(
        template("poddisruptionbudget.yaml"),
        '{{- include "service.selector" $workload.name | nindent 6 }}',
        "app: {{ $workload.name }}",
      ),
    expected: { file: template("poddisruptionbudget.yaml") },
  },
  "sync-annotation": {
    break: (fleet) => fleet.edit(template("migration.yaml"), "hook: PreSync", "hook: presync"),
    expected: { file: template("migration.yaml") },
  },
  "sync-wave": {
    break: (fleet) =>
      fleet.edit(
        "apps/platform/namespaces/components/restricted/kustomization.yaml",
        'sync-wave: "-1"',
        "sync-wave: first",
      ),
    expected: { file: "apps/platform/namespaces/murima/namespace.yaml" },
  },
  "tenant-header": {
    break: (fleet) =>
      fleet.edit(template("httproute.yaml"), "X-Tenant-ID\n      {{- end }}", "X-Request-ID\n      {{- end }}"),
    expected: { file: template("httproute.yaml"), application: "dev-shared/service-api-gateway" },
  },
};
