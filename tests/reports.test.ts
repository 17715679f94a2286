/** What commands print for programs keeps to its schema in schemas/reports. */
import { expect, test } from "bun:test";

import { run as bumpImage } from "../scripts/bump-image.ts";
import { run as checklist } from "../scripts/checklist.ts";
import { run as diff } from "../scripts/diff.ts";
import { run as explain } from "../scripts/explain.ts";
import type { Run } from "../scripts/lib/command/run.ts";
import { readSchema } from "../scripts/lib/io/schemas.ts";
import { compile } from "../scripts/lib/model/schema.ts";
import { run as offboardTenant } from "../scripts/offboard-tenant.ts";
import { run as overdue } from "../scripts/overdue.ts";
import { run as promote } from "../scripts/promote.ts";
import { run as secrets } from "../scripts/secrets.ts";
import { run as show } from "../scripts/show.ts";
import { run as status } from "../scripts/status.ts";
import { run as tenants } from "../scripts/tenants.ts";
import { run as validate } from "../scripts/validate.ts";
import { cluster } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";
import { commit, git } from "./support/tenants.ts";

const digest = `sha256:${"a".repeat(64)}`;
const hotfix = ["--skip-promotion", "--reason", "a test"];
const bump = ["--service", "frontend", "--tenant", "soylent", "--tag", "v9.9.9", "--digest", digest, ...hotfix];

const reports: [schema: string, run: Run, argv: string[]][] = [
  ["validation", validate, []],
  ["reachability", validate, ["--reachability"]],
  ["status", status, []],
  ["offboarding", offboardTenant, ["--status"]],
  ["difference", diff, ["HEAD"]],
  ["explain", explain, ["replicas", "--application", `${cluster.sharedUs}/service-frontend`]],
  ["explain", explain, ["--application", `${cluster.sharedUs}/service-frontend`]],
  ["explain", explain, ["--file", "environments/prod"]],
  ["tenants", tenants, []],
  ["show", show, [cluster.sharedUs]],
  ["show", show, ["frontend"]],
  ["show", show, [`${cluster.sharedUs}/service-frontend`]],
  ["audit", secrets, ["audit"]],
  ["scan", secrets, ["scan", "--since", "HEAD~1"]],
  ["overdue", overdue, ["--within", "9999"]],
  ["promotions", promote, []],
  ["checklist", checklist, ["pre", "--cluster", cluster.sharedUs]],
];

test("every report keeps to its schema", async () => {
  await using fleet = await sampleRepository([cluster.sharedUs]);
  git(fleet, "init", "--quiet");
  commit(fleet);
  await fleet.write("notes.yaml", "password: hunter2\n");
  commit(fleet);
  expect((await runIn(fleet, bumpImage, bump)).code).toBe(0);
  // Something to find, and something that differs.
  await fleet.edit("apps/services/frontend/values.yaml", /$/, "replica: 3\n");
  for (const [schema, run, argv] of reports) {
    const { stdout, stderr } = await runIn(fleet, run, [...argv, "--format", "json"]);
    expect([schema, stderr]).not.toEqual([schema, expect.stringContaining("error:")]);
    const check = compile(await readSchema(`schemas/reports/${schema}.json`));
    expect([schema, check(JSON.parse(stdout))]).toEqual([schema, []]);
  }
});
