/** Inputs that must not reach a program unread. */
import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { validate } from "../validate/validate.ts";

const placement = "tenants/wonka/prod-shared/kustomization.yaml";
const levels = (count: number, width: number) =>
  Array.from({ length: count }, (_, index) => {
    const items = index === 0 ? "x" : `*${"abcdefghij"[index - 1]}`;
    const name = "abcdefghij"[index];
    return `        ${name}: &${name} [${Array<string>(width).fill(items).join(", ")}]\n`;
  }).join("");

async function findingsOf(patch: string, target = "Nothing") {
  const fleet = await changedFleet([cluster.shared], (files) =>
    files.edit(placement, /$/, `patches:\n  - target:\n      kind: ${target}\n    patch: |-\n${patch}`),
  );
  return (await validate(fleet)).findings.map(({ rule, file, line }) => [rule, file, line]);
}

const head = "      apiVersion: v1\n      kind: ConfigMap\n      metadata:\n        name: settings\n";

describe("R4: YAML inside an inline patch is read as strictly as a file", () => {
  for (const [name, body, rule] of [
    ["aliases of six levels", `${head}      data:\n${levels(6, 10)}`, "yaml-alias"],
    ["aliases of two", `${head}      data:\n${levels(2, 2)}`, "yaml-alias"],
    ["a tag", `${head}      data:\n        a: !!binary eA==\n`, "yaml-tag"],
    ["a key that is there twice", `${head}      data:\n        a: x\n        a: y\n`, "yaml-duplicate-key"],
    ["what means two things", `${head}      data:\n        a: NO\n`, "yaml-ambiguous-scalar"],
    ["what is not YAML", "      a: [\n", "yaml-syntax"],
  ] as const)
    for (const target of ["Nothing", "ConfigMap"])
      test(`${name}, for ${target}`, async () => {
        const found = await findingsOf(body, target);
        expect(found).toContainEqual([rule, placement, expect.any(Number)]);
      });

  test("twin: a plain patch, merged and by JSON pointers", async () => {
    expect(await findingsOf(`${head}      data:\n        locale: de\n`, "ConfigMap")).toEqual([]);
    const pointers = '      - op: replace\n        path: /data/locale\n        value: "de"\n';
    expect(await findingsOf(pointers, "ConfigMap")).toEqual([]);
  });
});

test("R5: no file name makes a template unread", async () => {
  const template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: unread\n";
  for (const name of ["Thumbs.db", "thumbs.db", "desktop.ini", "x.yaml~"]) {
    const fleet = await changedFleet([cluster.dev], (files) =>
      files.write(`apps/charts/service/templates/${name}`, template),
    );
    const { fleet: loaded } = await validate(fleet);
    const rendered = loaded.applications.filter(({ objects }) => objects.some(({ id }) => id.name === "unread"));
    expect([name, rendered.length]).toEqual([name, 4]);
  }
});
