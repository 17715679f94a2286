/** Secrets as a newcomer handles them: a key, a file, an edit, an audit, with nothing installed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { copiesOfSteps, start } from "../tests/support/killed.ts";
import { sopsSecret } from "../tests/support/mutations/secrets.ts";
import { full, repository, runIn, sampleRepository, type TestRepository } from "../tests/support/repository.ts";
import { sops, sopsProgram } from "../tests/support/sops.ts";
import { commit, expectClean, git } from "../tests/support/tenants.ts";
import { readTree } from "./lib/io/files.ts";
import { newIdentity } from "./lib/secret/age-wrapping.ts";
import { openFile } from "./lib/secret/file.ts";
import { run } from "./secrets.ts";
import { run as validate } from "./validate.ts";

const file = "tenants/wonka/prod-shared/database.sops.yaml";
const clear = sopsSecret("database", "username: app", 'password: "hunter2 #"');

/** A fleet with a key of wonka's own, and a first file. */
async function withSecret(): Promise<{ fleet: TestRepository; identity: string }> {
  const fleet = await sampleRepository(["prod-shared"]);
  const made = await runIn(fleet, run, ["keygen", "--tenant", "wonka", "--print"]);
  const identity = /^AGE-SECRET-KEY-\S+$/m.exec(made.stdout)![0];
  expect([made.code, made.stdout.split("\n").length]).toEqual([0, 3]);
  const encrypted = await runIn(fleet, run, ["encrypt", file], {}, undefined, clear);
  expect([encrypted.code, encrypted.stdout]).toEqual([0, `${file}\ntenants/wonka/prod-shared/kustomization.yaml\n`]);
  return { fleet, identity };
}

test("keygen, encrypt, decrypt, set, unset, edit, audit; each change is small", async () => {
  const { fleet, identity } = await withSecret();
  await using _ = fleet;
  await expectClean(fleet);
  const env = { SOPS_AGE_KEY: identity };
  const lines = async () => (await fleet.read(file)).split("\n");
  const before = await lines();
  expect(before.join("\n")).not.toContain("hunter2");

  const shown = await runIn(fleet, run, ["decrypt", "--force", file], env);
  expect([shown.code, Bun.YAML.parse(shown.stdout)]).toEqual([0, Bun.YAML.parse(clear)]);
  const piped = await runIn(fleet, run, ["decrypt", file], env);
  expect([piped.code, piped.stdout, piped.stderr]).toEqual([
    2,
    "",
    expect.stringContaining("would put plaintext on a disk"),
  ]);

  const set = await runIn(fleet, run, ["set", file, "spec.secrets.0.stringData.password"], env, undefined, "new one\n");
  expect([set.code, set.stdout]).toEqual([0, `${file}\n`]);
  const after = await lines();
  const changed = after.filter((line, index) => line !== before[index]).map((line) => line.trim().split(":")[0]);
  expect(changed.filter((name) => name !== "lastmodified")).toEqual(["password", "mac"]);
  const opened = await openFile(await fleet.read(file), [identity]);
  expect(opened.document.getIn(["spec", "secrets", 0, "stringData", "password"])).toBe("new one");

  await using tools = await repository({
    editor:
      '#!/bin/sh\ncase "$1" in /dev/shm/murima2025-edit-*) sed -i "s/app/application/" "$1" ;; *) exit 9 ;; esac\n',
  });
  Bun.spawnSync(["chmod", "+x", `${tools.root}/editor`]);
  const edited = await runIn(fleet, run, ["edit", file], { ...env, EDITOR: `${tools.root}/editor` });
  expect(edited.code).toBe(0);
  const kept = (await lines()).filter((line) => line.includes("password:"));
  expect(kept).toEqual(after.filter((line) => line.includes("password:")));
  const untouched = await runIn(fleet, run, ["edit", file], { ...env, EDITOR: "true" });
  expect(untouched.stderr).toContain("nothing to change");

  expect((await runIn(fleet, run, ["unset", file, "spec.secrets.0.stringData.username"], env)).code).toBe(0);
  const audit = await runIn(fleet, run, ["audit"], env);
  expect([audit.code, audit.stdout]).toEqual([
    0,
    expect.stringContaining(
      "12 encrypted files, 0 findings, 9 values pending, 0 files older than 365 days\nopened, with every value and the MAC: 1; not opened: 11 (no key for them)\n",
    ),
  ]);
  const blind = await runIn(fleet, run, ["audit"], { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stdout]).toEqual([0, expect.stringContaining("not opened: 12 (no key was given)\n")]);
  await expectClean(fleet);
});

test("a new key takes the files along, with the old one; then the old one opens them no more", async () => {
  const { fleet, identity } = await withSecret();
  await using _ = fleet;
  const blind = await runIn(fleet, run, ["keygen", "--tenant", "wonka", "--print"], { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stdout, blind.stderr]).toEqual([
    3,
    "",
    expect.stringContaining("no private key was given"),
  ]);
  const again = await runIn(fleet, run, ["keygen", "--tenant", "wonka", "--print"], { SOPS_AGE_KEY: identity });
  const newer = /^AGE-SECRET-KEY-\S+$/m.exec(again.stdout)![0];
  await expectClean(fleet);
  const old = await runIn(fleet, run, ["decrypt", "--force", file], { SOPS_AGE_KEY: identity });
  expect([old.code, old.stdout, old.stderr]).toEqual([
    2,
    "",
    expect.stringContaining("none of the private keys opens it"),
  ]);
  const rotated = await runIn(fleet, run, ["rotate"], { SOPS_AGE_KEY: newer });
  expect([rotated.code, rotated.stdout]).toEqual([0, `${file}\n`]);
  expect(rotated.stderr.match(/skipped: .*: none of the private keys opens it/g)).toHaveLength(11);
  const shown = await runIn(fleet, run, ["decrypt", "--force", file], { SOPS_AGE_KEY: newer });
  expect(Bun.YAML.parse(shown.stdout)).toEqual(Bun.YAML.parse(clear));
  const broken = await runIn(fleet, run, ["decrypt", "--force", file], {
    SOPS_AGE_KEY: newer.replace(/.$/, (last) => (last === "Q" ? "P" : "Q")),
  });
  expect([broken.code, broken.stderr]).toEqual([
    2,
    expect.stringContaining("one of the private keys is not a valid age key"),
  ]);
  expect(broken.stderr).not.toContain(newer.slice(0, 30));
});

describe("what a person gets wrong", () => {
  // Refusals write nothing, so one fleet is enough for all of them.
  let made: Awaited<ReturnType<typeof withSecret>>;
  let before: string;
  const content = async () => {
    const { tree } = await readTree(made.fleet.root);
    return tree.paths.map((path) => `${path} ${tree.hash(path)}`).join("\n");
  };
  beforeAll(async () => {
    made = await withSecret();
    before = await content();
  });
  afterAll(() => made.fleet[Symbol.asyncDispose]());
  afterEach(async () => expect(await content()).toBe(before));

  test.each([
    [["encrypt", "tenants/wonka/prod-shared/database.yaml"], 2, "is not a path for secrets"],
    [["encrypt", "tenants/nobody/prod-shared/database.sops.yaml"], 2, "which does not exist"],
    [["encrypt", file], 2, "already exists"],
    [["decrypt", "--force", "tenants/wonka/prod-shared/nothing.sops.yaml"], 2, "does not exist"],
    [["keygen"], 2, "name one of --cluster"],
    [["keygen", "--tenant", "wonk"], 2, "did you mean wonka"],
  ])("%p", async (argv, expected, said) => {
    const { code, stderr } = await runIn(made.fleet, run, argv, { SOPS_AGE_KEY: made.identity }, undefined, clear);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(said)]);
  });

  test("a number, a comment or another kind inside is refused, and nothing is written", async () => {
    const other = file.replace("database", "other");
    for (const [text, said] of [
      [sopsSecret("database", "port: 5432"), "is not text: put it in quotes"],
      [sopsSecret("database", "# hunter2", "password: x"), "which would stay in the clear"],
      [clear.replace("SopsSecret", "Secret"), "SopsSecret"],
    ] as const) {
      const { code, stderr } = await runIn(made.fleet, run, ["encrypt", other], {}, undefined, text);
      expect([said, code === 0]).toEqual([said, false]);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain("hunter2");
    }
  });

  test("no key at all is a tool that is missing", async () => {
    const none = await runIn(made.fleet, run, ["rotate"], { SOPS_AGE_KEY: "", SOPS_AGE_KEY_FILE: "/nowhere" });
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("cannot be read")]);
  });
});

test("C-05, kill -9: whatever command writes, at any step: the old files or the new, and plaintext in none", async () => {
  const { fleet, identity } = await withSecret();
  await using _ = fleet;
  git(fleet, "init", "--quiet");
  commit(fleet);
  const second = "tenants/wonka/prod-shared/channels.sops.yaml";
  const value = "spec.secrets.0.stringData.password";
  const marker = "marker-hunter3";
  const commands: [string[], string][] = [
    [["set", file, value], marker],
    [["unset", file, value], ""],
    [["encrypt", second], sopsSecret("channels", `token: ${marker}`)],
    [["rotate", "--values", file], ""],
    [["keygen", "--tenant", "wonka"], ""],
    [["sync"], ""],
    [["generate", "--all"], ""],
  ];
  const fresh = await newIdentity();
  // Whoever brings files to a new key holds both.
  const env = { SOPS_AGE_KEY: `${identity}\n${fresh.identity}` };
  const judge = async (root: string, argv: string[], step: number) => {
    const found = Bun.spawnSync(["grep", "-rlE", "hunter3|hunter2", root]).stdout.toString();
    expect([argv, step, found]).toEqual([argv, step, ""]);
    // Every file opens or is for somebody else's key: none is half of one and half of another.
    const audit = await runIn({ root }, run, ["audit"], env);
    const isBetween = argv[0] === "sync" && audit.stdout.includes("tenant-key");
    expect([argv, step, audit.stdout, audit.code === 0 || isBetween]).toEqual([argv, step, audit.stdout, true]);
  };
  for (const [argv, input] of commands) {
    if (argv[0] === "sync")
      await fleet.edit("tenants/wonka/facts/tenant.yaml", /ageRecipient: .*/, `ageRecipient: ${fresh.recipient}`);
    if (!full && argv[0] !== "set" && argv[0] !== "encrypt" && argv[0] !== "sync") continue;
    // By a process that is killed there, at one step after the other: all in the long run, else every fifth of the first command.
    if (full || argv[0] === "set") {
      let isDone = false;
      for (let step = 1; !isDone && step < 60; step += full ? 1 : 5) {
        const child = start(fleet.root, step, ["secrets", ...argv], { env, input });
        isDone = (await child.exited) !== 137;
        await judge(fleet.root, argv, step);
      }
    } else {
      await using copies = await copiesOfSteps(fleet.root, ["secrets", ...argv], { env, input });
      expect([argv, copies.code, copies.roots.length]).toEqual([argv, 0, copies.steps]);
      for (let step = 1; step <= copies.steps; step += full ? 1 : 5) await judge(copies.roots[step - 1]!, argv, step);
      await judge(fleet.root, argv, copies.steps + 1);
      // Whoever writes next finishes what was begun.
      const root = copies.roots[Math.floor(copies.steps / 2)]!;
      expect([argv, (await runIn({ root }, run, ["sync"], env)).code]).toEqual([argv, 0]);
      expect(git({ root } as TestRepository, "ls-files", "--others", "--exclude-standard", ".gitops")).toBe("");
      await judge(root, argv, 0);
    }
    git(fleet, "checkout", "--quiet", ".");
    git(fleet, "clean", "--quiet", "-fd");
  }
  expect((await readdir(fleet.root)).filter((name) => name === ".gitops")).toEqual([]);
}, 600_000);

describe("a file for KMS", () => {
  const kms = (text: string) =>
    text.replace(
      "sops:\n",
      'sops:\n  kms:\n    - arn: arn:aws:kms:eu-west-1:000000000000:key/x\n      created_at: "2026-11-23T10:00:00Z"\n      enc: x\n',
    );

  test("is refused, and says what would open it", async () => {
    const { fleet, identity } = await withSecret();
    await using _ = fleet;
    await fleet.write(file, kms(await fleet.read(file)));
    for (const argv of [
      ["decrypt", "--force", "--sops", file],
      ["set", file, "spec.secrets.0.stringData.password"],
      ["rotate", file],
    ]) {
      const { code, stderr } = await runIn(
        fleet,
        run,
        argv,
        { SOPS_AGE_KEY: identity, PATH: "/nowhere" },
        undefined,
        "x",
      );
      expect([argv, code, stderr]).toEqual([
        argv,
        2,
        expect.stringContaining("uses kms: only the sops program opens it"),
      ]);
    }
  });

  test.skipIf(sopsProgram === undefined)("is opened by sops where there is one", async () => {
    const { fleet, identity } = await withSecret();
    await using _ = fleet;
    await fleet.write(file, kms(await fleet.read(file)));
    const env = { SOPS_AGE_KEY: identity, PATH: path.dirname(sopsProgram!) };
    const { code, stdout, stderr } = await runIn(fleet, run, ["decrypt", "--force", "--sops", file], env);
    expect([code, stderr, Bun.YAML.parse(stdout)]).toEqual([0, "", Bun.YAML.parse(clear)]);
  });
});

test.skipIf(sopsProgram === undefined)(
  "stock sops reads the same files, and encrypts new ones by .sops.yaml",
  async () => {
    const { fleet, identity } = await withSecret();
    await using _ = fleet;
    const read = await sops(["decrypt", `${fleet.root}/${file}`], identity);
    expect([read.code, Bun.YAML.parse(read.stdout)]).toEqual([0, Bun.YAML.parse(clear)]);
    const second = "tenants/wonka/prod-shared/channels.sops.yaml";
    await fleet.write(second, clear.replaceAll("database", "channels"));
    const own = await sops(
      ["--config", `${fleet.root}/.sops.yaml`, "encrypt", "--in-place", `${fleet.root}/${second}`],
      identity,
    );
    expect([own.code, own.stderr]).toEqual([0, ""]);
    await fleet.edit(
      "tenants/wonka/prod-shared/kustomization.yaml",
      "  - ./database.sops.yaml\n",
      "  - ./channels.sops.yaml\n  - ./database.sops.yaml\n",
    );
    const { code, stdout } = await runIn(fleet, validate, []);
    expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors")]);
  },
);
