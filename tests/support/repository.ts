import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Choice, CommandIo } from "../../scripts/lib/command/io.ts";
import type { Run } from "../../scripts/lib/command/run.ts";
import { heading } from "../../scripts/lib/repo/modeline.ts";
import { cluster, fleetFiles } from "./fleet.ts";

/** FULL=1 (bun run test:long) runs everything at its full count. */
export const full = process.env["FULL"] === "1";

/** Files of a repository, to be changed as a person would. */
export interface TestFiles {
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

/** A throw-away repository on disk; `await using` removes it. */
export interface TestRepository extends TestFiles, AsyncDisposable {
  root: string;
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
const samples = new Map<string, ReturnType<typeof fleetFiles>>();

/** Some clusters of the frozen fleet in a folder of their own. */
export async function sampleRepository(names: readonly string[] = [cluster.dev]): Promise<TestRepository> {
  const key = names.join(" ");
  if (!samples.has(key)) samples.set(key, fleetFiles(names));
  const files = [...(await samples.get(key)!)];
  const made = await repository();
  const folders = new Set(files.map(([file]) => path.dirname(file)));
  await Promise.all([...folders].map((folder) => mkdir(path.join(made.root, folder), { recursive: true })));
  await Promise.all(files.map(([file, bytes]) => writeFile(path.join(made.root, file), bytes)));
  return made;
}

/** Runs a command in process, as a person would in that folder. */
export async function runIn(
  { root }: { root: string },
  run: Run,
  argv: readonly string[],
  env: Record<string, string | undefined> = {},
  /** What a person at a terminal types or chooses, one a question; without it there is no terminal. Commas between several. */
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
  const answer = (question: string) => {
    said.stderr += `${question}\n`;
    return answers?.shift() ?? "";
  };
  /** As at a real one, only what is offered can be chosen. */
  const chosen = (question: string, choices: readonly Choice[]) => {
    said.stderr += choices.map(({ value, about }) => `  ${value} (${about ?? ""})\n`).join("");
    const given = answer(question).split(",").filter(Boolean);
    const strange = given.find((one) => !choices.some(({ value }) => value === one));
    if (strange !== undefined) throw new Error(`${strange} is not offered: ${question}`);
    return given;
  };
  const stdin: CommandIo["stdin"] = {
    isTTY: answers !== undefined,
    ask: (question, check) => {
      const given = answer(question);
      const wrong = check?.(given);
      if (wrong === undefined || answers?.length === 0) return Promise.resolve(given);
      said.stderr += `${wrong}\n`;
      return stdin.ask(question, check);
    },
    choose: (question, choices) => Promise.resolve(chosen(question, choices)[0] ?? ""),
    chooseSome: (question, choices) => Promise.resolve(chosen(question, choices)),
    confirm: (question) => Promise.resolve(["y", "yes"].includes(answer(question))),
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

/** Nobody is there to ask. */
export const noTerminal: CommandIo["stdin"] = {
  isTTY: false,
  ask: () => Promise.resolve(""),
  choose: () => Promise.resolve(""),
  chooseSome: () => Promise.resolve([]),
  confirm: () => Promise.resolve(false),
  text: () => Promise.resolve(""),
};
