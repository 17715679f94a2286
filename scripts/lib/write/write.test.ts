/** What every writer does, whatever it writes. */
import { describe, expect, test } from "bun:test";

import { cluster } from "../../../tests/support/fleet.ts";
import { gitEnvironment } from "../../../tests/support/git-server.ts";
import { repository, runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { commit, git } from "../../../tests/support/tenants.ts";
import { run as bumpImage } from "../../bump-image.ts";
import { run as newService } from "../../new-service.ts";
import { run as promote } from "../../promote.ts";
import { readSchema } from "../io/schemas.ts";
import { compile } from "../model/schema.ts";

const digest = `sha256:${"a".repeat(64)}`;
const tag = ["--service", "frontend", "--tag", "v9.9.9", "--digest", digest];

describe("M6: an error that was there before is not the change's", () => {
  test("the change is written, and the old errors are counted", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    await fleet.edit("clusters/dev-shared/services/case-service/image.yaml", "digest: sha256:", "digest: sha512:");
    const { code, stderr } = await runIn(fleet, bumpImage, [...tag, "--environment", "dev"]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^\d+ errors were there before and are left/m)]);
    expect(await fleet.read("clusters/dev-shared/services/frontend/image.yaml")).toContain("v9.9.9");
  });

  test("twin: a change that adds an error is refused, and only that is named", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    await fleet.edit("clusters/dev-shared/services/case-service/image.yaml", "digest: sha256:", "digest: sha512:");
    // What is bumped has a values file that does not fit.
    await fleet.values("clusters/dev-shared/services/frontend/values.yaml", "replica: 3\n");
    const before = await runIn(fleet, bumpImage, [...tag, "--environment", "dev"]);
    expect(before.code).toBe(0);
    await fleet.edit("environments/dev/facts/environment.yaml", "prereleases: allowed", "prereleases: forbidden");
    const same = await fleet.read("clusters/dev-shared/services/frontend/image.yaml");
    const pre = ["--service", "frontend", "--tag", "v9.9.9-rc.1", "--digest", digest, "--allow-downgrade"];
    const { code } = await runIn(fleet, bumpImage, [...pre, "--environment", "dev"]);
    expect([code, await fleet.read("clusters/dev-shared/services/frontend/image.yaml")]).toEqual([2, same]);
  });
});

describe("M1: a version reaches production in steps", () => {
  const prod = ["--environment", "prod"];
  test("what the environment below does not run is refused, for clusters and for a tenant's own copy", async () => {
    await using fleet = await sampleRepository([cluster.staging, cluster.shared, cluster.sharedUs]);
    for (const where of [prod, ["--tenant", "soylent"], ["--cluster", cluster.staging]]) {
      const { code, stderr } = await runIn(fleet, bumpImage, [...tag, ...where]);
      expect([where[0], code, stderr]).toEqual([where[0]!, 2, expect.stringContaining("does not run this v9.9.9")]);
    }
    const silent = await runIn(fleet, bumpImage, [...tag, ...prod, "--skip-promotion"]);
    expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining("needs --reason")]);
  });

  test("twin: a hotfix with a reason, and what the environment below runs", async () => {
    await using fleet = await sampleRepository([cluster.staging, cluster.shared]);
    const hotfix = [...tag, "--cluster", cluster.staging, "--skip-promotion", "--reason", "OPS-1"];
    expect((await runIn(fleet, bumpImage, hotfix)).code).toBe(0);
    expect((await runIn(fleet, bumpImage, [...tag, "--cluster", cluster.shared])).code).toBe(0);
  });
});

describe("a version runs in one ring for its soak before the next takes it", () => {
  const service = ["--from", "staging", "--to", "prod", "--service", "frontend", "--dry-run"];
  const facts = "environments/prod/facts/environment.yaml";

  /** Ring 1 of prod runs what staging runs, since some hours. */
  async function promoted(hours: number) {
    const fleet = await sampleRepository([cluster.staging, cluster.shared, cluster.sharedUs]);
    await fleet.edit(facts, "  promotesFrom: staging\n", "  promotesFrom: staging\n  soak: 2h\n");
    git(fleet, "init", "--quiet");
    const to = ["--cluster", cluster.staging, "--skip-promotion", "--reason", "OPS-1"];
    expect((await runIn(fleet, bumpImage, [...tag, ...to])).code).toBe(0);
    commit(fleet);
    expect((await runIn(fleet, promote, service.slice(0, -1))).code).toBe(0);
    const date = new Date(Date.now() - hours * 3_600_000).toISOString();
    git(fleet, "add", "--all");
    Bun.spawnSync(["git", "commit", "--quiet", "--message", "ring 1"], {
      cwd: fleet.root,
      env: { ...process.env, ...gitEnvironment, GIT_COMMITTER_DATE: date },
    });
    return fleet;
  }

  test("too early it is refused, with when it may; with a reason it is not", async () => {
    await using fleet = await promoted(1);
    const { code, stderr } = await runIn(fleet, promote, service);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/frontend v9.9.9 has not run for 2h on .*: at 20\d\d-.*Z it has/),
    ]);
    expect((await runIn(fleet, promote, [...service, "--skip-soak"])).code).toBe(2);
    expect((await runIn(fleet, promote, [...service, "--reason", "x"])).code).toBe(2);
    expect((await runIn(fleet, promote, [...service, "--skip-soak", "--reason", "OPS-2"])).code).toBe(0);
  });

  test("later it goes on; what is not committed yet has not begun to run", async () => {
    await using fleet = await promoted(3);
    expect((await runIn(fleet, promote, service)).code).toBe(0);
    await fleet.edit(`clusters/${cluster.shared}/services/frontend/image.yaml`, /$/, "# by hand\n");
    const { code, stderr } = await runIn(fleet, promote, service);
    expect([code, stderr]).toEqual([2, expect.stringContaining("has not run for 2h")]);
  });

  test("a shallow clone can't know", async () => {
    await using fleet = await promoted(3);
    await using clone = await repository();
    Bun.spawnSync(["git", "clone", "--quiet", "--depth", "1", `file://${fleet.root}`, clone.root]);
    const { code, stderr } = await runIn(clone, promote, service);
    expect([code, stderr]).toEqual([2, expect.stringContaining("git fetch --unshallow")]);
  });
});

describe("what is printed", () => {
  const own = ["relay-service", ...tag.slice(2), "--purpose", "Relays.", "--cluster", cluster.dev];

  test("a patch makes of a clone what the command would have written", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    git(fleet, "init", "--quiet");
    commit(fleet);
    const asked = await runIn(fleet, newService, [...own, "--dry-run", "--format", "patch"]);
    expect([asked.code, git(fleet, "status", "--porcelain")]).toEqual([0, ""]);
    const patch = new TextEncoder().encode(asked.stdout);
    const applied = Bun.spawnSync(["git", "apply", "--index", "-"], { cwd: fleet.root, stdin: patch, stderr: "pipe" });
    expect([applied.exitCode, applied.stderr.toString()]).toEqual([0, ""]);
    const byPatch = git(fleet, "write-tree");
    git(fleet, "reset", "--quiet", "--hard");
    expect((await runIn(fleet, newService, own)).code).toBe(0);
    git(fleet, "add", "--all");
    expect(git(fleet, "write-tree")).toBe(byPatch);
  });

  test("for programs: each file, and what becomes of it", async () => {
    await using fleet = await sampleRepository([cluster.dev]);
    const json = async (...argv: string[]) =>
      JSON.parse(
        (await runIn(fleet, bumpImage, [...tag, "--environment", "dev", "--format", "json", ...argv])).stdout,
      ) as {
        written: boolean;
        files: unknown[];
      };
    const check = compile(await readSchema("schemas/reports/changes.json"));
    const files = [{ path: `clusters/${cluster.dev}/services/frontend/image.yaml`, change: "changed" }];
    for (const [argv, written, named] of [
      [["--dry-run"], false, files],
      [[], true, files],
      [[], false, []],
    ] as const) {
      const said = await json(...argv);
      expect([said.written, said.files, check(said)]).toEqual([written, [...named], []]);
    }
    const wrong = await runIn(fleet, bumpImage, [...tag, "--environment", "dev", "--format", "patch"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--format patch goes with --dry-run")]);
  });

  test("promote alone says where each environment stands, and the command that goes on", async () => {
    await using fleet = await sampleRepository([cluster.dev, cluster.staging, cluster.shared]);
    expect((await runIn(fleet, bumpImage, [...tag, "--environment", "dev"])).code).toBe(0);
    const { code, stdout } = await runIn(fleet, promote, []);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^dev -> staging: clusters of ring \d+ \(\d+ images/)]);
    expect(stdout).toMatch(/^ {2}bun run promote --from dev --to staging --ring \d+$/m);
    expect((await runIn(fleet, promote, ["--from", "dev"])).code).toBe(2);
  });
});
