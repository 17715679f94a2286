/** Another company's repository out of this one: the whole checkout, on the frozen fleet. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import { answers, other, ownNames, wholeRepository } from "../tests/support/company.ts";
import { checkout, cluster } from "../tests/support/fleet.ts";
import { git } from "../tests/support/git-server.ts";
import { start } from "../tests/support/killed.ts";
import { tombstone } from "../tests/support/mutations/tenants.ts";
import { repository, runIn, sampleRepository, type TestRepository } from "../tests/support/repository.ts";
import { run as adopt } from "./adopt.ts";
import { linesWith, type Names } from "./lib/adopt/names.ts";
import { textOf } from "./lib/adopt/plan.ts";
import { trackedFiles } from "./lib/io/checkout.ts";
import { findEngine } from "./lib/io/engine-program.ts";
import { findTools } from "./lib/io/tools.ts";

const own = await ownNames();
const file = "answers.yaml";

/** Another company has another cache: one of the test's own, where no archive of a chart is. */
const { helm, kubectl } = await findTools(process.env);
const engine = await findEngine(process.env);
const envIn = (cache: string) => ({
  XDG_CACHE_HOME: cache,
  GITOPS_CHARTS: path.join(cache, "charts"),
  GITOPS_ENGINE: engine?.program ?? "off",
  GITOPS_HELM: helm.program,
  GITOPS_KUBECTL: kubectl.program,
});

/** A script of the repository itself, as a person starts it there. */
function inside({ root }: TestRepository, cache: string, ...argv: [string, ...string[]]) {
  const child = Bun.spawnSync([process.execPath, ...argv], { cwd: root, env: { ...process.env, ...envIn(cache) } });
  return { code: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
}

describe("everything of a repository", () => {
  test("killed half way, then made whole: no name of the one before, other keys, no error, and nothing to do again", async () => {
    await using fleet = await wholeRepository([cluster.dev, cluster.shared]);
    await using cache = await repository();
    await fleet.write(file, answers(other));
    const keysBefore = await keysIn(fleet);
    const killed = start(fleet.root, 300, ["adopt", "--answers", file, "--empty"], { env: envIn(cache.root) });
    const shown = await new Response(killed.stdout).text();
    expect([await new Response(killed.stderr).text(), await killed.exited]).toEqual([expect.anything(), 137]);
    // Half of the code is the one company's, half the other's; the keys were shown before the first file was written.
    expect(shown.match(/^AGE-SECRET-KEY-/gm)!.length).toBeGreaterThan(0);
    expect(inside(fleet, cache.root, "scripts/validate.ts")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("run it again"),
    });
    const rest = inside(fleet, cache.root, "scripts/adopt.ts", "--answers", file, "--empty");
    expect(rest).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("cut off") });

    git(fleet.root, "add", "--all");
    const files = await trackedFiles(fleet.root);
    const names = [own.organisation, own.namespace, own.domain, own.displayName];
    expect(files.length).toBeGreaterThan(1000);
    expect(
      files.flatMap(({ path: name, bytes }) => linesWith(`${name}\n${textOf(bytes) ?? ""}`, names).map(() => name)),
    ).toEqual([]);
    expect(files.filter((one) => one.executable).map((one) => one.path)).toEqual(
      (await trackedFiles(checkout)).filter((one) => one.executable).map((one) => one.path),
    );
    expect(
      files.filter((one) => /^clusters\/(?!base|components)[^/]+\/facts\/cluster|^tenants\/.*\/facts/.test(one.path)),
    ).toHaveLength(1);
    const keysAfter = await keysIn(fleet);
    expect(keysAfter.length).toBeGreaterThan(3);
    expect(keysAfter.filter((key) => keysBefore.includes(key))).toEqual([]);

    expect(inside(fleet, cache.root, "scripts/validate.ts")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("\n0 errors in "),
    });
    expect(inside(fleet, cache.root, "fmt", "--check", "--no-script").code).toBe(0);
    for (let times = 0; times < 2; times++) {
      const again = inside(fleet, cache.root, "scripts/adopt.ts", "--answers", file, "--empty");
      expect(again).toMatchObject({ code: 0, stdout: "", stderr: "nothing to change\n" });
      git(fleet.root, "commit", "--quiet", "--message=ours", "--allow-empty");
    }
  }, 180_000);
});

/** Public keys of facts. */
async function keysIn({ root }: TestRepository): Promise<string[]> {
  const texts = (await trackedFiles(root)).filter(({ path: name }) =>
    /^(?:clusters|environments|tenants)\/[^/]+\/facts\//.test(name),
  );
  return texts.flatMap(({ bytes }) => textOf(bytes)?.match(/age1[a-z0-9]+/g) ?? []);
}

describe("what is refused, with nothing written", () => {
  let fleet: TestRepository;
  beforeAll(async () => (fleet = await clone([cluster.shared, cluster.hybrid, cluster.hybridSite])));
  afterAll(() => fleet[Symbol.asyncDispose]());
  async function refused(text: string, ...argv: string[]) {
    await fleet.write(file, text);
    const { code, stderr } = await runIn(fleet, adopt, ["--answers", file, ...argv]);
    expect([stderr, code, git(fleet.root, "status", "--porcelain", "--untracked-files=no")]).toEqual([stderr, 2, ""]);
    return stderr;
  }

  test("an answer file half filled: every field that is missing, with its line", async () => {
    const text = answers({ ...other, domain: "" }, "  keep:\n    clusters:\n  colour: red\n").replace(
      /^ {2}mail: .*\n/m,
      "",
    );
    expect(text).not.toContain("mail");
    const stderr = await refused(text);
    expect(stderr).toContain(`${file}:7 domain is missing: `);
    expect(stderr).toContain(`${file}:3 mail is missing: `);
    expect(stderr).toContain(`${file}:13 keep.clusters is missing: `);
    expect(stderr).toContain(`${file}:12 keep.tenants is missing: `);
    expect(stderr).toContain(`${file}:14 spec.colour is not a field`);
    // With --empty nobody has to say what stays.
    expect(await refused(text, "--empty")).not.toContain("keep.");
  });

  test.each<[name: string, text: string, message: string]>([
    [
      "names of another form",
      answers({ ...other, namespace: "two-words" }),
      `${file}:12 spec.namespace is "two-words"`,
    ],
    ["one name for two things", answers({ ...other, organisation: other.namespace }), "can't tell them apart"],
    ["a reserved one", answers({ ...other, namespace: "monitoring" }), "is reserved"],
    [
      "one that is there for something else",
      answers({ ...other, organisation: "wonka" }),
      "for something else: choose another",
    ],
    ["no answers at all", "---\nkind: Tenant\n", "holds no answers"],
    ["YAML that is read in two ways", `${answers(other)}  domain: twice.example\n`, `${file}:13 `],
  ])("%s", async (_name, text, message) => expect(await refused(text, "--empty")).toContain(message));

  test("a checkout with something that is not committed, and a copy of half a deployment", async () => {
    const keep = (clusters: string, kept: string) =>
      answers(other, `  keep:\n    clusters: [${clusters}]\n    tenants: [${kept}]\n`);
    expect(await refused(keep(cluster.hybrid, ""))).toContain(`keeps ${cluster.hybrid} without ${cluster.hybridSite}`);
    expect(await refused(keep(cluster.hybrid, "wonka"))).toContain(`keeps wonka, which is on ${cluster.shared} alone`);
    expect(await refused(keep("prod-sharde", ""))).toContain(`did you mean ${cluster.shared}?`);
    await fleet.write("stray.txt", "of somebody\n");
    expect(await refused(answers(other), "--empty")).toContain("stray.txt: not committed");
    await fleet.remove("stray.txt");
  });

  test("JSON where the keys would be", async () => {
    expect(await refused(answers(other), "--format", "json")).toContain("goes with --dry-run");
  });
});

test("what is written down of a customer that left is not another company's", async () => {
  await using fleet = await clone();
  await fleet.write("tenants/alder/tombstone.yaml", tombstone("alder", "alder.customers.example.com"));
  git(fleet.root, "add", "--all");
  git(fleet.root, "commit", "--quiet", "--message=it left");
  const removed = async (names: Names) => {
    await fleet.write(file, answers(names, "  keep:\n    clusters: all\n    tenants: all\n"));
    return (await runIn(fleet, adopt, ["--answers", file, "--dry-run"])).stdout.includes(
      "removed tenants/alder/tombstone.yaml",
    );
  };
  expect([await removed(other), await removed({ ...other, organisation: own.organisation })]).toEqual([true, false]);
});

test("--dry-run shows every path and writes nothing; CI asks about a cluster that stays", async () => {
  await using fleet = await clone([cluster.dev, cluster.shared]);
  const workflow = `.github/workflows/lab.yaml`;
  await fleet.write(
    workflow,
    `clusters:\n  - ${cluster.shared}\n  - ${cluster.dev}\nrun: lab --cluster ${cluster.shared}\n`,
  );
  git(fleet.root, "add", "--all");
  git(fleet.root, "commit", "--quiet", "--message=a workflow");
  await fleet.write(file, answers(other));
  const { code, stdout } = await runIn(fleet, adopt, ["--answers", file, "--empty", "--dry-run", "--format", "patch"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`-  - ${cluster.shared}\n`);
  expect(stdout).toContain(`+run: lab --cluster ${cluster.dev}\n`);
  expect(stdout).toContain(`+++ b/apps/platform/namespaces/${other.namespace}/namespace.yaml\n`);
  expect(stdout).not.toMatch(/^\+.*wonka/m);
  expect(git(fleet.root, "status", "--porcelain", "--untracked-files=no")).toBe("");
});

test("a tenant that goes leaves nothing on a cluster that stays", async () => {
  await using fleet = await clone([cluster.shared]);
  await fleet.write(file, answers(own, `  keep:\n    clusters: all\n    tenants: [stark]\n`));
  const { code, stdout } = await runIn(fleet, adopt, ["--answers", file, "--dry-run", "--format", "patch"]);
  const gone = [...stdout.matchAll(/^--- a\/(.*)\n\+\+\+ \/dev\/null$/gm)].map(([, name]) => name);
  expect(code).toBe(0);
  expect(gone).toEqual(
    expect.arrayContaining([
      `clusters/${cluster.shared}/grants/wonka/kustomization.yaml`,
      "tenants/wonka/facts/tenant.yaml",
    ]),
  );
  expect(gone.filter((name) => !/wonka/.test(name!))).toEqual([]);
  const changed = [...stdout.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, name]) => name);
  expect(changed).toEqual([".github/CODEOWNERS", `clusters/${cluster.shared}/platform/secrets/kustomization.yaml`]);
});

test("--init is an answer file with every question and no answer", async () => {
  await using fleet = await sampleRepository();
  const { code, stdout } = await runIn(fleet, adopt, ["--init"]);
  expect([code, stdout.match(/^ {2}[a-zA-Z]+:$/gm)?.map((line) => line.trim().slice(0, -1))]).toEqual([
    0,
    [...Object.keys(other), "keep"],
  ]);
  expect(stdout).toContain(`all, or a list of these: ${cluster.dev}\n`);
});

/** Clusters of the frozen fleet in a clone, without the code. */
async function clone(clusters: readonly string[] = [cluster.dev]): Promise<TestRepository> {
  const fleet = await sampleRepository(clusters);
  await fleet.write("apps/company.yaml", await Bun.file(path.join(checkout, "apps/company.yaml")).text());
  git(fleet.root, "init", "--quiet", "--initial-branch=main");
  git(fleet.root, "add", "--all");
  git(fleet.root, "commit", "--quiet", "--message=as it was");
  return fleet;
}
