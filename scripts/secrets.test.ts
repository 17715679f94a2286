/** Secrets as a newcomer handles them: a key, a file, an edit, an audit, with nothing installed. */
import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";

import { openFile } from "./lib/secret/file.ts";
import { sopsSecret } from "./lib/testing/mutations/tenants.ts";
import { repository, runIn, sampleRepository, type TestRepository } from "./lib/testing/repository.ts";
import { sops, sopsProgram } from "./lib/testing/sops.ts";
import { expectClean } from "./lib/testing/tenants.ts";
import { run } from "./secrets.ts";
import { run as validate } from "./validate.ts";

const file = "tenants/northwind/prod-eu1/database.sops.yaml";
const clear = sopsSecret("database", "username: app", 'password: "hunter2 #"');

/** A fleet with a key of northwind's own, and a first file. */
async function withSecret(): Promise<{ fleet: TestRepository; identity: string }> {
  const fleet = await sampleRepository(["prod-eu1"]);
  const made = await runIn(fleet, run, ["keygen", "--tenant", "northwind"]);
  const identity = /^AGE-SECRET-KEY-\S+$/m.exec(made.stdout)![0];
  expect([made.code, made.stdout.split("\n").length]).toEqual([0, 3]);
  const encrypted = await runIn(fleet, run, ["encrypt", file], {}, undefined, clear);
  expect([encrypted.code, encrypted.stdout]).toEqual([0, `${file}\ntenants/northwind/prod-eu1/kustomization.yaml\n`]);
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
    editor: '#!/bin/sh\ncase "$1" in /dev/shm/*) sed -i "s/app/application/" "$1" ;; *) exit 9 ;; esac\n',
  });
  Bun.spawnSync(["chmod", "+x", `${tools.root}/editor`]);
  const edited = await runIn(fleet, run, ["edit", file], { ...env, EDITOR: `${tools.root}/editor` });
  expect(edited.code).toBe(0);
  const kept = (await lines()).filter((line) => line.includes("password:"));
  expect(kept).toEqual(after.filter((line) => line.includes("password:")));
  const untouched = await runIn(fleet, run, ["edit", file], { ...env, EDITOR: "true" });
  expect(untouched.stderr).toContain("everything is there already");

  expect((await runIn(fleet, run, ["unset", file, "spec.secrets.0.stringData.username"], env)).code).toBe(0);
  const audit = await runIn(fleet, run, ["audit"], env);
  expect([audit.code, audit.stdout]).toEqual([
    0,
    "1 encrypted files, 0 findings; the MAC of 1 verified, of 0 not (no key for them)\n",
  ]);
  const blind = await runIn(fleet, run, ["audit"], { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stdout]).toEqual([
    0,
    "1 encrypted files, 0 findings; the MAC of 0 verified, of 1 not (no key for them)\n",
  ]);
  await expectClean(fleet);
});

test("a new key takes the files along, with the old one; then the old one opens them no more", async () => {
  const { fleet, identity } = await withSecret();
  await using _ = fleet;
  const blind = await runIn(fleet, run, ["keygen", "--tenant", "northwind"], { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stdout, blind.stderr]).toEqual([3, "", expect.stringContaining("there is no private key")]);
  const again = await runIn(fleet, run, ["keygen", "--tenant", "northwind"], { SOPS_AGE_KEY: identity });
  const newer = /^AGE-SECRET-KEY-\S+$/m.exec(again.stdout)![0];
  await expectClean(fleet);
  const old = await runIn(fleet, run, ["decrypt", "--force", file], { SOPS_AGE_KEY: identity });
  expect([old.code, old.stdout, old.stderr]).toEqual([2, "", expect.stringContaining("no key for it")]);
  const rotated = await runIn(fleet, run, ["rotate"], { SOPS_AGE_KEY: newer });
  expect(rotated.code).toBe(0);
  const shown = await runIn(fleet, run, ["decrypt", "--force", file], { SOPS_AGE_KEY: newer });
  expect(Bun.YAML.parse(shown.stdout)).toEqual(Bun.YAML.parse(clear));
  const broken = await runIn(fleet, run, ["decrypt", "--force", file], { SOPS_AGE_KEY: newer.replace(/.$/, "Q") });
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("one of the private keys is not whole")]);
  expect(broken.stderr).not.toContain(newer.slice(0, 30));
});

describe("what a person gets wrong", () => {
  test.each([
    [["encrypt", "tenants/northwind/prod-eu1/database.yaml"], 2, "is no place for secrets"],
    [["encrypt", "tenants/nobody/prod-eu1/database.sops.yaml"], 2, "which is no tenant"],
    [["encrypt", file], 2, "is there already"],
    [["decrypt", "--force", "tenants/northwind/prod-eu1/nothing.sops.yaml"], 2, "there is no"],
    [["keygen"], 2, "name one of --cluster"],
    [["keygen", "--tenant", "nortwind"], 2, "did you mean northwind"],
  ])("%p", async (argv, expected, said) => {
    const { fleet, identity } = await withSecret();
    await using _ = fleet;
    const { code, stderr } = await runIn(fleet, run, argv, { SOPS_AGE_KEY: identity }, undefined, clear);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(said)]);
  });

  test("a number, a comment or another kind inside is refused, and nothing is written", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    await runIn(fleet, run, ["keygen", "--tenant", "northwind"]);
    for (const [text, said] of [
      [sopsSecret("database", "port: 5432"), "is no text: put it in quotes"],
      [sopsSecret("database", "# hunter2", "password: x"), "which would stay in the clear"],
      [clear.replace("SopsSecret", "Secret"), "SopsSecret"],
    ] as const) {
      const { code, stderr } = await runIn(fleet, run, ["encrypt", file], {}, undefined, text);
      expect([said, code === 0]).toEqual([said, false]);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain("hunter2");
      expect(await Bun.file(`${fleet.root}/${file}`).exists()).toBe(false);
    }
  });

  test("no key at all is a tool that is missing", async () => {
    const { fleet } = await withSecret();
    await using _ = fleet;
    const none = await runIn(fleet, run, ["rotate"], { SOPS_AGE_KEY: "", SOPS_AGE_KEY_FILE: "/nowhere" });
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("can't be read")]);
  });
});

test("C-05: the plaintext is in no file, also when a command is killed at any step", async () => {
  const { fleet, identity } = await withSecret();
  await using _ = fleet;
  await using temporary = await repository();
  const crash = `${import.meta.dirname}/lib/testing/crash.ts`;
  for (let step = 1; step <= 4; step++) {
    const child = Bun.spawn(
      [process.execPath, crash, String(step), "secrets", "set", file, "spec.secrets.0.stringData.password"],
      {
        cwd: fleet.root,
        env: { ...process.env, SOPS_AGE_KEY: identity },
        stdin: new TextEncoder().encode(`marker-${step}-hunter3`),
        stdout: "ignore",
        stderr: "ignore",
      },
    );
    await child.exited;
    const found = Bun.spawnSync(["grep", "-rl", "hunter3", fleet.root, temporary.root]).stdout.toString();
    expect([step, found]).toEqual([step, ""]);
  }
  const { code } = await runIn(
    fleet,
    run,
    ["set", file, "spec.secrets.0.stringData.password"],
    { SOPS_AGE_KEY: identity },
    undefined,
    "last",
  );
  expect(code).toBe(0);
  expect((await readdir(fleet.root)).filter((name) => name === ".gitops")).toEqual([]);
});

test.skipIf(sopsProgram === undefined)(
  "stock sops reads the same files, and encrypts new ones by .sops.yaml",
  async () => {
    const { fleet, identity } = await withSecret();
    await using _ = fleet;
    const read = await sops(["decrypt", `${fleet.root}/${file}`], identity);
    expect([read.code, Bun.YAML.parse(read.stdout)]).toEqual([0, Bun.YAML.parse(clear)]);
    const second = "tenants/northwind/prod-eu1/channels.sops.yaml";
    await fleet.write(second, clear.replaceAll("database", "channels"));
    const own = await sops(
      ["--config", `${fleet.root}/.sops.yaml`, "encrypt", "--in-place", `${fleet.root}/${second}`],
      identity,
    );
    expect([own.code, own.stderr]).toEqual([0, ""]);
    await fleet.edit(
      "tenants/northwind/prod-eu1/kustomization.yaml",
      "  - ./database.sops.yaml\n",
      "  - ./channels.sops.yaml\n  - ./database.sops.yaml\n",
    );
    const { code, stdout } = await runIn(fleet, validate, []);
    expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors")]);
  },
);
