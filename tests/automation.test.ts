/** What workflows run: the comment on a pull request, the verdict over jobs, what time has overtaken, the protection of main. */
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { cp } from "node:fs/promises";

import { run as diff } from "../scripts/diff.ts";
import { run as doctor } from "../scripts/doctor.ts";
import { run as images } from "../scripts/images.ts";
import { type Json, listAt, stringAt } from "../scripts/lib/core/json.ts";
import { run as overdue } from "../scripts/overdue.ts";
import { run as verdict } from "../scripts/verdict.ts";
import { delivery } from "./support/delivery.ts";
import { checkout, cluster, services } from "./support/fleet.ts";
import { git } from "./support/git-server.ts";
import { repository, runIn, sampleRepository } from "./support/repository.ts";

test("the difference is one comment, kept up to date, beyond the first page; labels decide about deletions", async () => {
  await using world = await delivery(["dev-shared"]);
  const clone = await world.clone();
  git(clone.root, "checkout", "--quiet", "-b", "change");
  git(clone.root, "rm", "-r", "--quiet", "clusters/dev-shared/services/frontend");
  git(clone.root, "commit", "--quiet", "--message", "gone");
  git(clone.root, "push", "--quiet", world.server.folder("murima2025/gitops"), "change");
  world.github.pulls.push({
    number: 1,
    title: "gone",
    body: "",
    head: "change",
    state: "open",
    labels: ["a", "b"],
    reviewers: [],
    comments: [],
  });
  const pull = world.github.pulls[0]!;
  for (const body of ["first", "second", "third"]) pull.comments.push({ id: 100 + pull.comments.length, body });
  const argv = ["main", "HEAD", "--pull-request", "1", "--format", "markdown"];
  const first = await runIn(clone, diff, argv, world.env);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("commented: ")]);
  expect(pull.comments[3]!.body).toStartWith("<!-- rendered difference -->\n### Applications: 1 removed");
  const again = await runIn(clone, diff, argv, world.env);
  expect([again.stderr, pull.comments.length]).toEqual([expect.stringContaining("comment updated"), 4]);
  git(clone.root, "rm", "-r", "--quiet", "clusters/dev-shared/services");
  git(clone.root, "commit", "--quiet", "--message", "more");
  expect((await runIn(clone, diff, argv, world.env)).code).toBe(1);
  pull.labels.push("deletions-are-meant");
  const by = (role: string) =>
    (world.github.settings["/collaborators/somebody/permission"] = { permission: "write", role_name: role });
  // R6: whoever may triage can set a label.
  by("triage");
  const triage = await runIn(clone, diff, argv, world.env);
  expect([triage.code, triage.stderr]).toEqual([1, expect.stringContaining("does not count")]);
  by("maintain");
  expect((await runIn(clone, diff, argv, world.env)).code).toBe(0);
  const fork = await runIn(clone, diff, argv, { ...world.env, GITHUB_TOKEN: "" });
  expect([fork.code, fork.stderr]).toEqual([1, expect.stringContaining("no comment: there is no token")]);
}, 60_000);

describe("verdict", () => {
  const judge = async (needs: string, ...argv: string[]) => {
    await using folder = await repository();
    return runIn(folder, verdict, argv, { NEEDS: needs });
  };
  test.each([
    ['{"a":{"result":"success"}}', [], 0],
    ['{"a":{"result":"success"},"b":{"result":"skipped"}}', [], 1],
    ['{"a":{"result":"success"},"b":{"result":"skipped"}}', ["--may-skip", "b"], 0],
    ['{"a":{"result":"failure"}}', ["--may-skip", "a"], 1],
    ['{"a":{"result":"cancelled"}}', [], 1],
    ["{}", [], 2],
    ["", [], 2],
  ] as const)("%s %p ends with %d", async (needs, argv, code) => expect((await judge(needs, ...argv)).code).toBe(code));
});

test("overdue: a hold that is over, Kubernetes without fixes, pull requests nobody looks at", async () => {
  await using world = await delivery(["dev-shared"]);
  const clone = await world.clone();
  const none = await runIn(clone, overdue, ["--within", "0"], world.env);
  expect([none.code, none.stderr]).toEqual([0, expect.stringContaining("pull requests were not checked")]);
  await Bun.write(
    `${clone.root}/clusters/dev-shared/services/frontend/image.yaml`,
    `${world.onMain("clusters/dev-shared/services/frontend/image.yaml")}\n  hold:\n    reason: OPS-1\n    expires: "2026-01-01"\n`,
  );
  world.github.pulls.push({
    number: 1,
    title: "old",
    body: "",
    head: "x",
    state: "open",
    labels: [],
    reviewers: [],
    comments: [],
  });
  const some = await runIn(clone, overdue, ["--within", "9999", "--github"], world.env);
  expect(some.code).toBe(1);
  expect(some.stdout).toContain("expired on 2026-01-01: the hold of frontend on dev-shared (OPS-1)\n");
  expect(some.stdout).toContain("expires on 2027-06-28: Kubernetes 1.36 on dev-shared\n");
}, 60_000);

test("images: each once, by digest; as output of a step", async () => {
  await using fleet = await sampleRepository();
  const { code, stdout } = await runIn(fleet, images, []);
  // And what makes accounts on a provider's server.
  const lines = stdout.trim().split("\n");
  expect([code, lines.length, new Set(lines).size]).toEqual([0, services.length + 1, services.length + 1]);
  for (const line of lines)
    expect(line).toMatch(/^registry\.murima2025\.com\/[a-z0-9-]+\/[a-z-]+:.*@sha256:[0-9a-f]{64}$/);
  await using folder = await repository({ output: "" });
  const env = { GITHUB_OUTPUT: `${folder.root}/output` };
  expect((await runIn(fleet, images, ["--format", "github"], env)).code).toBe(0);
  expect(JSON.parse((await folder.read("output")).replace("images=", ""))).toEqual(lines);
});

describe("R6: doctor --github compares what stands between a proposal and main with the repository's word", () => {
  const read = async (file: string) => (await Bun.file(`${checkout}/.github/rulesets/${file}`).json()) as Json;
  const rulesOf = (ruleset: Json) => listAt(ruleset, "rules");
  const environments = {
    environments: [] as { name: string; deployment_branch_policy: unknown; protection_rules: unknown[] }[],
  };
  const reviewed = [{ id: 1, node_id: "r", type: "required_reviewers", reviewers: [] }];
  const protectedBy = { protected_branches: true, custom_branch_policies: false };

  async function settings(): Promise<Record<string, unknown>> {
    const names = [
      "engine",
      "onboarding",
      "scan",
      ...readdirSync(`${checkout}/environments`).filter((name) => !name.endsWith(".md")),
    ];
    return {
      "/rules/branches/main": [...rulesOf(await read("main.json")), ...rulesOf(await read("organisation.json"))],
      "/environments": {
        environments: names.map((name) => ({
          name,
          deployment_branch_policy: protectedBy,
          protection_rules: name === "onboarding" ? reviewed : [],
        })),
      },
      "/actions/secrets": { total_count: 0, secrets: [] },
      "/teams": [
        { slug: "platform", permission: "admin" },
        { slug: "wonka", permission: "push" },
      ],
    };
  }

  async function doctorSays(change: (settings: Record<string, unknown>) => void): Promise<[number, string]> {
    await using world = await delivery([cluster.dev]);
    const clone = await world.clone();
    await cp(`${checkout}/.github`, `${clone.root}/.github`, { recursive: true });
    await cp(`${checkout}/environments`, `${clone.root}/environments`, { recursive: true });
    await cp(`${checkout}/package.json`, `${clone.root}/package.json`);
    world.github.settings = await settings();
    change(world.github.settings);
    const { code, stdout } = await runIn(clone, doctor, ["--github"], world.env);
    return [code, /^protection .*$/m.exec(stdout)?.[0] ?? ""];
  }

  test("twin: as it is to be", async () => {
    expect(await doctorSays(() => {})).toEqual([0, expect.stringContaining("main is protected")]);
  });

  const all = "/environments";
  const cases: [string, (settings: Record<string, unknown>) => void, string][] = [
    [
      "a rule is gone",
      (own) => (own["/rules/branches/main"] = (own["/rules/branches/main"] as Json[]).slice(1)),
      "deletion is not in force",
    ],
    [
      "a check that anybody may report",
      (own) =>
        (own["/rules/branches/main"] = JSON.parse(
          JSON.stringify(own["/rules/branches/main"]).replaceAll(',"integration_id":15368', ""),
        )),
      "required_status_checks",
    ],
    [
      "no workflow of main is required, and tenants may push",
      (own) =>
        (own["/rules/branches/main"] = (own["/rules/branches/main"] as Json[]).filter(
          (rule) => stringAt(rule, "type") !== "workflows",
        )),
      "@murima2025/wonka may push",
    ],
    [
      "an environment for every branch",
      (own) => ((own[all] as typeof environments).environments[1]!.deployment_branch_policy = null),
      "from any branch",
    ],
    [
      "an environment is missing",
      (own) => (own[all] as typeof environments).environments.shift(),
      "environment engine is not there",
    ],
    [
      "nobody has to agree to what an issue starts",
      (own) => (own[all] as typeof environments).environments.forEach((one) => (one.protection_rules = [])),
      "environment onboarding has no reviewers",
    ],
    [
      "a secret for every workflow",
      (own) => (own["/actions/secrets"] = { total_count: 1, secrets: [{ name: "REGISTRY_PASSWORD" }] }),
      "REGISTRY_PASSWORD: every workflow",
    ],
  ];
  for (const [name, change, says] of cases)
    test(name, async () => {
      const [code, protection] = await doctorSays(change);
      expect([code, protection]).toEqual([3, expect.stringContaining(says)]);
    });

  test("twin: without a workflow of main, tenants propose from forks", async () => {
    const change = (own: Record<string, unknown>) => {
      own["/rules/branches/main"] = (own["/rules/branches/main"] as Json[]).filter(
        (rule) => stringAt(rule, "type") !== "workflows",
      );
      own["/teams"] = [
        { slug: "platform", permission: "admin" },
        { slug: "wonka", permission: "pull" },
      ];
    };
    expect((await doctorSays(change))[0]).toBe(0);
  });

  test("without a token it says so", async () => {
    const { code, stdout } = await runIn({ root: checkout }, doctor, ["--github"], { GITHUB_TOKEN: "" });
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/protection +missing: (there is no (token|remote)|the remote origin is not on GitHub)/),
    ]);
  });
});

test("GITOPS_ROOT: the rules of one checkout judge the data of another", async () => {
  await using fleet = await sampleRepository();
  await fleet.write("schemas/cluster.json", "{}");
  await fleet.edit("clusters/dev-shared/facts/cluster.yaml", "  ring: 1\n", "  ring: 1\n  mine: true\n");
  const child = Bun.spawn([process.execPath, `${checkout}/scripts/validate.ts`], {
    cwd: checkout,
    env: { ...process.env, GITOPS_ROOT: fleet.root },
    stdout: "pipe",
    stderr: "ignore",
  });
  const said = await new Response(child.stdout).text();
  expect([await child.exited, said]).toEqual([1, expect.stringContaining("mine is not a field")]);
});
