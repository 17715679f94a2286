/** The shape of the code, as AGENTS.md draws it. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { Glob } from "bun";

import { checkout } from "../support/fleet.ts";

/** A folder of scripts/lib imports only from those before it. */
const order = [
  "core",
  "yaml",
  "model",
  "repo",
  "argocd",
  "network",
  "service",
  "store",
  "tenant",
  "secret",
  "image",
  "addon",
  "bundle",
  "operator",
  "adopt",
  "io",
  "engine",
  "render",
  "fleet",
  "cluster",
  "diff",
  "validate",
  "report",
  "command",
  "write",
];

const sources = [...new Glob("{lab,scripts,tests,tools}/**/*.ts").scanSync(checkout)].toSorted();
const product = sources.filter((file) => file.startsWith("scripts/lib/") && !file.endsWith(".test.ts"));
const textOf = (file: string) => Bun.file(path.join(checkout, file)).text();
const folderOf = (file: string) => /^scripts\/lib\/([^/]+)\//.exec(file)?.[1];

/** What a file imports from this repository, whatever form the import has. */
async function importsOf(file: string): Promise<string[]> {
  const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(await textOf(file)).map((found) => found.path);
  const types = [...(await textOf(file)).matchAll(/^import type .* from "(\.[^"]+)"/gm)].map(([, target]) => target!);
  return [...new Set([...imports, ...types])]
    .filter((target) => target.startsWith("."))
    .map((target) => path.posix.join(path.posix.dirname(file), target));
}

test("folders import only from folders before them", async () => {
  expect(new Set(product.map(folderOf))).toEqual(new Set(order));
  const backwards: string[] = [];
  for (const file of product) {
    for (const target of await importsOf(file)) {
      const imported = folderOf(target);
      if (imported === undefined || order.indexOf(imported) > order.indexOf(folderOf(file)!))
        backwards.push(`${file} imports ${target}`);
    }
  }
  expect(backwards).toEqual([]);
});

test("AGENTS.md draws the same folders in the same order", async () => {
  const section = /## Folders of code\n([^]*?)\n## /.exec(await textOf("AGENTS.md"))![1]!;
  const table = [...section.matchAll(/^\| ([a-z]+) /gm)].map(([, folder]) => folder!).slice(1);
  expect(table).toEqual(order);
});

test("only io and command/io.ts touch files and processes", async () => {
  const effects =
    /from "node:(fs|fs\/promises|child_process|net|http|https)"|Bun\.(spawn|spawnSync|file|write|serve|\$)|process\.(env|cwd\(|exit\()/;
  const touching: string[] = [];
  for (const file of product) {
    if (folderOf(file) === "io" || file === "scripts/lib/command/io.ts") continue;
    const match = effects.exec(await textOf(file));
    if (match !== null) touching.push(`${file}: ${match[0]}`);
  }
  expect(touching).toEqual([]);
});

/** Paths of the fleet that a source writes out or takes apart; placeholders in capitals and lines of examples are for people, apps/v1 is Kubernetes'. */
function pathsIn(source: string): string[] {
  const code = new Bun.Transpiler({ loader: "ts" }).transformSync(source); // Without comments.
  return code
    .split("\n")
    .filter((line) => !/^ {2}(export |printf |bun run |[A-Z_]+=\S+ bun run )/.test(line))
    .flatMap((line) => line.match(/\b(clusters|tenants|environments|apps)\\?\/(?![A-Z]|v1")[^"`]*/g) ?? []);
}

describe("only repo/ knows where things lie", () => {
  test("no other source makes or reads a path of the fleet: repo/address.ts does", async () => {
    const found: string[] = [];
    for (const file of sources.filter((source) => source.startsWith("scripts/") && !source.endsWith(".test.ts"))) {
      if (folderOf(file) === "repo") continue;
      for (const path of pathsIn(await textOf(file))) found.push(`${file}: ${path}`);
    }
    expect(found).toEqual([]);
  });

  test.each([
    ["const file = `clusters/${cluster}/values.yaml`;", 1],
    ['const file = "apps/external.yaml";', 1],
    ["const tenant = /^tenants\\/([^/]+)/.exec(file);", 1],
    ['for (const folder of tree.folders("environments/*")) use(folder);', 1],
    ["// clusters/prod/values.yaml\nconst share = apps / 2;", 0],
    ['throw new Error("there is no clusters/CLUSTER");', 0],
    ["help(`Examples:\n  bun run explain --file environments/prod`);", 0],
  ])("%j has %i of them", (source, count) => {
    expect(pathsIn(source)).toHaveLength(count);
  });
});

describe("files stay small", () => {
  test("none has more than 300 lines, generated ones aside", async () => {
    const long: string[] = [];
    for (const file of sources.filter((source) => !source.endsWith("generated.ts"))) {
      const lines = (await textOf(file)).split("\n").length - 1;
      if (lines > 300) long.push(`${file}: ${lines}`);
    }
    expect(long).toEqual([]);
  });
});
