/** The shape of the code, as AGENTS.md draws it. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { Glob } from "bun";

import { checkout } from "./lib/testing/repository.ts";

/** A folder of scripts/lib imports only from those before it. */
const order = [
  "core",
  "yaml",
  "model",
  "repo",
  "argocd",
  "network",
  "service",
  "tenant",
  "secret",
  "image",
  "io",
  "render",
  "diff",
  "validate",
  "cluster",
  "lab",
  "command",
  "bench",
  "testing",
];

const sources = [...new Glob("{scripts,tools}/**/*.ts").scanSync(checkout)].toSorted();
const textOf = (file: string) => Bun.file(path.join(checkout, file)).text();
const folderOf = (file: string) => /^scripts\/lib\/([^/]+)\//.exec(file)?.[1];

test("folders import only from folders before them", async () => {
  expect(new Set(sources.map(folderOf).filter((folder) => folder !== undefined))).toEqual(new Set(order));
  const backwards: string[] = [];
  for (const file of sources.filter((source) => folderOf(source) !== undefined && !source.endsWith(".test.ts"))) {
    for (const [, target] of (await textOf(file)).matchAll(/from "(\.[^"]+)"/g)) {
      const imported = folderOf(path.posix.join(path.posix.dirname(file), target!));
      if (imported === undefined || order.indexOf(imported) > order.indexOf(folderOf(file)!))
        backwards.push(`${file} imports ${target}`);
    }
  }
  expect(backwards).toEqual([]);
});

test("only io, the lab and commands touch files and processes", async () => {
  const effects =
    /from "node:(fs|fs\/promises|child_process|net|http|https)"|Bun\.(spawn|spawnSync|file|write|serve|\$)|process\.(env|cwd\(|exit\()/;
  const touching: string[] = [];
  for (const file of sources.filter((source) => !source.endsWith(".test.ts"))) {
    const folder = folderOf(file);
    if (
      folder === undefined ||
      ["io", "lab", "testing", "bench"].includes(folder) ||
      file === "scripts/lib/command/io.ts"
    )
      continue;
    const match = effects.exec(await textOf(file));
    if (match !== null) touching.push(`${file}: ${match[0]}`);
  }
  expect(touching).toEqual([]);
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
