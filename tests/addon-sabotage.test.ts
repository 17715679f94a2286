/** Each way to break an addon that is in order, and what says so. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { Repository } from "../scripts/lib/fleet/repository.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { addonFile, type AddonSample, addonSample, addonValues, place, placed } from "./support/addons.ts";
import { changed } from "./support/changed-fleet.ts";
import { cluster } from "./support/fleet.ts";
import type { TestFiles } from "./support/repository.ts";

setDefaultTimeout(60_000);

describe("each sabotage is caught", () => {
  const cases: [string, (files: TestFiles) => Promise<unknown>, RegExp][] = [
    [
      "a digest by hand",
      (fleet) => fleet.edit(`${placed()}/chart.yaml`, /sha256:../, "sha256:00"),
      /^addon-lock .*chart\.yaml: runs widgets/,
    ],
    [
      "another registry for an image",
      (fleet) => fleet.edit(`${placed()}/images.yaml`, "registry.murima2025.com", "evil.example.com"),
      /^addon-generated .*images\.yaml/,
    ],
    [
      "definitions of another version",
      (fleet) => fleet.edit(`${placed()}/definitions.yaml`, "1.0.0", "1.0.1"),
      /^addon-generated .*definitions\.yaml/,
    ],
    [
      "a misspelt value",
      (fleet) => fleet.write(addonValues, "---\nreplica: 2\n"),
      /^chart-values apps\/addons\/widgets\/values\.yaml: sets replica/,
    ],
    [
      "an allowance that is not needed",
      (fleet) =>
        fleet.edit(
          addonFile,
          "        - allows every secret\n",
          "        - allows every secret\n        - allows bind\n",
        ),
      /^addon-allowance .*allows "allows bind"/,
    ],
    [
      "an allowance that is taken away",
      (fleet) => fleet.edit(addonFile, / {2}allowances:[^]*/, ""),
      /^rbac-escalation .*allows every secret/,
    ],
    [
      "an allowance of what no addon may",
      (fleet) => fleet.edit(addonFile, "rule: rbac-escalation", "rule: tenant-isolation"),
      /^addon-allowance .*rule that takes an allowance tenant-isolation/,
    ],
    [
      "what it says to provide",
      (fleet) => fleet.edit(addonFile, "name: example.com", "name: example.org"),
      /^addon-lock .*says that it provides/,
    ],
    [
      "a level its namespace does not have",
      (fleet) => fleet.edit(addonFile, "podSecurity: restricted", "podSecurity: privileged"),
      /^addon-lock .*says privileged/,
    ],
    [
      "a field its definition does not know",
      (fleet) => fleet.write(addonValues, "---\nsize: large\n"),
      /^kubernetes-schema .*spec\.size/,
    ],
    [
      "a namespace that is taken out",
      (fleet) =>
        fleet.edit(`clusters/${cluster.dev}/platform/namespaces/kustomization.yaml`, /.*addons\/widgets.*\n/, ""),
      /^addon-generated .*namespaces\/kustomization\.yaml/,
    ],
  ];
  let repository: Repository;
  let sample: AddonSample;
  beforeAll(async () => {
    sample = await addonSample();
    await place(sample);
    repository = await Repository.read(sample.fleet.root, { env: { ...process.env, ...sample.env } });
  });
  afterAll(() => sample[Symbol.asyncDispose]());

  for (const [what, edit, expected] of cases) {
    test(what, async () => {
      const { findings } = await validate(await changed(repository, edit));
      expect(findings.map(({ rule, file, message }) => `${rule} ${file ?? ""}: ${message}`)).toContainEqual(
        expect.stringMatching(expected),
      );
    });
  }

  test("twin: where an environment runs it in a way of its own, nobody shows that the others do not need it", async () => {
    const { findings } = await validate(
      await changed(repository, async (fleet) => {
        await fleet.edit(
          addonFile,
          "        - allows every secret\n",
          "        - allows every secret\n        - allows bind\n",
        );
        await fleet.write(addonValues.replace("values.yaml", "values-dev.yaml"), "---\nreplicas: 1\n");
      }),
    );
    expect(findings.filter(({ rule }) => rule === "addon-allowance")).toEqual([]);
  });
});
