/** Tests of the code stand on the frozen fleet: none of them names a cluster or a tenant that is operated. */
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import path from "node:path";

import { Glob } from "bun";

import { linesWith } from "../../scripts/lib/adopt/names.ts";
import { foreignTo, leaksIn } from "../../scripts/lib/bundle/foreign.ts";
import { isInPart } from "../../scripts/lib/bundle/part.ts";
import { apiVersion, labelOf, program, sharedNamespace, temporaryPrefix } from "../../scripts/lib/core/company.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { codeFolders } from "../../scripts/lib/io/part-git.ts";
import type { Company } from "../../scripts/lib/model/generated.ts";
import { exceptionsFile, externalFile, generatedFiles } from "../../scripts/lib/repo/layout.ts";
import { Sources } from "../../scripts/lib/repo/sources.ts";
import { checkout, clusters, madeUp, tenants } from "../support/fleet.ts";

const foldersOf = (root: string, folder: string) =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Names of the fleet that is operated, but for those that tests have as their own, which then mean the frozen fleet's. */
export function liveNames(root: string): string[] {
  const own = new Set<string>([...clusters, ...tenants, ...madeUp, "base", "components"]);
  return [...foldersOf(root, "clusters"), ...foldersOf(root, "tenants")].filter((name) => !own.has(name)).toSorted();
}

/**
 * Where a text names one of them. One of several words stands for itself; one that is a word of the language counts where
 * names stand: alone in quotes, in a path, as an owner, behind a hyphen.
 */
export function namesIn(text: string, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const isWord = /^[a-z]+$/.test(name);
    const pattern = isWord
      ? `(?<=["'\`-])${name}(?=["'\`/.@-])|(?<=[/@])${name}(?!\\w)`
      : `(?<![\\w-])${name}(?![\\w-])|(?<=tenant-)${name}`;
    return text.split("\n").flatMap((line, index) => (new RegExp(pattern).test(line) ? [`${index + 1}: ${name}`] : []));
  });
}

const own = ["{lab,scripts}/**/*.test.ts", "tests/**/*.ts", "tests/fleet/**/*"];
const files = own
  .flatMap((pattern) => [...new Glob(pattern).scanSync({ cwd: checkout, dot: true })])
  .filter((file) => !file.startsWith("tests/repository/"))
  .toSorted();

test("no test of the code names a live cluster or tenant", async () => {
  const names = liveNames(checkout);
  const found: string[] = [];
  for (const file of files) {
    const text = await Bun.file(path.join(checkout, file)).text();
    found.push(...namesIn(`${file}\n${text}`, names).map((place) => `${file}:${place}`));
  }
  // Use a name of tests/fleet (tests/support/fleet.ts lists them); one that a test makes up belongs to madeUp there.
  expect(found).toEqual([]);
  expect(files.length).toBeGreaterThan(150);
});

test("what goes along with every customer's part names nobody: commands, schemas, what every cluster runs", async () => {
  const repository = await Repository.read(checkout, { env: process.env });
  const nobody = { clusters: [], tenants: [], environments: [...repository.documents.environments.keys()] };
  const shared = repository.tree.paths.filter((file) => isInPart(file, nobody));
  const code = codeFolders.flatMap((folder) => [...new Glob(`${folder}/**/*`).scanSync(checkout)]);
  const handed = [...shared, ...code.filter((file) => !file.endsWith(".test.ts"))].filter(
    // Excuses are taken out of a part where they are about others, and lists of everybody are written anew.
    (file) => ![exceptionsFile, externalFile, ...generatedFiles].includes(file),
  );
  const texts = new Map(
    await Promise.all(handed.map(async (file) => [file, await Bun.file(path.join(checkout, file)).text()] as const)),
  );
  // Write an example with a name that nobody has: prod-example.
  expect(leaksIn(texts, foreignTo(nobody, repository.documents, texts))).toEqual([]);
  expect(texts.size).toBeGreaterThan(700);
});

describe("the names are found", () => {
  const names = ["prod-x1", "solid"];
  test.each([
    ['["--cluster", "prod-x1"]', true],
    ["clusters/prod-x1/facts/cluster.yaml", true],
    ["tenant-solid-frontend", true],
    ['onboard("solid")', true],
    ["owned by @murima2025/solid", true],
    ['"solid.customers.example.com"', true],
    ['test("solid ground is stood on")', false],
    ["tenants/solid/facts/tenant.yaml", true],
    ["it stands on solid ground", false],
    ["prod-x10 and prod-x1-site are others", false],
    ["const solid = 1;", false],
  ])("%s: %p", (text, isNamed) => expect(namesIn(text, names).length > 0).toBe(isNamed));
});

test("names that code has are those of apps/company.yaml", async () => {
  const { tree } = await readTree(checkout, ["apps"]);
  const { apiGroup, labelPrefix, namespace, organisation } = (
    new Sources(tree).data("apps/company.yaml") as unknown as Company
  ).spec;
  expect({ apiVersion, label: labelOf("x"), sharedNamespace, program, temporaryPrefix }).toEqual({
    apiVersion: `${apiGroup}/v1`,
    label: `${labelPrefix}/x`,
    sharedNamespace: namespace,
    program: `${organisation}-gitops`,
    temporaryPrefix: `${organisation}-`,
  } as never);
});

test("an answer is what the fact of its name is, in the same form", async () => {
  const propertiesOf = async (schema: string) =>
    (
      (await Bun.file(path.join(checkout, schema)).json()) as {
        properties: { spec: { properties: Record<string, unknown> } };
      }
    ).properties.spec.properties;
  const { keep: _, ...answers } = await propertiesOf("schemas/adoption.json");
  expect(answers).toEqual(await propertiesOf("schemas/company.json"));
});

test("no file of code, and nothing that one file takes from another, is called after the company: half of an adoption still runs", async () => {
  const { tree } = await readTree(checkout, ["apps"]);
  const { spec } = new Sources(tree).data("apps/company.yaml") as unknown as Company;
  const names = [spec.organisation, spec.namespace, spec.domain];
  const found: string[] = [];
  for (const file of [...new Glob("{lab,scripts,tests,tools,web}/**/*.ts").scanSync(checkout)].toSorted()) {
    const text = await Bun.file(path.join(checkout, file)).text();
    const shared = text.match(
      /^(?:import|export) [^;]*? from "[^"]+"|^export (?:async )?(?:const|function|class|type|interface) \w+/gm,
    );
    if (linesWith([file, ...(shared ?? [])].join("\n"), names).length > 0) found.push(file);
  }
  expect(found).toEqual([]);
});
