/**
 * Charts that are files of Go modules, which a machine without the charts' own repositories can have: tests pack them and
 * use them as what they are, archives of strangers. None of them is kept in this repository.
 */
export interface ChartModule {
  module: string;
  /** Where the chart is in it; for a release of plain manifests, what their paths are below. */
  folder: string;
  /** Files of plain manifests, which make a chart as scripts/lib/addon/manifest-chart.ts says: upstream's own bytes. */
  manifests?: readonly string[];
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
    folder: "",
    manifests: ["manifests/ha/install.yaml", "manifests/install.yaml"],
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
  "monitoring-definitions": {
    module: "github.com/prometheus-operator/prometheus-operator@v0.94.0",
    folder: "",
    manifests: [
      "example/prometheus-operator-crd/monitoring.coreos.com_alertmanagerconfigs.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_alertmanagers.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_probes.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_prometheusagents.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_prometheuses.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_scrapeconfigs.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
      "example/prometheus-operator-crd/monitoring.coreos.com_thanosrulers.yaml",
    ],
    chart: "prometheus-operator",
    version: "v0.94.0",
  },
  "snapshot-controller": {
    module: "github.com/kubernetes-csi/external-snapshotter/v8@v8.7.0",
    within: { "client/": "github.com/kubernetes-csi/external-snapshotter/client/v8@v8.7.0" },
    folder: "",
    manifests: [
      "client/config/crd/groupsnapshot.storage.k8s.io_volumegroupsnapshotclasses.yaml",
      "client/config/crd/groupsnapshot.storage.k8s.io_volumegroupsnapshotcontents.yaml",
      "client/config/crd/groupsnapshot.storage.k8s.io_volumegroupsnapshots.yaml",
      "client/config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml",
      "client/config/crd/snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
      "client/config/crd/snapshot.storage.k8s.io_volumesnapshots.yaml",
      "deploy/kubernetes/snapshot-controller/rbac-snapshot-controller.yaml",
      "deploy/kubernetes/snapshot-controller/setup-snapshot-controller.yaml",
    ],
    chart: "snapshot-controller",
    version: "v8.7.0",
  },
};
