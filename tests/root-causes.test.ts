/** M7: a fault is named once, at the file that a person would edit; what follows from it is counted, not listed. */
import { describe, expect, test } from "bun:test";
import { rename } from "node:fs/promises";
import path from "node:path";

import type { Finding } from "../scripts/lib/core/finding.ts";
import type { Summary } from "../scripts/lib/report/summary.ts";
import { run as validate } from "../scripts/validate.ts";
import { clusterFacts, type Edit } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";

const { dev, shared } = cluster;
const image = `clusters/${dev}/services/case-service/image.yaml`;
const values = `clusters/${dev}/services/case-service/values.yaml`;
const template = "apps/charts/service/templates/deployment.yaml";
const move =
  (from: string, to: string): Edit =>
  (fleet) =>
    rename(path.join(fleet.root, from), path.join(fleet.root, to));

async function judged(edit: Edit): Promise<{ findings: Finding[]; summary: Summary }> {
  await using fleet = await sampleRepository([dev, shared]);
  await edit(fleet);
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  return JSON.parse(stdout) as { findings: Finding[]; summary: Summary };
}

type Said = [place: string, rule: string, message: string, fix: string];
const said = ({ file, line, rule, message, fix }: Finding): Said => [
  line === undefined ? file! : `${file}:${line}`,
  rule,
  message,
  fix!,
];

const cases: [name: string, edit: Edit, expected: Said, folded: number][] = [
  [
    "a key below the {} of an empty layer",
    (fleet) => fleet.values(values, "{}\nreplicas: 3\ntolerations: []\n"),
    [`${values}:4`, "yaml-syntax", "has more after the {} in line 3", "remove the {}"],
    0,
  ],
  [
    "a bracket too many in a template of the chart",
    (fleet) => fleet.edit(template, "spec:", "spec: {{ {"),
    [
      `${template}:11`,
      "render-failed",
      'parse error at (service/templates/deployment.yaml:11): unexpected "{" in command',
      "correct the template; bun run render --application shows the same",
    ],
    0,
  ],
  [
    "an image without digest",
    (fleet) => fleet.edit(image, /.*digest:.*\n/, ""),
    [
      `${image}:3`,
      "image-file",
      "image lacks digest",
      "bun run bump-image, promote, rollback and hold write this file",
    ],
    0,
  ],
  [
    "the tag latest",
    (fleet) => fleet.edit(image, /tag:.*/, "tag: latest"),
    [
      `${image}:4`,
      "image-file",
      'image.tag is "latest", which is not allowed',
      "write it like v1.2.3; bun run bump-image, promote, rollback and hold write this file",
    ],
    1,
  ],
  [
    "a folder of a service, misspelt",
    move(`clusters/${dev}/services/case-service`, `clusters/${dev}/services/casse-service`),
    [
      `clusters/${dev}/services/casse-service`,
      "missing-file",
      "there is no service casse-service",
      "did you mean case-service? There is case-service; a new one: bun run new-service casse-service",
    ],
    2,
  ],
  [
    "a service whose values went",
    (fleet) => fleet.remove("apps/services/auth-service/values.yaml"),
    [
      "apps/services/auth-service/values.yaml",
      "missing-file",
      "needs apps/services/auth-service/values.yaml, which is not there",
      "add apps/services/auth-service/values.yaml",
    ],
    0,
  ],
  [
    "another residency",
    (fleet) => fleet.edit("tenants/wonka/facts/tenant.yaml", /residency: .*/, "residency: us"),
    [
      "tenants/wonka/facts/tenant.yaml:17",
      "tenant-placement",
      `wonka wants its data in us, but ${shared} keeps data in eu (${clusterFacts(shared)}:15)`,
      "bun run place-tenant wonka --cluster CLUSTER places it on a cluster there; if its data may lie there, write residency: eu",
    ],
    0,
  ],
  [
    "an environment that is not there",
    (fleet) => fleet.edit(clusterFacts(shared), /environment: .*/, "environment: production"),
    [
      `${clusterFacts(shared)}:10`,
      "document-reference",
      "there is no environment production",
      "use one of dev, prod, staging",
    ],
    6,
  ],
  [
    "a kind of Argo CD, misspelt",
    (fleet) =>
      fleet.edit("clusters/base/applicationsets/services.yaml", "kind: ApplicationSet\n", "kind: ApplicationSett\n"),
    [
      "clusters/base/applicationsets/services.yaml",
      "kubernetes-schema",
      "argoproj.io/v1alpha1 ApplicationSett is a kind nothing here knows",
      "did you mean argoproj.io/v1alpha1 ApplicationSet? Or add a contract for it to schemas/crds",
    ],
    0,
  ],
  [
    "values that were emptied",
    (fleet) => fleet.write("environments/prod/values.yaml", ""),
    ["environments/prod/values.yaml:1", "yaml-syntax", "is empty", "write its heading, then {}, or remove it"],
    4,
  ],
  [
    "line ends of Windows",
    async (fleet) =>
      fleet.write(
        "apps/services/case-service/values.yaml",
        (await fleet.read("apps/services/case-service/values.yaml")).replaceAll("\n", "\r\n"),
      ),
    [
      "apps/services/case-service/values.yaml:1",
      "file-encoding",
      "holds a carriage return",
      "bun run validate --fix removes it; set the editor to UTF-8 and LF",
    ],
    1,
  ],
  [
    "a range that is not one",
    (fleet) => fleet.edit(clusterFacts(shared), /pods: .*/, "pods: 10.1"),
    [
      expect.stringContaining(clusterFacts(shared)),
      "document-schema",
      "spec.cidrs.pods is 10.1, which is not a string",
      "write it like 10.20.0.0/16",
    ],
    0,
  ],
];

describe("M7: one fault is one finding, where a person would edit", () => {
  for (const [name, edit, expected, folded] of cases) {
    test(name, async () => {
      const { findings, summary } = await judged(edit);
      const distinct = [...new Map(findings.map((finding) => [JSON.stringify(said(finding)), said(finding)])).values()];
      expect(distinct).toEqual([expected]);
      expect(summary.folded.length).toBeGreaterThanOrEqual(folded);
    });
  }

  test("two faults that have nothing to do with each other are two", async () => {
    const { findings } = await judged(async (fleet) => {
      await fleet.edit(clusterFacts(shared), /environment: .*/, "environment: production");
      await fleet.edit(image, /tag:.*/, "tag: latest");
    });
    expect(findings.map(({ rule }) => rule)).toEqual(["image-file", "document-reference"]);
  });

  test("a fault in the text report: what was folded is counted, and named with its cause", async () => {
    await using fleet = await sampleRepository([dev]);
    await fleet.edit(image, /tag:.*/, "tag: latest");
    const { stdout } = await runIn(fleet, validate, []);
    expect(stdout).toContain(`1 finding folded: follows from ${image}:4:8 (image-file)`);
  });
});

describe("K13: a merge that was not finished", () => {
  const mark = (text: string) => `${text}<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n`;
  const conflict: [file: string, rule: string, fix: RegExp][] = [
    ["apps/services/case-service/values.yaml", "yaml-syntax", /keep what is right of the lines between/],
    [
      `clusters/${dev}/platform/secrets/auth-service.sops.yaml`,
      "yaml-syntax",
      /take one side whole .*bun run secrets set/,
    ],
    ["apps/charts/service/values.schema.json", "json-syntax", /keep what is right/],
    [template, "yaml-syntax", /keep what is right/],
  ];
  for (const [file, rule, fix] of conflict) {
    test(file, async () => {
      const { findings } = await judged(async (fleet) => fleet.write(file, mark(await fleet.read(file))));
      expect(findings.filter((finding) => finding.file === file)).toEqual([
        expect.objectContaining({ rule, message: "holds the marks of a conflict: a merge was not finished" }),
      ]);
      expect(findings.find((finding) => finding.file === file)!.fix).toMatch(fix);
    });
  }

  test("a comment that shows such marks is none", async () => {
    const { findings } = await judged((fleet) => fleet.edit(image, "image:", "# <<<<<<< is what git writes\nimage:"));
    expect(findings).toEqual([]);
  });
});

describe("K7: nothing is computed from documents that could not be read", () => {
  const facts = "tenants/wonka/facts/tenant.yaml";
  const breaks: [name: string, edit: Edit][] = [
    ["a value", (fleet) => fleet.edit(facts, /ring: \d/, 'ring: "two"')],
    ["its syntax", (fleet) => fleet.edit(facts, "spec:", "spec: [")],
    ["it is not there", (fleet) => fleet.remove(facts)],
  ];
  for (const [name, edit] of breaks) {
    test(`the facts of a tenant are broken: ${name}`, async () => {
      await using fleet = await sampleRepository([dev, shared]);
      const before = [await fleet.read(".github/CODEOWNERS"), await fleet.read(".sops.yaml")];
      await edit(fleet);
      const { stdout, stderr } = await runIn(fleet, validate, ["--fix", "--format", "json"]);
      const { findings, summary } = JSON.parse(stdout) as { findings: Finding[]; summary: Summary };
      expect(findings.filter(({ file }) => file === ".sops.yaml" || file === ".github/CODEOWNERS")).toEqual([]);
      expect(summary.notChecked.map(({ what }) => what)).toEqual(
        expect.arrayContaining(["rule codeowners", "rule sops-file, .sops.yaml"]),
      );
      expect(stderr).toContain("not written: .sops.yaml: it is made from");
      expect([await fleet.read(".github/CODEOWNERS"), await fleet.read(".sops.yaml")]).toEqual(before);
    });
  }

  test("the facts of all are in order: both are written", async () => {
    await using fleet = await sampleRepository([dev, shared]);
    const before = await fleet.read(".sops.yaml");
    await fleet.write(".sops.yaml", "---\ncreation_rules: []\n");
    const { stderr } = await runIn(fleet, validate, ["--fix"]);
    expect([stderr, await fleet.read(".sops.yaml")]).toEqual([expect.stringContaining("fixed .sops.yaml"), before]);
  });
});
