/** What a person does with values by mistake: empty ones, names that are not there, another program's files, a killed edit. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";

import { checkout, cluster } from "../../tests/support/fleet.ts";
import { sopsSecret } from "../../tests/support/mutations/secrets.ts";
import { repository, runIn, sampleRepository, type TestRepository } from "../../tests/support/repository.ts";
import { run as doctor } from "../doctor.ts";
import { openFile } from "../lib/secret/file.ts";
import { run } from "../secrets.ts";

const folder = `clusters/${cluster.dev}/platform/secrets`;
const file = `${folder}/auth-service.sops.yaml`;
const secret = "auth-service-oauth-google";
let fleet: TestRepository;
let identity: string;
let original: string;
/** What follows from the file. */
let stamps: string;
const stampsFile = `clusters/${cluster.dev}/secret-stamps.yaml`;
beforeAll(async () => {
  fleet = await sampleRepository([cluster.dev]);
  identity = /^AGE-SECRET-KEY-\S+$/m.exec(await fleet.read(`clusters/${cluster.dev}/published.agekey`))![0];
  original = await fleet.read(file);
  stamps = await fleet.read(stampsFile);
});
beforeEach(async () => {
  await fleet.write(file, original);
  await fleet.write(stampsFile, stamps);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const secrets = (argv: string[], input = "", env: Record<string, string> = {}, answers?: string[]) =>
  runIn(fleet, run, argv, { SOPS_AGE_KEY: identity, ...env }, answers, input);
const valueOf = async (key: string) => {
  const { document } = await openFile(await fleet.read(file), [identity]);
  const all = (document.toJS() as { spec: { secrets: { name: string; stringData: Record<string, string> }[] } }).spec;
  return all.secrets.find(({ name }) => name === secret)?.stringData[key];
};

describe("K9, M4: set", () => {
  test.each([
    [[`${secret}/clientSecret`], "", "is empty: is the variable that it comes from set? --empty"],
    [[`${secret}/clientSecret`], "\n", "is empty"],
    [[`${secret}/clientSecre`], "x", `the Secret ${secret} has no key clientSecre (did you mean clientSecret?)`],
    [["auth-service-oauth-gogle/clientSecret"], "x", `did you mean ${secret}?`],
    [["nope"], "x", "write SECRET/KEY, for example auth-service-jwt/privateKey"],
    [["spec.secrets.9.stringData.x"], "x", "write SECRET/KEY"],
    [["metadata.annotations.x"], "x", "write SECRET/KEY"],
    [["spec.secrets.1.stringData.clientSecre"], "x", "did you mean clientSecret?"],
    [["spec.secrets.1.name"], "x", "write SECRET/KEY"],
  ])("%p with %j is refused", async (argv, input, says) => {
    const { code, stderr } = await secrets(["set", file, ...argv], input);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(await fleet.read(file)).toBe(original);
  });

  test("benign: --empty and --new say that it is meant; audit names what is empty without a key", async () => {
    expect((await secrets(["set", "--empty", file, `${secret}/clientSecret`])).code).toBe(0);
    expect(await valueOf("clientSecret")).toBe("");
    const audit = await runIn(fleet, run, ["audit"], { SOPS_AGE_KEY: "" });
    expect([audit.code, audit.stdout]).toEqual([
      0,
      expect.stringContaining(`empty    ${secret}: clientSecret\n           ${file}\n`),
    ]);
    expect((await runIn(fleet, run, ["audit", "--fail-on", "empty"], { SOPS_AGE_KEY: "" })).code).toBe(1);
    expect((await secrets(["set", "--new", file, `${secret}/tenant.id`], "x")).code).toBe(0);
    expect(await valueOf("tenant.id")).toBe("x");
    expect((await secrets(["set", file, `${secret}/tenant.id`], "y\r\n")).code).toBe(0);
    expect(await valueOf("tenant.id")).toBe("y\r");
    expect((await secrets(["unset", file, `${secret}/tenant.id`])).code).toBe(0);
    const gone = await secrets(["unset", file, `${secret}/tenant.id`]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining("has no key tenant.id")]);
  });
});

test("K9, U23: encrypt refuses an empty value, and answers a plain Secret with one sentence and an example", async () => {
  const other = `${folder}/other.sops.yaml`;
  const empty = await secrets(["encrypt", other], sopsSecret("other", 'password: ""'));
  expect([empty.code, empty.stderr]).toEqual([
    2,
    expect.stringContaining("other/password: the value is empty (--empty"),
  ]);
  const plain = await secrets(["encrypt", other], "kind: Secret\nmetadata:\n  name: other\ndata:\n  a: b\n");
  const example = await secrets(["encrypt", other, "--example"]);
  expect([plain.code, plain.stderr.match(/^error/gm)?.length]).toEqual([2, 1]);
  expect(plain.stderr).toContain(example.stdout);
  expect(existsSync(path.join(fleet.root, other))).toBe(false);
  const planned = await secrets(["encrypt", other, "--dry-run"], example.stdout.replaceAll("REPLACE", "x"));
  expect(planned.stderr).toBe("");
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining("+ other/password\n")]);
});

describe("K9, R21: edit", () => {
  const editing = async (script: string, argv: string[] = []) => {
    await using tools = await repository({ editor: `#!/bin/sh\n${script}\n` });
    Bun.spawnSync(["chmod", "+x", `${tools.root}/editor`]);
    return await secrets(["edit", ...argv, file], "", { EDITOR: `${tools.root}/editor` });
  };
  const emptied = 'sed -i "s/clientId: .*/clientId: \\"\\"/" "$1"';

  test("K9: refuses what was made empty, unless it is meant", async () => {
    const { code, stderr } = await editing(emptied);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${secret}/clientId`)]);
    expect(await fleet.read(file)).toBe(original);
    expect((await editing(emptied, ["--empty"])).code).toBe(0);
    expect((await editing('sed -i "s/clientSecret: .*/clientSecret: x/" "$1"')).code).toBe(0);
  });

  test("U20: --dry-run shows what would change by name, and writes nothing", async () => {
    const { code, stdout } = await editing('sed -i "s/clientId: .*/clientId: hunter2/" "$1"', ["--dry-run"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`~ ${secret}/clientId\n`)]);
    expect(stdout).not.toContain("hunter2");
    expect(await fleet.read(file)).toBe(original);
  });

  const folders = async () => (await readdir("/dev/shm")).filter((name) => name.startsWith("murima2025-edit-"));

  test("R21: kill -9 leaves nothing behind, and the editor is hung up", async () => {
    await using tools = await repository({ editor: '#!/bin/sh\necho "$$ $1" > "$0.file"\nexec sleep 60\n' });
    Bun.spawnSync(["chmod", "+x", `${tools.root}/editor`]);
    const child = Bun.spawn([process.execPath, path.join(checkout, "scripts/secrets.ts"), "edit", file], {
      cwd: fleet.root,
      env: { ...process.env, SOPS_AGE_KEY: identity, EDITOR: `${tools.root}/editor` },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    const marker = () => tools.read("editor.file").catch(() => "");
    await until(async () => (await marker()).endsWith("\n"));
    const [editor, opened] = (await marker()).trim().split(" ") as [string, string];
    expect(existsSync(opened)).toBe(true);
    child.kill("SIGKILL");
    await child.exited;
    await until(() => Promise.resolve(!existsSync(path.dirname(opened)) && !existsSync(`/proc/${editor}`)));
  }, 30_000);

  test("R21: what was left all the same the next edit and doctor name and remove, and no other's", async () => {
    const dead = Bun.spawnSync(["true"]).pid;
    const [gone, own] = [`/dev/shm/murima2025-edit-${dead}-test`, `/dev/shm/murima2025-edit-${process.pid}-test`];
    for (const made of [gone, own]) await mkdir(made, { recursive: true });
    const { stderr } = await editing("true");
    expect(stderr).toContain(`removed ${gone}, which a killed secrets edit had not`);
    await mkdir(gone, { recursive: true });
    const checked = await runIn({ root: checkout }, doctor, []);
    expect(checked.stdout).toContain(`removed ${gone}, which a killed secrets edit had not`);
    expect(await folders()).toEqual([path.basename(own)]);
    Bun.spawnSync(["rm", "-r", own]);
  });
});

describe("R24: a file that only sops opens", () => {
  const foreign = (text: string) =>
    text.replace(
      "sops:\n",
      'sops:\n  hc_vault:\n    - vault_address: https://vault.evil.example\n      engine_path: sops\n      key_name: x\n      created_at: "2026-11-23T10:00:00Z"\n      enc: x\n',
    );
  const asked = async (argv: string[], answers?: string[]) => {
    await fleet.write(file, foreign(original));
    await using tools = await repository({ sops: '#!/bin/sh\necho "token: $VAULT_TOKEN"\n' });
    Bun.spawnSync(["chmod", "+x", `${tools.root}/sops`]);
    return await secrets(
      ["decrypt", "--force", ...argv, file],
      "",
      { PATH: `${tools.root}:/usr/bin:/bin`, VAULT_TOKEN: "mine" },
      answers,
    );
  };

  test("is not handed to it unasked, and says where it would go", async () => {
    const { code, stdout, stderr } = await asked([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('sops would use your credentials at "https://vault.evil.example": --sops allows it');
    const refused = await asked([], ["n"]);
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
  });

  test("benign: who says so gets it", async () => {
    expect(await asked([], ["y"])).toMatchObject({ code: 0, stdout: "token: mine\n" });
    expect(await asked(["--sops"])).toMatchObject({ code: 0, stdout: "token: mine\n" });
  });
});

test("U21: audit groups what is pending by Secret, fails on it where that is asked for, and speaks JSON", async () => {
  const { code, stdout } = await secrets(["audit"]);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(`pending  ${secret}: clientId, clientSecret\n           ${file}\n`),
  ]);
  expect((await secrets(["audit", "--fail-on", "pending"])).code).toBe(1);
  expect((await secrets(["audit", "--fail-on", "empty"])).code).toBe(0);
  const json = JSON.parse((await secrets(["audit", "--format", "json"])).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ findings: [], unopened: [], empty: [], files: json["verified"] as number });
});

test("U20: set, unset, rotate and sync show by --dry-run what they would change", async () => {
  const shown = async (argv: string[], input = "") => (await secrets([...argv, "--dry-run"], input)).stdout;
  expect(await shown(["set", file, `${secret}/clientId`], "hunter2")).toContain(`~ ${secret}/clientId\n`);
  await secrets(["set", "--new", file, `${secret}/more`], "x");
  expect(await shown(["unset", file, `${secret}/more`])).toContain(`- ${secret}/more\n`);
  expect(await shown(["rotate", file])).toContain(`~ ${secret}/clientId\n`);
  expect(await shown(["set", file, `${secret}/clientId`], "hunter2")).not.toContain("hunter2");
  expect(await valueOf("clientId")).toBe("not-registered-yet");
});

test("R8: sync wraps again what its own recipient could not open", async () => {
  const broken = original.replace(
    /(recipient: age1\S+\n {4}- enc: \|\n {8}-----BEGIN AGE ENCRYPTED FILE-----\n)[^-]*/,
    "$1        AAAA\n        ",
  );
  expect(broken).not.toBe(original);
  await fleet.write(file, broken);
  const before = await secrets(["audit"]);
  expect([before.code, before.stdout]).toEqual([1, expect.stringContaining("that recipient can't open the file")]);
  const synced = await secrets(["sync", file]);
  expect([synced.code, synced.stdout, synced.stderr]).toEqual([0, `${file}\n`, "next: commit it\n"]);
  expect((await secrets(["audit"])).code).toBe(0);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await Bun.sleep(100);
  }
  throw new Error("it did not come about");
}
