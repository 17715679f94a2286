/** C1: what a scan looks into is every file of a commit, and what it did not look into it names. */
import { afterAll, beforeAll, expect, test } from "bun:test";

import { cluster } from "../../tests/support/fleet.ts";
import { runIn, sampleRepository, type TestRepository } from "../../tests/support/repository.ts";
import { commit, git } from "../../tests/support/tenants.ts";
import { newIdentity } from "../lib/secret/age-wrapping.ts";
import { run } from "../secrets.ts";

let fleet: TestRepository;
const { identity } = await newIdentity();
beforeAll(async () => {
  fleet = await sampleRepository([cluster.dev]);
  git(fleet, "init", "--quiet");
  commit(fleet);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const scan = (...argv: string[]) => runIn(fleet, run, ["scan", ...argv]);

const slips: [file: string, text: string][] = [
  ["k.txt", `${identity}\n`],
  ["x.agekey", `# a key\n${identity}\n`],
  ["scripts/k.ts", `export const key = "${identity}";\n`],
  ["notes.yaml", "password: hunter2hunter2\n"],
  ["env.sh", "export DB_PASSWORD=hunter2\n"],
  [`clusters/${cluster.dev}/key.txt`, identity],
  ["clusters/other/published.agekey", `${identity}\n`],
];

test("C1: a slip is found wherever it is staged, and in every commit since, also if a later one removed it", async () => {
  for (const [file, text] of slips) await fleet.write(file, text);
  git(fleet, "add", "--all", "--force");
  const staged = await scan("--staged");
  for (const [file] of slips) expect(staged.stdout).toContain(`error ${file}:`);
  expect([staged.code, staged.stderr]).toEqual([1, "7 files looked into, 7 findings\n"]);
  expect(staged.stdout).not.toMatch(/hunter2|AGE-SECRET-KEY-1/);
  commit(fleet);
  for (const [file] of slips) await fleet.remove(file);
  commit(fleet);
  const since = await scan("--since", "HEAD~2");
  expect([since.code, since.stderr]).toEqual([1, "7 files looked into, 7 findings\n"]);
  expect(since.stdout).toContain("rewrite the branch");
  expect((await scan("--since", "HEAD")).stderr).toBe("0 files looked into, 0 findings\n");
});

test("C1: what it did not look into it counts apart and names; links and what replaces them are looked into", async () => {
  git(fleet, "commit", "--quiet", "--allow-empty", "--message", "start");
  await fleet.write("picture.png", Uint8Array.of(0x89, 0x50, 0, 1));
  await fleet.write("link", "");
  await fleet.write("fine.txt", "nothing to see\n");
  commit(fleet);
  const { code, stdout, stderr } = await scan("--since", "HEAD~1", "--format", "json");
  expect([code, JSON.parse(stdout), stderr]).toEqual([
    0,
    {
      findings: [],
      filesLookedInto: 2,
      notLookedInto: [{ file: "picture.png", reason: "binary", commit: expect.any(String) as string }],
    },
    "2 files looked into, 1 file not looked into, 0 findings\n",
  ]);
  const text = await scan("--since", "HEAD~1");
  expect(text.stderr).toContain('not looked into: "picture.png" (binary)\n');
  // A file in the place of a link is a change of type, not of content.
  Bun.spawnSync(["sh", "-c", "rm link && ln -s fine.txt link"], { cwd: fleet.root });
  commit(fleet);
  await fleet.remove("link");
  await fleet.write("link", identity);
  git(fleet, "add", "--all");
  expect((await scan("--staged")).stderr).toBe("1 file looked into, 1 finding\n");
  commit(fleet);
});

test("C1: a published key may be where its environment says so, and only one", async () => {
  const file = `clusters/${cluster.dev}/published.agekey`;
  await fleet.write(file, `# another\n${identity}\n`);
  git(fleet, "add", "--all");
  expect((await scan("--staged")).stderr).toBe("1 file looked into, 0 findings\n");
  await fleet.write(file, `${identity}\n${(await newIdentity()).identity}\n`);
  git(fleet, "add", "--all");
  expect((await scan("--staged")).stderr).toBe("1 file looked into, 1 finding\n");
  await fleet.write(file, `${identity}\n`);
  await fleet.edit("environments/dev/facts/environment.yaml", "publishedKeys: true", "publishedKeys: false");
  git(fleet, "add", "--all");
  expect((await scan("--staged")).stderr).toBe("2 files looked into, 1 finding\n");
});
