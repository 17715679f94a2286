import { describe, expect, test } from "bun:test";

import { at, type JsonObject } from "../core/json.ts";
import { Tree } from "../repo/tree.ts";
import { renderRequest } from "./application.ts";
import { expand } from "./applicationset.ts";
import { fill } from "./template.ts";

const tree = new Tree(
  [
    "clusters/c/services/a/values.yaml",
    "clusters/c/services/b/deep/values.yaml",
    "clusters/c/services/.git/x",
    "clusters/c/services/README.md",
    "clusters/d/services/a/x",
  ].map((file) => [file, new Uint8Array()] as const),
);

const pull = { url: "https://git.example/fleet.git", revision: "refs/heads/main", registry: "registry.invalid" };
const origin = { repoURL: pull.url, revision: pull.revision };

function applicationSet(change: (spec: Record<string, unknown>) => void = () => {}): JsonObject {
  const spec = {
    goTemplate: true,
    goTemplateOptions: ["missingkey=error"],
    generators: [
      {
        git: {
          ...origin,
          directories: [{ path: "clusters/c/services/*" }],
          values: { cluster: "c", here: "{{ .path.path }}" },
        },
      },
    ],
    template: {
      metadata: { name: "service-{{ .path.basename }}" },
      spec: {
        project: "{{ index .path.segments 1 }}",
        source: { path: "{{ .values.here }}" },
        destination: { namespace: "x" },
      },
    },
  };
  change(spec);
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata: { name: "s", namespace: "argocd" },
    spec,
  };
}

describe("expansion", () => {
  test("one Application a folder; hidden folders and files are none", () => {
    const { expansions, refusals } = expand(applicationSet(), { tree, data: () => undefined }, pull);
    expect(refusals).toEqual([]);
    expect(expansions.map(({ folder }) => folder)).toEqual(["clusters/c/services/a", "clusters/c/services/b"]);
    expect(expansions[0]!.application).toEqual({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "service-a", namespace: "argocd" },
      spec: { project: "c", source: { path: "clusters/c/services/a" }, destination: { namespace: "x" } },
    });
  });

  test("A-1: a generator that reads another repository or revision is refused", () => {
    for (const other of [
      { repoURL: "https://evil.example/other.git" },
      { revision: "refs/heads/unreviewed" },
      { revision: "main" },
    ]) {
      const set = applicationSet((spec) => Object.assign(at(spec, "generators", 0, "git") as JsonObject, other));
      const { expansions, refusals } = expand(set, { tree, data: () => undefined }, pull);
      expect([expansions, refusals.map(({ rule }) => rule)]).toEqual([[], ["application-source"]]);
    }
  });

  test("an excluding entry wins over every including one", () => {
    const set = applicationSet((spec) => {
      const git = at(spec, "generators", 0, "git") as JsonObject;
      git["directories"] = [{ path: "clusters/c/services/a", exclude: true }, { path: "clusters/*/services/*" }];
    });
    expect(expand(set, { tree, data: () => undefined }, pull).expansions.map(({ folder }) => folder)).toEqual([
      "clusters/c/services/b",
      "clusters/d/services/a",
    ]);
  });

  const outside: Record<string, [change: (spec: Record<string, unknown>) => void, says: string]> = {
    "two generators": [(spec) => void (spec["generators"] = [{}, {}]), "has 2 generators"],
    "another generator": [(spec) => void (spec["generators"] = [{ list: {} }]), "a generator of the kind list"],
    "no goTemplate": [(spec) => void delete spec["goTemplate"], "does not set goTemplate"],
    "no missingkey": [(spec) => void (spec["goTemplateOptions"] = []), "does not set missingkey=error"],
    templatePatch: [(spec) => void (spec["templatePatch"] = ""), "has a templatePatch"],
    strategy: [(spec) => void (spec["strategy"] = {}), "has a strategy"],
    "git files": [(spec) => void (spec["generators"] = [{ git: { files: [] } }]), "without directories"],
    "a pattern": [
      (spec) => void (spec["generators"] = [{ git: { directories: [{ path: "clusters/[ab]/**" }] } }]),
      "whose segments are not all names or *",
    ],
  };
  for (const [name, [change, says]] of Object.entries(outside)) {
    test(`refused: ${name}`, () => {
      const { expansions, refusals } = expand(applicationSet(change), { tree, data: () => undefined }, pull);
      expect(expansions).toEqual([]);
      expect(refusals.map(({ message }) => message)).toContainEqual(expect.stringContaining(says));
    });
  }
});

describe("templates", () => {
  const parameters = { path: { path: "a/b", segments: ["a", "b"] }, values: { x: "1", "with-dash": "2" } };

  test("field paths and index", () => {
    expect(fill('{{ .path.path }}-{{index .path.segments 1}}-{{ index .values "with-dash" }}', parameters)).toBe(
      "a/b-b-2",
    );
  });

  const refused = [
    "{{ .values.y }}",
    "{{ .values.x | upper }}",
    "{{- .values.x }}",
    "{{ if .values.x }}{{ end }}",
    "{{ printf .values.x }}",
    "{{ .values }}",
    "{{ .path.path",
    "x }}",
    "{{ index .path.segments 5 }}",
    '{{ index .values "__proto__" }}',
    "{{ .constructor.name }}",
  ];
  for (const template of refused)
    test(`refused: ${template}`, () => expect(() => fill(template, parameters)).toThrow());
});

test("A-4: a hidden folder is not walked, be it named or meant by a *", () => {
  const hidden = new Tree(
    [".hid/x/a", "clusters/.hid/x/a", "clusters/c/x/a"].map((file) => [file, new Uint8Array()] as const),
  );
  expect([hidden.folders(".hid/x"), hidden.folders("clusters/.hid/*"), hidden.folders("clusters/*/x")]).toEqual([
    [],
    [],
    ["clusters/c/x"],
  ]);
});

test("A-3: values outside of the repository are refused, and are no file inside", () => {
  const files = new Tree(
    ["chart/Chart.yaml", "values.yaml", "chart/values.yaml"].map((file) => [file, new Uint8Array()] as const),
  );
  const request = (...valueFiles: string[]) =>
    renderRequest(
      {
        spec: {
          source: {
            repoURL: pull.url,
            targetRevision: pull.revision,
            path: "chart",
            helm: { valueFiles, ignoreMissingValueFiles: true },
          },
        },
      },
      files,
      pull,
    );
  for (const file of ["/../values.yaml", "/a/../../values.yaml", "../../values.yaml"])
    expect([file, request(file)]).toEqual([file, [expect.objectContaining({ rule: "application-source" })]]);
  for (const file of ["/values.yaml", "../values.yaml", "values.yaml"]) expect(request(file)).not.toBeArray();
});
