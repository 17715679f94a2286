/** Documents that name files, commands and options name ones that are there. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import path from "node:path";

import { Glob } from "bun";

import { rulesPage, target } from "../../tools/rules.ts";
import { checkout, clusters } from "../support/fleet.ts";
import { anchorsOf, linksOf } from "../support/markdown.ts";
import { fileMutations } from "../support/mutations/files.ts";
import { objectMutations } from "../support/mutations/objects.ts";
import { secretMutations } from "../support/mutations/secrets.ts";
import { tenantMutations } from "../support/mutations/tenants.ts";
import { runIn, sampleRepository } from "../support/repository.ts";
import { placeholder } from "../support/shell.ts";

const pages = ["*.md", "docs/**/*.md", "{apps,clusters,environments,lab,schemas,scripts,tenants,tests}/*.md"]
  .flatMap((pattern) => [...new Glob(pattern).scanSync(checkout)])
  .toSorted();
const textOf = (page: string) => Bun.file(path.join(checkout, page)).text();
const { scripts } = (await Bun.file(path.join(checkout, "package.json")).json()) as { scripts: Record<string, string> };

test("there are pages", () => expect(pages.length).toBeGreaterThan(7));

for (const page of pages) {
  test(`${page}: links, paths and commands exist`, async () => {
    const text = await textOf(page);
    const missing: string[] = [];
    const expectPath = (from: string, target: string) => {
      // A cluster or a tenant that a page names is an example: it may be renamed, or gone.
      if (/^(clusters\/(?!base\b|components\b)|tenants\/)[a-z0-9-]+/.test(path.posix.join(from, target))) return;
      if (!existsSync(path.join(checkout, from, target))) missing.push(target);
    };
    for (const [, target] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#]+)/g))
      expectPath(path.dirname(page), target!);
    // A path in code, unless a part of it stands for any name in capitals; <name> stands for one that is there.
    for (const [, code = ""] of text.matchAll(/`([^`\s]+)`/g)) {
      if (!/^(apps|clusters|docs|environments|lab|schemas|scripts|tenants|tests|tools)(\/|$)/.test(code)) continue;
      const pattern = code.replaceAll(placeholder, "*");
      if (pattern === code && !/[A-Z]{3,}(?!.*\.md)/.test(code)) expectPath("", code);
      // Whoever has one cluster need not have every kind of file: the frozen fleet does.
      const found = () =>
        [checkout, path.join(checkout, "tests/fleet")].flatMap((cwd) => [
          ...new Glob(pattern).scanSync({ cwd, onlyFiles: false }),
        ]);
      if (pattern !== code && found().length === 0) missing.push(code);
    }
    for (const [, command] of text.matchAll(/bun(?:@1\.4\.5)? run (?:--silent )?([a-z][a-z:-]*)/g)) {
      if (scripts[command!] === undefined) missing.push(`bun run ${command}`);
    }
    for (const [, file] of text.matchAll(/`bun (tools\/\S+?)`/g)) expectPath("", file!);
    expect(missing).toEqual([]);
  });
}

test("every anchor that a link names is a heading of its page", async () => {
  const dead: string[] = [];
  for (const page of pages)
    for (const { page: target, anchor } of linksOf(await textOf(page))) {
      if (anchor === undefined) continue;
      const to = target === "" ? page : path.posix.join(path.dirname(page), target);
      if (!anchorsOf(await textOf(to)).has(anchor)) dead.push(`${page}: ${target}#${anchor}`);
    }
  expect(dead).toEqual([]);
});

test("every option in the README is one of its command", async () => {
  for (const [, command, rest] of (await textOf("README.md")).matchAll(/`bun run (?:--silent )?([a-z-]+) ([^`]*)`/g)) {
    const { run } = (await import(`../../scripts/${command}.ts`)) as { run: Parameters<typeof runIn>[1] };
    const { stdout } = await runIn({ root: checkout }, run, ["--help"]);
    for (const [option] of rest!.matchAll(/--[a-z-]+/g))
      expect([command, stdout]).toEqual([command!, expect.stringContaining(option)]);
  }
});

test("every command has help with what it ends with or an example", async () => {
  for (const name of Object.keys(scripts).filter((command) =>
    existsSync(path.join(checkout, "scripts", `${command}.ts`)),
  )) {
    const { run } = (await import(`../../scripts/${name}.ts`)) as { run: Parameters<typeof runIn>[1] };
    const { code, stdout } = await runIn({ root: checkout }, run, ["--help"]);
    expect([name, code]).toEqual([name, 0]);
    expect([name, /Ends with|Example|Prints/.test(stdout)]).toEqual([name, true]);
  }
});

test("docs/rules.md is that of the rules, and every rule that has a fixture is in it", async () => {
  const page = Bun.spawnSync([process.execPath, "fmt", "--no-script", "--stdin-filepath", target], {
    stdin: new TextEncoder().encode(rulesPage()),
    cwd: checkout,
  });
  expect(page.stdout.toString()).toBe(await Bun.file(target).text());
  for (const id of Object.keys({ ...fileMutations, ...objectMutations, ...secretMutations, ...tenantMutations }))
    expect(page.stdout.toString()).toContain(`| \`${id}\``);
});

/** A line of validate's output by its shape: numbers are numbers, a row of the table is its columns. */
function shapeOf(line: string): string {
  const cells = line.trim().split(/ {2,}/);
  const numbers = cells.filter((cell) => /^\d+$/.test(cell)).length;
  if (numbers > 1) return `${cells.length} cells, ${numbers} of them numbers`;
  return line.replaceAll(/\d+(\.\d+)*/g, "N").replaceAll(/ +/g, " ");
}

test("the output the README shows has the shape of what validate prints", async () => {
  await using fleet = await sampleRepository(clusters);
  const { run } = await import("../../scripts/validate.ts");
  const printed = new Set((await runIn(fleet, run, [], { GITOPS_ENGINE: "off" })).stdout.split("\n").map(shapeOf));
  const shown = /```text\n(cluster [^]*?)```/
    .exec(await textOf("README.md"))![1]!
    .split("\n")
    .filter((line) => line !== "...");
  expect(shown.filter((line) => !printed.has(shapeOf(line)))).toEqual([]);
  expect(shown.map(shapeOf)).toContain(shapeOf("1 clusters  1  1  1  1"));
});
