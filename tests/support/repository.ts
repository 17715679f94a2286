import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Run } from "../../scripts/lib/command/run.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { codeownersFile, sopsConfigFile, tenantFacts } from "../../scripts/lib/repo/layout.ts";
import { heading } from "../../scripts/lib/repo/modeline.ts";
import { sopsConfig } from "../../scripts/lib/secret/sops-config.ts";
import { withTenants } from "../../scripts/lib/tenant/codeowners.ts";

/** The checkout the tests run in. */
export const checkout = path.join(import.meta.dirname, "../..");

/** FULL=1 (bun run test:long) runs everything at its full count. */
export const full = process.env["FULL"] === "1";

/** A throw-away repository; `await using` removes it. */
export interface TestRepository extends AsyncDisposable {
  root: string;
  write(file: string, content: string | Uint8Array): Promise<void>;
  /** Writes a values file: its heading, then this. */
  values(file: string, body: string): Promise<void>;
  /** Writes a manifest: its heading, then this. */
  manifest(file: string, body: string): Promise<void>;
  read: (file: string) => Promise<string>;
  remove(file: string): Promise<void>;
  /** Replaces text that has to be there, once. */
  edit(file: string, from: string | RegExp, to: string): Promise<void>;
}

export async function repository(files: Record<string, string | Uint8Array> = {}): Promise<TestRepository> {
  const root = await mkdtemp(path.join(tmpdir(), "repository-"));
  const made: TestRepository = {
    root,
    async write(file, content) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), content);
    },
    values: (file, body) => made.write(file, heading(file) + body),
    manifest: (file, body) => made.write(file, heading(file) + body),
    read: (file) => readFile(path.join(root, file), "utf8"),
    remove: (file) => rm(path.join(root, file), { recursive: true }),
    async edit(file, from, to) {
      const before = await made.read(file);
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} does not hold ${String(from)}`);
      await made.write(file, after);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
  for (const [file, content] of Object.entries(files)) await made.write(file, content);
  return made;
}

/** What a sample is made of, once a process: most tests want the same one. */
const samples = new Map<string, Promise<readonly (readonly [file: string, bytes: Uint8Array])[]>>();

/** The sample fleet, or some clusters of it. */
export async function sampleRepository(clusters: readonly string[] = ["dev-eu1"]): Promise<TestRepository> {
  const key = clusters.join(" ");
  if (!samples.has(key)) samples.set(key, filesOf(clusters));
  const files = await samples.get(key)!;
  const made = await repository();
  const folders = new Set(files.map(([file]) => path.dirname(file)));
  await Promise.all([...folders].map((folder) => mkdir(path.join(made.root, folder), { recursive: true })));
  await Promise.all(files.map(([file, bytes]) => writeFile(path.join(made.root, file), bytes)));
  return made;
}

async function filesOf(clusters: readonly string[]): Promise<(readonly [file: string, bytes: Uint8Array])[]> {
  await using made = await repository();
  const folders = [
    "apps",
    "environments",
    "clusters/base",
    "clusters/components",
    ...clusters.map((name) => `clusters/${name}`),
  ];
  await Promise.all(
    folders.map((folder) => cp(path.join(checkout, folder), path.join(made.root, folder), { recursive: true })),
  );
  await made.write("apps/external.yaml", await externalFor(clusters, made));
  await copyTenants(clusters, made);
  const { tree } = await readTree(made.root);
  return tree.paths.map((file) => [file, tree.bytes(file)] as const);
}

/** Tenants that are placed on these clusters, and CODEOWNERS for them. */
async function copyTenants(clusters: readonly string[], made: TestRepository): Promise<void> {
  const owners = new Map<string, string[]>();
  for (const tenant of await readdir(path.join(checkout, "tenants"))) {
    const placed = clusters.filter((cluster) =>
      existsSync(path.join(made.root, `clusters/${cluster}/grants/${tenant}`)),
    );
    if (placed.length === 0) continue;
    for (const part of ["facts", "values.yaml", ...placed]) {
      const source = path.join(checkout, "tenants", tenant, part);
      if (existsSync(source)) await cp(source, path.join(made.root, "tenants", tenant, part), { recursive: true });
    }
    const facts = parseDocument(await made.read(tenantFacts(tenant)));
    owners.set(tenant, (facts.getIn(["spec", "owners"]) as YAMLSeq).toJSON() as string[]);
  }
  const text = await readFile(path.join(checkout, codeownersFile), "utf8");
  await made.write(codeownersFile, withTenants(text, owners)!);
  // Of these clusters and tenants alone: as validate --fix would write it.
  const { tree, documents } = await Repository.read(made.root, { env: process.env, cache: false });
  await made.write(sopsConfigFile, sopsConfig(tree, documents));
}

/** What only some clusters refer to: elsewhere the entry would be one that nothing needs. */
async function externalFor(clusters: readonly string[], { read }: TestRepository): Promise<string> {
  const customers = clusters.some((name) => /globex|onprem/.test(name));
  const operators = customers || clusters.includes("dev-local");
  const document = parseDocument(await read("apps/external.yaml"));
  const objects = document.getIn(["spec", "objects"]) as YAMLSeq<YAMLMap>;
  objects.items = objects.items.filter((entry) => {
    const names = entry.get("names") as YAMLSeq<Scalar<string>>;
    if (!clusters.some((name) => name.includes("initech")))
      names.items = names.items.filter(({ value }) => value !== "internal");
    if (!operators || !clusters.some((name) => /globex|local/.test(name)))
      names.items = names.items.filter(({ value }) => value !== "mongodb-rs0");
    return operators || entry.get("kind") !== "Service";
  });
  return document.toString({ lineWidth: 0 });
}

/** Runs a command in process, as a person would in that folder. */
export async function runIn(
  { root }: { root: string },
  run: Run,
  argv: readonly string[],
  env: Record<string, string | undefined> = {},
  /** What a person at a terminal types, line by line; without it there is no terminal. */
  answers?: string[],
  /** What comes in on standard input. */
  input?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof said) => ({
    write: (text: string) => void (said[name] += text),
    isTTY: false,
    columns: 100,
  });
  const stdin = {
    isTTY: answers !== undefined,
    ask: (question: string) => {
      said.stderr += question;
      return Promise.resolve(answers?.shift() ?? "");
    },
    text: () => Promise.resolve(input ?? ""),
  };
  const io: CommandIo = {
    cwd: root,
    env: { ...process.env, ...env },
    stdin,
    stdout: sink("stdout"),
    stderr: sink("stderr"),
  };
  const code = await run(argv, io);
  return { code, ...said };
}
