/** Secrets that make themselves: what is missing, what an adopter starts with, what is renewed and what is not. */
import { expect, test } from "bun:test";

import { runIn, sampleRepository, type TestRepository } from "../../tests/support/repository.ts";
import { commit, expectClean, git, onboard } from "../../tests/support/tenants.ts";
import type { JsonObject } from "../lib/core/json.ts";
import { stringAt } from "../lib/core/json.ts";
import { recipientOf } from "../lib/secret/age-wrapping.ts";
import { openFile } from "../lib/secret/file.ts";
import { run as newTenant } from "../new-tenant.ts";
import { run as placeTenant } from "../place-tenant.ts";
import { run } from "../secrets.ts";
import { run as validate } from "../validate.ts";

const folder = "clusters/dev-shared/platform/secrets";
const published = { SOPS_AGE_KEY_FILE: "clusters/dev-shared/published.agekey" };
const inFleet = (fleet: TestRepository) => ({ SOPS_AGE_KEY_FILE: `${fleet.root}/${published.SOPS_AGE_KEY_FILE}` });

async function open(fleet: TestRepository, file: string): Promise<JsonObject> {
  const key = /^AGE-SECRET-KEY-\S+/m.exec(await fleet.read(published.SOPS_AGE_KEY_FILE))![0];
  return (await openFile(await fleet.read(file), [key])).document.toJS() as JsonObject;
}
const valueOf = (document: JsonObject, secret: string, key: string) => {
  const items = (document["spec"] as { secrets: { name: string; stringData: Record<string, string> }[] }).secrets;
  return items.find(({ name }) => name === secret)?.stringData[key];
};

test("a Secret that is missing is made by its rule, without a key, and then validate is clean", async () => {
  await using fleet = await sampleRepository();
  const both = ["case-service", "stores-case-service"];
  for (const name of both) {
    await fleet.remove(`${folder}/${name}.sops.yaml`);
    await fleet.edit(`${folder}/kustomization.yaml`, `  - ./${name}.sops.yaml\n`, "");
  }
  const missing = await runIn(fleet, validate, []);
  expect([missing.code, missing.stdout]).toEqual([1, expect.stringContaining("bun run secrets generate makes it")]);
  const shown = await runIn(fleet, run, ["generate", "--dry-run"], { SOPS_AGE_KEY: "" });
  expect(shown.stdout).toContain(
    `${folder}/case-service.sops.yaml (encrypted)\n  + case-service-elasticsearch/password\n`,
  );
  const { code, stdout } = await runIn(fleet, run, ["generate"], { SOPS_AGE_KEY: "" });
  expect([code, stdout]).toEqual([
    0,
    `${folder}/case-service.sops.yaml\n${folder}/kustomization.yaml\n${folder}/stores-case-service.sops.yaml\nclusters/dev-shared/secret-stamps.yaml\n`,
  ]);
  await expectClean(fleet);
  const document = await open(fleet, `${folder}/case-service.sops.yaml`);
  expect(valueOf(document, "case-service-postgresql", "username")).toBe("case_service");
  expect(valueOf(document, "case-service-postgresql", "password")).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(Buffer.from(valueOf(document, "case-service-encryption", "key")!, "base64")).toHaveLength(32);
  const beside = await open(fleet, `${folder}/stores-case-service.sops.yaml`);
  for (const secret of ["case-service-postgresql", "case-service-postgresql-migration", "case-service-rabbitmq"])
    expect(valueOf(beside, secret, "password")).toBe(valueOf(document, secret, "password"));
});

test("one half of an account is made of the other, with a key that opens that", async () => {
  await using fleet = await sampleRepository();
  const half = `${folder}/stores-case-service.sops.yaml`;
  const before = await open(fleet, half);
  await fleet.remove(half);
  await fleet.edit(`${folder}/kustomization.yaml`, "  - ./stores-case-service.sops.yaml\n", "");
  const blind = await runIn(fleet, run, ["generate"], { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stderr]).toEqual([
    1,
    expect.stringContaining(`its other half is in ${folder}/case-service.sops.yaml, and none of the private keys`),
  ]);
  expect((await runIn(fleet, run, ["generate"], inFleet(fleet))).code).toBe(0);
  const after = await open(fleet, half);
  for (const secret of ["case-service-postgresql", "case-service-rabbitmq"])
    expect(valueOf(after, secret, "password")).toBe(valueOf(before, secret, "password"));
  await expectClean(fleet);
});

test("what no rule makes is named, and is a finding", async () => {
  await using fleet = await sampleRepository();
  await fleet.edit(
    "apps/services/case-service/values.yaml",
    "name: case-service-encryption",
    "name: case-service-vault",
  );
  const { code, stderr } = await runIn(fleet, run, ["generate"]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      "not generated: Secret murima/case-service-vault on dev-shared: no rule of apps/secrets.yaml makes it",
    ),
  ]);
});

test("a value that somebody brings is pending until it is set, by its name", async () => {
  await using fleet = await sampleRepository();
  const file = `${folder}/auth-service.sops.yaml`;
  const before = await fleet.read(file);
  const pending = () => runIn(fleet, run, ["audit"]);
  expect((await pending()).stdout).toContain("auth-service-oauth-google: clientId, clientSecret\n");
  const wrong = await runIn(
    fleet,
    run,
    ["set", file, "auth-service-oauth-gogle/clientSecret"],
    inFleet(fleet),
    undefined,
    "x",
  );
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("did you mean auth-service-oauth-google?")]);
  for (const name of ["google/clientId", "google/clientSecret", "microsoft/clientId", "microsoft/clientSecret"]) {
    const argv = ["set", file, `auth-service-oauth-${name}`];
    const { code, stderr } = await runIn(fleet, run, argv, inFleet(fleet), undefined, "from-the-console");
    expect([code, stderr]).toEqual([0, "next: commit it\n"]);
  }
  expect((await pending()).stdout).toContain(" 5 values pending");
  const after = await fleet.read(file);
  expect(after).not.toContain("annotations:");
  const kept = (text: string) => text.split("\n").filter((line) => /privateKey|password|username/.test(line));
  expect(kept(after)).toEqual(kept(before));
  expect(valueOf(await open(fleet, file), "auth-service-oauth-google", "clientSecret")).toBe("from-the-console");
  await expectClean(fleet);
});

test("rotate --values renews what may be, says what stays and why, and goes on where it ended", async () => {
  await using fleet = await sampleRepository();
  const file = `${folder}/case-service.sops.yaml`;
  const before = await open(fleet, file);
  const alone = await runIn(fleet, run, ["rotate", "--values", file], inFleet(fleet));
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining("rotate both at once")]);
  const both = [file, `${folder}/stores-case-service.sops.yaml`];
  const { code, stderr } = await runIn(fleet, run, ["rotate", "--values", ...both], inFleet(fleet));
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining(
      `skipped: ${file} case-service-encryption/key: personal data that is encrypted with it could not be read any more\n`,
    ),
  ]);
  const after = await open(fleet, file);
  const same = (secret: string, key: string) => valueOf(before, secret, key) === valueOf(after, secret, key);
  expect([
    same("case-service-postgresql", "password"),
    same("case-service-postgresql", "username"),
    same("case-service-encryption", "key"),
  ]).toEqual([false, true, true]);
  const beside = await open(fleet, both[1]!);
  expect(valueOf(beside, "case-service-postgresql", "password")).toBe(
    valueOf(after, "case-service-postgresql", "password"),
  );
  const again = await runIn(fleet, run, ["rotate", "--values", "--older-than", "1", ...both], inFleet(fleet));
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("nothing to change\nskipped: ")]);
  await expectClean(fleet);
});

test("rotate --values leaves both halves of an account alone where no key opens one of them", async () => {
  await using fleet = await sampleRepository(["prod-shared-us"]);
  const made = await runIn(fleet, run, ["generate", "--all"], { SOPS_AGE_KEY: "" });
  const [, key] = /^# key of the cluster prod-shared-us\n(?:#.*\n)*(AGE-SECRET-KEY-\S+)/m.exec(made.stdout)!;
  const isClosed = async (path: string) =>
    openFile(await fleet.read(path), [key!]).then(
      () => false,
      () => true,
    );
  const closed: string[] = [];
  for await (const path of new Bun.Glob("tenants/**/*.sops.yaml").scan(fleet.root))
    if (await isClosed(path)) closed.push(path);
  const { code, stderr } = await runIn(fleet, run, ["rotate", "--values"], { SOPS_AGE_KEY: key! });
  expect(code).toBe(0);
  const kept = [...stderr.matchAll(/^skipped: (\S+) (\S+): none of the private keys opens its other half, (\S+)$/gm)];
  expect([...new Set(kept.map(([, , , other]) => other!))].every((other) => closed.includes(other))).toBe(true);
  expect(kept.length).toBeGreaterThan(0);
  await expectClean(fleet);
});

test("an adopter has keys of its own for everybody in one command, which nobody else's open", async () => {
  await using fleet = await sampleRepository(["dev-shared", "prod-shared"]);
  const old = await fleet.read(`${folder}/auth-service.sops.yaml`);
  const { code, stdout } = await runIn(fleet, run, ["generate", "--all"], { SOPS_AGE_KEY: "" });
  expect(code).toBe(0);
  // Recovery keys of the environments there are, and the keys of clusters that are not published.
  expect(stdout.match(/^# (recovery key of|key of the cluster) .*$/gm)).toEqual([
    "# recovery key of dev",
    "# recovery key of prod",
    "# recovery key of staging",
    "# key of the cluster prod-shared",
  ]);
  await expectClean(fleet);
  const audit = await runIn(fleet, run, ["audit"], { SOPS_AGE_KEY: stdout });
  expect([audit.code, audit.stdout]).toEqual([
    0,
    expect.stringMatching(/0 findings.*\nopened, with every value and the MAC: (\d+); not opened: 0 /),
  ]);
  expect(await fleet.read(`${folder}/auth-service.sops.yaml`)).not.toBe(old);
  expect(await fleet.read("clusters/dev-shared/published.agekey")).toContain("# Published on purpose");
});

test("generate --all would lose what no rule makes: refused", async () => {
  await using fleet = await sampleRepository();
  await fleet.edit("apps/secrets.yaml", "        - auth-service-jwt", "        - auth-service-other");
  const { code, stderr } = await runIn(fleet, run, ["generate", "--all"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("auth-service-jwt/privateKey")]);
});

test("a new tenant's key goes to its clusters unseen, along when it moves, and with it when it leaves", async () => {
  await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
  const carrier = (cluster: string) => `clusters/${cluster}/platform/secrets/tenant-umbrella.sops.yaml`;
  const onboarded = await runIn(fleet, newTenant, [
    ...onboard("umbrella", "--cluster", "dev-shared", "--host", "umbrella.example"),
  ]);
  expect([onboarded.code, onboarded.stdout]).toEqual([0, expect.stringContaining(carrier("dev-shared"))]);
  const carried = await open(fleet, carrier("dev-shared"));
  const key = valueOf(carried, "tenant-umbrella", "age.agekey")!;
  expect(await fleet.read("tenants/umbrella/facts/tenant.yaml")).toContain(`ageRecipient: ${recipientOf(key)}\n`);
  expect(onboarded.stdout + onboarded.stderr).not.toContain("AGE-SECRET-KEY");

  const own = "tenants/umbrella/dev-shared/channels.sops.yaml";
  const clear = (await import("../../tests/support/mutations/secrets.ts")).sopsSecret("channels", "token: hunter2");
  expect((await runIn(fleet, run, ["encrypt", own], {}, undefined, clear)).code).toBe(0);
  const move = ["umbrella", "--cluster", "staging-shared"];
  const blind = await runIn(fleet, placeTenant, move, { SOPS_AGE_KEY: "" });
  expect([blind.code, blind.stderr]).toEqual([
    2,
    expect.stringContaining("the key of umbrella has to come to staging-shared"),
  ]);
  const moved = await runIn(fleet, placeTenant, move, inFleet(fleet));
  expect([moved.code, moved.stdout]).toEqual([0, expect.stringContaining(carrier("staging-shared"))]);
  await expectClean(fleet);
  expect((await runIn(fleet, placeTenant, ["umbrella", "--cluster", "staging-shared", "--routes"])).code).toBe(0);
  expect((await runIn(fleet, placeTenant, ["umbrella", "--leave", "dev-shared"])).code).toBe(0);
  expect(await Bun.file(`${fleet.root}/${carrier("dev-shared")}`).exists()).toBe(false);
  await expectClean(fleet);
});

test("scan sees plaintext that is staged, and what a commit brought and a later one took away", async () => {
  await using fleet = await sampleRepository();
  git(fleet, "init", "--quiet");
  commit(fleet);
  const clean = await runIn(fleet, run, ["scan", "--staged"]);
  expect([clean.code, clean.stdout]).toEqual([0, ""]);
  const file = `${folder}/leak.yaml`;
  await fleet.write(file, "apiVersion: v1\nkind: Secret\nstringData:\n  password: hunter2\n");
  git(fleet, "add", "--all");
  const staged = await runIn(fleet, run, ["scan", "--staged"]);
  expect([staged.code, staged.stdout]).toEqual([1, expect.stringContaining(`${file}:2`)]);
  commit(fleet);
  await fleet.remove(file);
  commit(fleet);
  expect((await runIn(fleet, run, ["scan", "--staged"])).code).toBe(0);
  const since = await runIn(fleet, run, ["scan", "--since", "HEAD~2"]);
  expect([since.code, since.stdout]).toEqual([
    1,
    expect.stringContaining("holds a Secret in the clear, in the commit "),
  ]);
  expect(since.stdout).not.toContain("hunter2");
  const unknown = await runIn(fleet, run, ["scan", "--since", "--output=x"]);
  expect([unknown.code, stringAt(unknown as never, "stderr")]).toEqual([
    2,
    expect.stringContaining('there is no commit "--output=x"'),
  ]);
});

test("a new key of a cluster whose key is published is published as well", async () => {
  await using fleet = await sampleRepository();
  const { code, stdout } = await runIn(fleet, run, ["keygen", "--cluster", "dev-shared"], inFleet(fleet));
  expect(code).toBe(0);
  const shown = /^AGE-SECRET-KEY-\S+/m.exec(stdout)![0];
  expect(await fleet.read(published.SOPS_AGE_KEY_FILE)).toContain(`\n${shown}\n`);
  await expectClean(fleet);
});
