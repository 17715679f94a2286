import type { Mutation } from "./mutation.ts";

const cluster = "clusters/dev-shared";
const facts = `${cluster}/facts/cluster.yaml`;
const service = "apps/services/case-service/values.yaml";
const template = (file: string) => `apps/charts/service/templates/${file}`;
const kustomization = (schemas: string) =>
  `---\n# yaml-language-server: $schema=${schemas}/kustomization.json\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n`;

/** Of rules about what is written: a fixture each, named after the rule. */
export const fileMutations: Record<string, Mutation> = {
  "environment-mirror": {
    break: (fleet) => fleet.edit("environments/staging/values.yaml", "cpuUtilization: 70", "cpuUtilization: 71"),
    expected: { file: "environments/staging/values.yaml", line: 10 },
  },
  "application-name": {
    break: async (fleet) => {
      const name = `a${"-very".repeat(11)}-long-name`;
      await fleet.write(
        `${cluster}/platform/${name}/kustomization.yaml`,
        `${kustomization("../../../../schemas")}resources:\n  - ./account.yaml\n`,
      );
      await fleet.manifest(
        `${cluster}/platform/${name}/account.yaml`,
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x\n  namespace: murima\n",
      );
    },
    expected: {},
  },
  "application-source": {
    break: (fleet) =>
      fleet.edit(
        "clusters/components/facts/kustomization.yaml",
        "          - spec.template.spec.source.repoURL\n",
        "          - spec.generators.0.git.repoURL\n",
      ),
    expected: { file: "clusters/base/applicationsets/services.yaml" },
    also: ["placeholder"],
  },
  "applicationset-subset": {
    break: (fleet) =>
      fleet.edit(
        "clusters/base/applicationsets/services.yaml",
        "name: service-{{ .path.basename }}",
        "name: 'service-{{ .path.basename | lower }}'",
      ),
    expected: { file: "clusters/base/applicationsets/services.yaml" },
  },
  "cidr-overlap": {
    break: (fleet) => fleet.edit(facts, "pods: 10.17.0.0/16", "pods: 10.16.64.0/18"),
    expected: { file: facts, line: 35 },
  },
  "document-name": {
    break: (fleet) => fleet.edit(facts, "name: dev-shared", "name: dev-sharde"),
    expected: { file: facts, line: 6 },
  },
  "document-reference": {
    break: (fleet) =>
      fleet.edit("environments/staging/facts/environment.yaml", "promotesFrom: dev", "promotesFrom: dve"),
    expected: { file: "environments/staging/facts/environment.yaml", line: 11 },
  },
  "document-schema": {
    break: (fleet) => fleet.edit(facts, "residency: eu", "residence: eu"),
    expected: { file: facts, line: 15 },
  },
  "empty-generator": {
    break: (fleet) => fleet.remove(`${cluster}/platform`),
    expected: { file: "clusters/base/applicationsets/platform.yaml" },
    also: ["dangling-reference", "kustomize-target", "priority-class", "secret-stamp"],
  },
  "environment-component": {
    clusters: ["prod-shared"],
    break: (fleet) =>
      fleet.edit("clusters/prod-shared/kustomization.yaml", "environments/prod/argocd", "environments/staging/argocd"),
    expected: { file: "clusters/prod-shared/kustomization.yaml", line: 9 },
    also: ["manifest-generate-paths", "orphan-file"],
  },
  "facts-folder": {
    break: (fleet) => fleet.write(`${cluster}/facts/extra.yaml`, "---\nkind: Extra\n"),
    expected: { file: `${cluster}/facts/extra.yaml` },
    also: ["orphan-file"],
  },
  "file-encoding": {
    break: async (fleet) => fleet.write(service, (await fleet.read(service)).replaceAll("\n", "\r\n")),
    expected: { file: service, line: 1 },
  },
  "file-size": {
    break: (fleet) => fleet.edit(service, "replicas: 3\n", `replicas: 3\n# ${"x".repeat(300_000)}\n`),
    expected: { file: service },
  },
  "foreign-tree": {
    clusters: ["dev-shared", "staging-shared"],
    break: async (fleet) => {
      await fleet.edit(`${cluster}/platform/namespaces/kustomization.yaml`, "  - ../../facts\n", "");
      await fleet.edit(
        `${cluster}/platform/namespaces/kustomization.yaml`,
        "../../../../apps/platform/namespaces",
        "../../../staging-shared/platform/namespaces",
      );
    },
    expected: { file: "clusters/staging-shared/facts/cluster.yaml", application: "dev-shared/platform-namespaces" },
    also: ["manifest-generate-paths"],
  },
  "hardware-minimum": {
    break: (fleet) => fleet.edit(facts, 'cpu: "32"', 'cpu: "4"'),
    expected: { file: facts },
    also: ["quota-capacity"],
  },
  "image-prerelease": {
    clusters: ["prod-shared"],
    break: (fleet) =>
      fleet.edit("clusters/prod-shared/services/frontend/image.yaml", "tag: v1.0.3", "tag: v1.0.3-rc.1"),
    expected: { file: "clusters/prod-shared/services/frontend/image.yaml", line: 4 },
  },
  "json-syntax": {
    break: (fleet) => fleet.write("apps/charts/service/values.schema.json", "{ broken"),
    expected: { file: "apps/charts/service/values.schema.json" },
  },
  "kustomization-schema": {
    break: (fleet) => fleet.edit(`${cluster}/platform/namespaces/kustomization.yaml`, "components:", "bases:"),
    expected: { file: `${cluster}/platform/namespaces/kustomization.yaml`, line: 8 },
  },
  "manifest-generate-paths": {
    break: (fleet) => fleet.edit("clusters/base/applicationsets/services.yaml", "/apps/charts/service;", ""),
    expected: { file: "apps/charts/service/.helmignore" },
  },
  "missing-file": {
    async break(fleet) {
      await fleet.values(`${cluster}/services/frontend/values.yaml`, "replicas: 2\n");
      await fleet.remove(`${cluster}/services/frontend/image.yaml`);
    },
    expected: { file: `${cluster}/services/frontend/image.yaml`, application: "dev-shared/service-frontend" },
  },
  modeline: {
    break: (fleet) => fleet.edit(service, "service/values.schema.json", "values.schema.json"),
    expected: { file: service, line: 2 },
  },
  "non-deterministic-template": {
    break: (fleet) =>
      fleet.edit(
        template("service.yaml"),
        "spec:\n",
        "  annotations:\n    example.com/now: x{{ randAlphaNum 5 }}\nspec:\n",
      ),
    expected: { file: template("service.yaml"), line: 8 },
  },
  "orphan-file": {
    break: (fleet) => fleet.write(`${cluster}/services/frontend/vaules.yaml`, "---\nreplicas: 1\n"),
    expected: { file: `${cluster}/services/frontend/vaules.yaml` },
  },
  "plaintext-secret": {
    break: (fleet) =>
      fleet.write(
        template("secret.yaml"),
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}-plain\nstringData:\n  password: "hunter2"\n',
      ),
    expected: { file: template("secret.yaml") },
  },
  "service-reference": {
    break: (fleet) => fleet.edit(service, "    - auth-service\n", "    - auth-servise\n"),
    expected: { file: service, line: 8 },
    also: ["selector-match"],
  },
  "values-schema": {
    break: (fleet) => fleet.edit(service, "enabled: true", 'enabled: "true"'),
    expected: { file: service, line: 20 },
  },
  "yaml-alias": {
    break: (fleet) => fleet.edit(service, "replicas: 3", "replicas: &three 3"),
    expected: { file: service, line: 4 },
  },
  "yaml-ambiguous-scalar": {
    break: (fleet) => fleet.edit("environments/dev/values.yaml", "NODE_ENV: development", "NODE_ENV: no"),
    expected: { file: "environments/dev/values.yaml", line: 4 },
  },
  "yaml-duplicate-key": {
    break: (fleet) => fleet.edit(service, "replicas: 3\n", "replicas: 3\nreplicas: 4\n"),
    expected: { file: service, line: 5 },
  },
  "yaml-syntax": {
    break: (fleet) => fleet.edit(service, "replicas: 3\n", "replicas: 3\n---\nreplicas: 4\n"),
    expected: { file: service },
  },
  "yaml-tag": {
    break: (fleet) => fleet.edit(service, "replicas: 3\n", "replicas: !!js/number 3\n"),
    expected: { file: service, line: 4 },
  },
};
