/** Applications that pull a chart out of the cluster's registry: the one form that is taken, and all others. */
import { describe, expect, test } from "bun:test";

import type { Json, JsonObject } from "../core/json.ts";
import { archiveFolder } from "../repo/layout.ts";
import { Tree } from "../repo/tree.ts";
import { renderRequest } from "./application.ts";
import { expand } from "./applicationset.ts";

const digest = `sha256:${"a".repeat(64)}`;
const pull = { url: "https://git.example/fleet.git", revision: "refs/heads/main", registry: "registry.example" };
const tree = new Tree(
  [
    "apps/addons/widgets/values.yaml",
    "clusters/c/addons/widgets/chart.yaml",
    "clusters/c/addons/widgets/images.yaml",
    `${archiveFolder(digest)}/Chart.yaml`,
  ].map((file) => [file, new Uint8Array()] as const),
);

const helm = {
  releaseName: "widgets",
  kubeVersion: "1.36",
  apiVersions: [],
  skipCrds: true,
  skipTests: true,
  ignoreMissingValueFiles: true,
  valueFiles: [
    "$values/apps/addons/widgets/values.yaml",
    "$values/clusters/c/addons/widgets/values.yaml",
    "$values/clusters/c/addons/widgets/images.yaml",
  ],
};
const chart = { repoURL: "oci://registry.example/charts/widgets", targetRevision: digest, path: ".", helm };
const values = { repoURL: pull.url, targetRevision: pull.revision, ref: "values" };
const request = (spec: JsonObject) =>
  renderRequest({ spec: { destination: { namespace: "widgets" }, ...spec } }, tree, pull);
const sources = (...all: object[]) => request({ sources: all as Json[] });

test("a chart by digest, with values of the repository", () =>
  expect(sources(chart, values)).toEqual({
    tool: "helm",
    chart: archiveFolder(digest),
    releaseName: "widgets",
    namespace: "widgets",
    kubeVersion: "1.36",
    apiVersions: [],
    valueFiles: ["apps/addons/widgets/values.yaml", "clusters/c/addons/widgets/images.yaml"],
    absentValueFiles: ["clusters/c/addons/widgets/values.yaml"],
    values: {},
    skipCrds: true,
    skipTests: true,
  }));

test("definitions by digest", () => {
  const repoURL = "oci://registry.example/chart-definitions/widgets";
  expect(request({ source: { repoURL, targetRevision: digest, path: "." } })).toEqual({
    tool: "kustomize",
    path: archiveFolder(digest),
  });
});

test("an archive that is not here is no error of the repository", () => {
  const other = digest.replace(/a+$/, "b".repeat(64));
  expect(sources({ ...chart, targetRevision: other }, values)).toEqual({ absent: other });
});

describe("everything else is refused", () => {
  const cases: [string, ReturnType<typeof sources>, RegExp][] = [
    [
      "another registry",
      sources({ ...chart, repoURL: "oci://evil.example/charts/widgets" }, values),
      /not where this cluster's registry has charts/,
    ],
    ["another folder of it", sources({ ...chart, repoURL: "oci://registry.example/x/widgets" }, values), /not where/],
    ["upstream over HTTPS", sources({ ...chart, repoURL: "https://charts.example" }, values), /not where/],
    ["a tag", sources({ ...chart, targetRevision: "1.0.0" }, values), /not a digest/],
    ["a part of the archive", sources({ ...chart, path: "charts/x" }, values), /another path/],
    ["definitions among the rest", sources({ ...chart, helm: { ...helm, skipCrds: false } }, values), /skipCrds/],
    ["tests", sources({ ...chart, helm: { ...helm, skipTests: undefined } }, values), /skipTests/],
    ["parameters", sources({ ...chart, helm: { ...helm, parameters: [] } }, values), /sets parameters of helm/],
    ["a plugin", sources({ ...chart, plugin: {} }, values), /sets plugin/],
    [
      "values of another repository",
      sources(chart, { ...values, repoURL: "https://evil.example" }),
      /not this cluster's repository/,
    ],
    ["values of another branch", sources(chart, { ...values, targetRevision: "refs/heads/x" }), /the revision/],
    [
      "values of the chart",
      sources({ ...chart, helm: { ...helm, valueFiles: ["values-prod.yaml"] } }, values),
      /not a file of \$values/,
    ],
    [
      "values outside",
      sources({ ...chart, helm: { ...helm, valueFiles: ["$values/../x"] } }, values),
      /not a file of \$values/,
    ],
    [
      "values by a pattern",
      sources({ ...chart, helm: { ...helm, valueFiles: ["$values/apps/*.yaml"] } }, values),
      /not a file of \$values/,
    ],
    ["another name of the second source", sources(chart, { ...values, ref: "other" }), /ref: values/],
    ["a source that renders as well", sources(chart, { ...values, path: "apps" }), /sets path of its values/],
    ["a third source", sources(chart, values, values), /other sources/],
    ["one source and several", request({ source: chart, sources: [chart, values] }), /other sources/],
  ];
  for (const [what, answer, message] of cases) test(what, () => expect(JSON.stringify(answer)).toMatch(message));
});

describe("a generator of files", () => {
  const set = (change: (git: Record<string, unknown>) => void = () => {}): JsonObject => {
    const git: Record<string, unknown> = {
      repoURL: pull.url,
      revision: pull.revision,
      files: [{ path: "clusters/c/addons/*/chart.yaml" }],
      values: { cluster: "c" },
    };
    change(git);
    return {
      spec: {
        goTemplate: true,
        goTemplateOptions: ["missingkey=error"],
        generators: [{ git: git as JsonObject }],
        template: { metadata: { name: "addon-{{ .path.basename }}" }, spec: { revision: "{{ .chart.digest }}" } },
      },
    };
  };
  const of = (applicationSet: JsonObject, data: Json = { chart: { digest } }, files = tree) =>
    expand(applicationSet, { tree: files, data: () => data }, pull);

  test("makes an Application of each file, by the fields in it", () => {
    const { expansions, refusals } = of(set());
    expect(refusals).toEqual([]);
    expect(expansions).toEqual([
      {
        folder: "clusters/c/addons/widgets",
        application: expect.objectContaining({ spec: { revision: digest } }) as JsonObject,
      },
    ]);
  });

  test("a field that a file lacks is an error, as missingkey has it", () =>
    expect(of(set(), { chart: {} }).refusals).toEqual([
      expect.objectContaining({ message: expect.stringContaining(".chart.digest") as string }),
    ]));

  test("a file can't take the place of its path or of the values", () => {
    const { expansions } = of(set(), { chart: { digest }, path: { basename: "evil" }, values: { cluster: "evil" } });
    expect(expansions[0]!.application["metadata"]).toEqual({ name: "addon-widgets", namespace: "argocd" });
  });

  test("a file that only one of Argo CD's two readings of * finds is refused", () => {
    const deep = new Tree([["clusters/c/addons/widgets/old/chart.yaml", new Uint8Array()]]);
    expect(of(set(), { chart: { digest } }, deep).refusals[0]!.message).toContain("deeper than");
  });

  const broken: [string, (git: Record<string, unknown>) => void][] = [
    ["directories as well", (git) => (git["directories"] = [{ path: "x" }])],
    ["two patterns", (git) => (git["files"] = [{ path: "a/b" }, { path: "a/c" }])],
    ["an exclusion", (git) => (git["files"] = [{ path: "a/b", exclude: true }])],
    ["any file", (git) => (git["files"] = [{ path: "a/*" }])],
    ["a double star", (git) => (git["files"] = [{ path: "a/**/chart.yaml" }])],
    ["a prefix", (git) => (git["pathParamPrefix"] = "x")],
    ["another repository", (git) => (git["repoURL"] = "https://evil.example")],
  ];
  for (const [what, change] of broken)
    test(`${what}: refused`, () => expect(of(set(change)).refusals.length).toBeGreaterThan(0));
});
