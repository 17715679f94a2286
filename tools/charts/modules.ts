/**
 * Charts that are files of Go modules, which a machine without the charts' own repositories can have: tests pack them and
 * use them as what they are, archives of strangers. None of them is kept in this repository.
 */
export interface ChartModule {
  module: string;
  /** Where the chart is in it; without, its addon.yaml names plain manifests, which lie in the module where its tag has them. */
  folder?: string;
  /** Other modules of the same repository, by the folder that each is in it. */
  within?: Readonly<Record<string, string>>;
  chart: string;
  version: string;
  /** What the release of upstream fills in, file by file: text, and what stands for it. */
  release?: Readonly<Record<string, readonly (readonly [RegExp, string])[]>>;
  /** Files that a release has under another name. */
  renamed?: Readonly<Record<string, string>>;
}

/** By addon. */
export const chartModules: Readonly<Record<string, ChartModule>> = {
  argocd: {
    module: "github.com/argoproj/argo-cd/v3@v3.5.7",
    chart: "argo-cd",
    version: "v3.5.7",
  },
  "cert-manager": {
    module: "github.com/cert-manager/cert-manager@v1.21.2",
    folder: "deploy/charts/cert-manager",
    chart: "cert-manager",
    version: "v1.21.2",
    release: { "Chart.yaml": [[/v0\.0\.0/g, "v1.21.2"]] },
  },
  "eck-operator": {
    module: "github.com/elastic/cloud-on-k8s/v3@v3.5.0",
    folder: "deploy/eck-operator",
    chart: "eck-operator",
    version: "3.5.0",
  },
  "envoy-gateway": {
    module: "github.com/envoyproxy/gateway@v1.9.1",
    folder: "charts/gateway-helm",
    chart: "gateway-helm",
    version: "v1.9.1",
    release: {
      "Chart.yaml": [
        [/^version: .*$/m, "version: v1.9.1"],
        [/^appVersion: .*$/m, "appVersion: v1.9.1"],
      ],
      "values.yaml": [
        [/\$\{GatewayImage\}/, "docker.io/envoyproxy/gateway:v1.9.1"],
        [/\$\{GatewayImagePullPolicy\}/g, "IfNotPresent"],
      ],
    },
    renamed: { "values.tmpl.yaml": "values.yaml" },
  },
  keda: {
    module: "github.com/kedacore/keda/v2@v2.20.2",
    chart: "keda",
    version: "v2.20.2",
  },
  "local-path": {
    module: "github.com/rancher/local-path-provisioner@v0.0.30",
    folder: "deploy/chart/local-path-provisioner",
    chart: "local-path-provisioner",
    version: "0.0.30",
  },
  metallb: {
    module: "go.universe.tf/metallb@v0.16.2",
    folder: "charts/metallb",
    chart: "metallb",
    version: "0.16.2",
  },
  "metrics-server": {
    module: "sigs.k8s.io/metrics-server@v0.9.0",
    folder: "charts/metrics-server",
    chart: "metrics-server",
    version: "3.13.1",
  },
  "external-dns": {
    module: "sigs.k8s.io/external-dns@v0.23.0",
    folder: "charts/external-dns",
    chart: "external-dns",
    version: "1.22.0",
  },
  "prometheus-operator": {
    module: "github.com/prometheus-operator/prometheus-operator@v0.94.0",
    chart: "prometheus-operator",
    version: "v0.94.0",
  },
  "kube-prometheus": {
    module: "github.com/prometheus-operator/kube-prometheus@v0.18.0",
    chart: "kube-prometheus",
    version: "v0.18.0",
  },
  "node-exporter": {
    module: "github.com/prometheus-operator/kube-prometheus@v0.18.0",
    chart: "node-exporter",
    version: "v0.18.0",
  },
  "cloudnative-pg": {
    module: "github.com/cloudnative-pg/cloudnative-pg@v1.30.1",
    chart: "cloudnative-pg",
    version: "v1.30.1",
  },
  "plugin-barman-cloud": {
    module: "github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0",
    chart: "plugin-barman-cloud",
    version: "v0.15.0",
  },
  "psmdb-operator": {
    module: "github.com/percona/percona-server-mongodb-operator@v1.23.0",
    chart: "psmdb-operator",
    version: "v1.23.0",
  },
  "rabbitmq-cluster-operator": {
    module: "github.com/rabbitmq/cluster-operator/v2@v2.20.0",
    chart: "rabbitmq-cluster-operator",
    version: "v2.20.0",
  },
  "rabbitmq-topology-operator": {
    module: "github.com/rabbitmq/messaging-topology-operator@v1.20.1",
    chart: "rabbitmq-topology-operator",
    version: "v1.20.1",
  },
  "snapshot-controller": {
    module: "github.com/kubernetes-csi/external-snapshotter/v8@v8.7.0",
    within: { "client/": "github.com/kubernetes-csi/external-snapshotter/client/v8@v8.7.0" },
    chart: "snapshot-controller",
    version: "v8.7.0",
  },
  "trust-manager": {
    module: "github.com/cert-manager/trust-manager@v0.25.0",
    folder: "deploy/charts/trust-manager",
    chart: "trust-manager",
    version: "v0.25.0",
    release: {
      "Chart.yaml": [[/v0\.0\.0/g, "v0.25.0"]],
      // Authorities of Debian, as make/00_debian_trixie_version.mk has them.
      "values.yaml": [[/_defaultReference: :v0\.0\.0/, "_defaultReference: :20250419.2"]],
    },
  },
};
