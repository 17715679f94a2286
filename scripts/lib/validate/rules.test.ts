import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { run as validate } from "../../validate.ts";
import type { Finding } from "../core/finding.ts";
import { runIn, sampleRepository, type TestRepository } from "../testing/repository.ts";
import { rules } from "./rules.ts";

type Expected = Pick<Finding, "rule"> & Partial<Pick<Finding, "file" | "line" | "application">>;

const cluster = "clusters/dev-eu1";
const facts = `${cluster}/facts/cluster.yaml`;
const service = "apps/services/case-service/values.yaml";
const deployment = "apps/charts/service/templates/deployment.yaml";

/** What breaks a rule, and where exactly that rule and no other is to say so. */
const mutations: Record<string, [break_: (repository: TestRepository) => Promise<void>, expected: Expected]> = {
  "application-name": [
    async (repository) => {
      const name = `a${"-very".repeat(11)}-long-name`;
      await repository.write(
        `${cluster}/platform/${name}/kustomization.yaml`,
        await repository.read(`${cluster}/facts/kustomization.yaml`),
      );
      await repository.write(
        `${cluster}/platform/${name}/cluster.yaml`,
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x\n  namespace: murima\n",
      );
    },
    { rule: "application-name" },
  ],
  "application-source": [
    async (repository) =>
      repository.edit(
        "clusters/components/facts/kustomization.yaml",
        "          - spec.template.spec.source.repoURL\n",
        "",
      ),
    { rule: "application-source", file: "clusters/base/applicationsets/services.yaml" },
  ],
  "applicationset-subset": [
    async (repository) =>
      repository.edit(
        "clusters/base/applicationsets/services.yaml",
        "name: service-{{ .path.basename }}",
        "name: 'service-{{ .path.basename | lower }}'",
      ),
    { rule: "applicationset-subset", file: "clusters/base/applicationsets/services.yaml" },
  ],
  "cidr-overlap": [
    async (repository) => repository.edit(facts, "pods: 10.17.0.0/16", "pods: 10.16.64.0/18"),
    { rule: "cidr-overlap", file: facts, line: 28 },
  ],
  "dangling-reference": [
    async (repository) =>
      repository.edit(deployment, "name: {{ .Release.Name }}-config\n", "name: {{ .Release.Name }}-configuration\n"),
    { rule: "dangling-reference", file: deployment },
  ],
  "document-name": [
    async (repository) => repository.edit(facts, "name: dev-eu1", "name: dev-eu2"),
    { rule: "document-name", file: facts, line: 6 },
  ],
  "document-reference": [
    async (repository) =>
      repository.edit("environments/staging/facts/environment.yaml", "promotesFrom: testing", "promotesFrom: testin"),
    { rule: "document-reference", file: "environments/staging/facts/environment.yaml", line: 11 },
  ],
  "document-schema": [
    async (repository) => repository.edit(facts, "residency: eu", "residence: eu"),
    { rule: "document-schema", file: facts, line: 15 },
  ],
  "duplicate-object": [
    async (repository) =>
      repository.write(
        "apps/charts/service/templates/again.yaml",
        await repository.read("apps/charts/service/templates/service.yaml"),
      ),
    { rule: "duplicate-object" },
  ],
  "host-collision": [
    async (repository) => {
      await repository.edit(
        `${cluster}/services/comm-hub/values.yaml`,
        "{}",
        "route:\n  enabled: true\n  host: app\n  paths:\n    - type: PathPrefix\n      value: /\n",
      );
    },
    {
      rule: "host-collision",
      file: "apps/charts/service/templates/httproute.yaml",
      application: "dev-eu1/service-frontend",
    },
  ],
  "image-digest": [
    async (repository) => repository.edit("apps/charts/service/templates/_helpers.tpl", "@{{ .digest }}", ""),
    { rule: "image-digest", file: deployment },
  ],
  "kubernetes-schema": [
    async (repository) => repository.edit(deployment, "minReadySeconds", "minReadySecond"),
    { rule: "kubernetes-schema", file: deployment },
  ],
  "kustomization-schema": [
    async (repository) => repository.edit(`${cluster}/platform/namespaces/kustomization.yaml`, "components:", "bases:"),
    { rule: "kustomization-schema", file: `${cluster}/platform/namespaces/kustomization.yaml`, line: 8 },
  ],
  "manifest-generate-paths": [
    async (repository) => repository.edit("clusters/base/applicationsets/services.yaml", "/apps/charts/service;", ""),
    { rule: "manifest-generate-paths", file: "apps/charts/service/.helmignore" },
  ],
  "missing-file": [
    async (repository) => repository.remove(`${cluster}/services/frontend/image.yaml`),
    {
      rule: "missing-file",
      file: "clusters/base/applicationsets/services.yaml",
      application: "dev-eu1/service-frontend",
    },
  ],
  "object-name": [
    async (repository) =>
      repository.edit(
        "apps/charts/service/templates/poddisruptionbudget.yaml",
        "name: {{ .Release.Name }}",
        "name: ../../{{ .Release.Name }}",
      ),
    { rule: "object-name", file: "apps/charts/service/templates/poddisruptionbudget.yaml" },
  ],
  "orphan-file": [
    async (repository) => repository.write(`${cluster}/services/frontend/vaules.yaml`, "---\nreplicas: 1\n"),
    { rule: "orphan-file", file: `${cluster}/services/frontend/vaules.yaml` },
  ],
  "render-failed": [
    async (repository) => repository.edit(deployment, "{{ .Values.replicas }}", "{{ .Values.replicas | nothing }}"),
    { rule: "render-failed" },
  ],
  "service-reference": [
    async (repository) => repository.edit(service, "    - auth-service\n", "    - auth-servise\n"),
    { rule: "service-reference", file: service, line: 8 },
  ],
  "values-schema": [
    async (repository) => repository.edit(service, "poolMax: 20", 'poolMax: "20"'),
    { rule: "values-schema", file: service, line: 20 },
  ],
};

/** Rules that can't but see the same break, as what was rendered and is no more is missing elsewhere. */
const also: Record<string, readonly string[]> = {};

describe("each rule", () => {
  for (const [rule, [break_, expected]] of Object.entries(mutations)) {
    test(`${rule} sees what breaks it, where it is`, async () => {
      await using repository = await sampleRepository();
      await break_(repository);
      const { code, stdout } = await runIn(repository, validate, ["--format", "json"]);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      const own = findings.filter((finding) => finding.rule === rule);
      expect(own).toContainEqual(expect.objectContaining(expected));
      const others = new Set(findings.map((finding) => finding.rule).filter((other) => other !== rule));
      expect([...others].toSorted()).toEqual([...(also[rule] ?? [])]);
      expect(own.every(({ fix }) => fix !== undefined && fix !== "")).toBe(true);
      expect(code).toBe(1);
    });
  }
});

test("a clean cluster has no findings", async () => {
  await using repository = await sampleRepository();
  const { code, stdout } = await runIn(repository, validate, ["--cluster", "dev-eu1", "--format", "json"]);
  expect((JSON.parse(stdout) as { findings: Finding[] }).findings).toEqual([]);
  expect(code).toBe(0);
});

test("every rule is in its file, in the list and in the table above", async () => {
  const files = (await readdir(path.join(import.meta.dirname, "rules")))
    .map((file) => path.basename(file, ".ts"))
    .toSorted();
  expect(rules.map(({ id }) => id)).toEqual(files);
  expect(Object.keys(mutations)).toEqual(expect.arrayContaining(files));
});
