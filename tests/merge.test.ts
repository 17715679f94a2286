/** What two people do at once: no update is lost, and what is valid alone but not together is caught on the merge result. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";
import { compare } from "semver";

import { Repository } from "../scripts/lib/fleet/repository.ts";
import { setImages } from "../scripts/lib/image/bump.ts";
import { imageFiles } from "../scripts/lib/image/deployed.ts";
import { pushBranch } from "../scripts/lib/io/commit.ts";
import { branchOf } from "../scripts/lib/write/propose.ts";
import { run as newTenant } from "../scripts/new-tenant.ts";
import { run as updateTenant } from "../scripts/update-tenant.ts";
import { run as validate } from "../scripts/validate.ts";
import { copyClone, delivery } from "./support/delivery.ts";
import { git, gitEnvironment } from "./support/git-server.ts";
import { full, runIn, sampleRepository, type TestRepository } from "./support/repository.ts";
import { onboard } from "./support/tenants.ts";

const services = ["case-service", "frontend"];
const digest = (tag: string) => `sha256:${new Bun.CryptoHasher("sha256").update(tag).digest("hex")}`;

test("R-02, R-03: bumps and merges in any order lose no update, and none goes back", async () => {
  await using world = await delivery(["dev-shared"]);
  const actors = [await copyClone(await world.clone()), await copyClone(await world.clone())];
  const bare = world.server.folder("murima2025/gitops");
  const start = git(bare, "rev-parse", "main");
  const tagIn = (service: string, revision: string, repository: string) =>
    /tag: (\S+)/.exec(git(repository, "show", `${revision}:clusters/dev-shared/services/${service}/image.yaml`))![1]!;
  const tagOnMain = (service: string) => tagIn(service, "main", bare);
  // One bump a service at a time, as a person or a machine would: the newest wins, whoever comes late is refused.
  const bump = async (actor: { root: string }, service: string, tag: string): Promise<boolean> => {
    const content = await Repository.read(actor.root, { env: {} });
    const image = imageFiles(content).find((own) => own.service === service)!;
    let changes;
    try {
      ({ changes } = setImages(content, [{ image, tag, digest: digest(tag) }], {
        today: "2026-11-23",
        allowDowngrade: false,
      }));
    } catch {
      return false;
    }
    if (changes.length === 0) return true;
    const proposal = {
      root: actor.root,
      env: { ...process.env, ...gitEnvironment },
      message: `${service} ${tag}`,
      changes,
      sign: false,
    };
    await pushBranch({ ...proposal, branch: branchOf(`feat(clusters): ${service}`) });
    return true;
  };
  const pull = (actor: { root: string }) => git(actor.root, "pull", "--quiet", "--ff-only", bare, "main");
  const open = () =>
    git(bare, "for-each-ref", "--format=%(refname:short)", "refs/heads/propose").split("\n").filter(Boolean);
  await using folder = await copyClone(actors[0]!);
  /** Merges a branch as GitHub does: the service and tag that it brought, or undefined where git finds a conflict. */
  const merge = async (branch: string): Promise<{ service: string; tag: string } | undefined> => {
    git(folder.root, "fetch", "--quiet", bare, "+refs/heads/*:refs/remotes/origin/*");
    git(folder.root, "checkout", "--quiet", "--detach", "origin/main");
    try {
      git(folder.root, "merge", "--quiet", "-m", "merge", `origin/${branch}`);
    } catch {
      git(folder.root, "merge", "--abort");
      return undefined;
    }
    const service = services.find((own) => branch === branchOf(`feat(clusters): ${own}`))!;
    const tag = tagIn(service, `origin/${branch}`, folder.root);
    git(folder.root, "push", "--quiet", bare, "HEAD:main", `:${branch}`);
    return { service, tag };
  };
  const action = fc.oneof(
    fc.record({
      do: fc.constant("bump" as const),
      actor: fc.nat(1),
      service: fc.constantFrom(...services),
      minor: fc.integer({ min: 3, max: 9 }),
    }),
    fc.record({ do: fc.constant("merge" as const), which: fc.nat(3) }),
    fc.record({ do: fc.constant("pull" as const), actor: fc.nat(1) }),
  );
  const seed = 29;
  const runs = fc.sample(fc.array(action, { minLength: 6, maxLength: 9 }), { numRuns: full ? 200 : 8, seed });
  for (const [index, actions] of runs.entries()) {
    const what = `seed ${seed}, run ${index}: ${JSON.stringify(actions)}`;
    git(bare, "update-ref", "refs/heads/main", start);
    for (const branch of open()) git(bare, "update-ref", "-d", `refs/heads/${branch}`);
    for (const actor of actors) git(actor.root, "reset", "--quiet", "--hard", start);
    // What was merged last of each service: main has exactly that, whatever was merged of the other.
    const landed = new Map(services.map((service) => [service, tagOnMain(service)]));
    const land = async (branch: string) => {
      const brought = await merge(branch);
      if (brought === undefined) return false;
      expect([what, compare(brought.tag, landed.get(brought.service)!)]).toEqual([what, 1]);
      landed.set(brought.service, brought.tag);
      return true;
    };
    const expectLanded = () => {
      for (const service of services)
        expect([what, service, tagOnMain(service)]).toEqual([what, service, landed.get(service)!]);
    };
    for (const step of actions) {
      if (step.do === "pull") pull(actors[step.actor]!);
      else if (step.do === "merge") {
        const branches = open();
        if (branches.length > 0) await land(branches[step.which % branches.length]!);
      } else
        await bump(actors[step.actor]!, step.service, `v1.${step.minor}.0`).catch((error: Error) =>
          expect(error.message).toContain("git pull"),
        );
      expectLanded();
    }
    // Everything is merged, or asked for again by who is told of the conflict; what was landed stays.
    for (const branch of open()) await land(branch);
    expectLanded();
    for (const service of services) {
      pull(actors[0]!);
      expect(await bump(actors[0]!, service, "v2.0.0")).toBe(true);
      expect([what, await land(branchOf(`feat(clusters): ${service}`))]).toEqual([what, true]);
    }
    expectLanded();
    expect([...landed.values()]).toEqual(services.map(() => "v2.0.0"));
  }
}, 1_200_000);

describe("R-04, R-05: two changes, each valid alone, and not together", () => {
  type Side = (fleet: TestRepository) => Promise<unknown>;
  const tenant =
    (id: string, ...more: string[]): Side =>
    async (fleet) => {
      const { code, stderr } = await runIn(fleet, newTenant, onboard(id, "--cluster", "prod-shared", ...more));
      expect([id, code, stderr]).toEqual([id, 0, expect.any(String)]);
    };
  const pairs: [name: string, one: Side, other: Side, rule: string][] = [
    [
      "the same host",
      tenant("umbrella", "--host", "help.example"),
      tenant("hazel", "--host", "help.example"),
      "host-collision",
    ],
    ["an id that begins another", tenant("umbrella"), tenant("umbrella-eu"), "tenant-id"],
    [
      "one leaves where the other places something",
      async (fleet) => {
        await fleet.remove("apps/tenant/components/plans/business");
        await fleet.edit("tenants/stark/facts/tenant.yaml", "plan: business", "plan: starter");
        await fleet.edit("clusters/prod-shared/grants/stark/kustomization.yaml", "plans/business", "plans/starter");
      },
      tenant("umbrella", "--plan", "business"),
      "missing-file",
    ],
    [
      "the same key, at two places of a file: git merges it without a word",
      (fleet) => fleet.edit("apps/services/frontend/values.yaml", "replicas: 3\n", "replicas: 3\ndrainSeconds: 5\n"),
      (fleet) =>
        fleet.edit(
          "apps/services/frontend/values.yaml",
          "    memory: 256Mi\n",
          "    memory: 256Mi\n\ndrainSeconds: 5\n",
        ),
      "yaml-duplicate-key",
    ],
    [
      "a name taken away, and used",
      async (fleet) => {
        const { code } = await runIn(fleet, updateTenant, ["wonka", "--add-host", "wonka.example"]);
        expect(code).toBe(0);
      },
      tenant("umbrella", "--host", "wonka.example"),
      "host-collision",
    ],
  ];
  test.each(pairs)(
    "%s",
    async (_name, one, other, rule) => {
      await using fleet = await sampleRepository(["prod-shared"]);
      const own = (...args: string[]) => git(fleet.root, ...args);
      own("init", "--quiet", "--initial-branch=main");
      own("add", "--all");
      own("commit", "--quiet", "--message", "fleet");
      for (const [branch, side] of [
        ["one", one],
        ["other", other],
      ] as const) {
        own("checkout", "--quiet", "-b", branch, "main");
        await side(fleet);
        const alone = await runIn(fleet, validate, []);
        expect([branch, alone.code, alone.stdout]).toEqual([branch, 0, expect.stringContaining("0 errors")]);
        own("add", "--all");
        own("commit", "--quiet", "--message", branch);
      }
      own("checkout", "--quiet", "one");
      try {
        own("merge", "--quiet", "--message", "both", "other");
      } catch {
        // What is generated of all tenants is regenerated after a merge.
        own("checkout", "--quiet", "--ours", ".");
        own("checkout", "--quiet", "other", "--", "tenants");
        await runIn(fleet, validate, ["--fix"]);
      }
      const { code, stdout } = await runIn(fleet, validate, []);
      expect([code, stdout]).toEqual([1, expect.stringContaining(rule)]);
    },
    60_000,
  );
});
