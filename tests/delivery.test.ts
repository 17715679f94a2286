/** From a build to production and back: bump, promotion ring by ring, a bad release, rollback, hold and release. */
import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";

import { run as bump } from "../scripts/bump-image.ts";
import { run as hold } from "../scripts/hold.ts";
import type { Run } from "../scripts/lib/command/run.ts";
import { run as promote } from "../scripts/promote.ts";
import { run as rollback } from "../scripts/rollback.ts";
import { type Delivery, delivery } from "./support/delivery.ts";
import { git } from "./support/git-server.ts";
import { full, runIn } from "./support/repository.ts";

const image = (cluster: string, service = "case-service") => `clusters/${cluster}/services/${service}/image.yaml`;
const tagOf = (text: string) => /tag: "?([^"\n]+)/.exec(text)![1]!;

/** Runs a command with --pr and merges what it proposes. */
async function land(world: Delivery, clone: { root: string }, run: Run, argv: string[]) {
  world.pull(clone);
  const done = await runIn(clone, run, [...argv, "--pr"], world.env);
  expect([argv, done.code, done.stderr]).toEqual([argv, 0, expect.stringContaining("opened #")]);
  const pull = world.github.pulls.at(-1)!;
  expect(git(clone.root, "status", "--porcelain")).toBe("");
  expect(world.github.merge(pull.number)).toBe(true);
  world.pull(clone);
  return { ...done, pull };
}

test("through all environments and rings, and back", async () => {
  await using world = await delivery(["dev-shared", "staging-shared", "prod-shared", "prod-shared-us"]);
  const clone = await world.clone();
  const digest = world.registry.push("murima2025/case-service", "v1.5.0");
  const service = ["--service", "case-service"];

  const first = await land(world, clone, bump, [...service, "--environment", "dev", "--tag", "v1.5.0"]);
  expect(first.pull.labels).toEqual(["image"]);
  expect(first.pull.title).toBe("feat(clusters): run case-service v1.2.0-rc.2 -> v1.5.0 in dev");
  expect(first.pull.body).toContain("| `murima2025/case-service` | `v1.2.0-rc.2 (");
  expect(first.stderr).toContain("commit hooks do not run");
  expect(world.onMain(image("dev-shared"))).toContain(digest);

  const skipped = await runIn(clone, promote, ["--from", "dev", "--to", "prod", ...service], world.env);
  expect([skipped.code, skipped.stderr]).toEqual([
    2,
    expect.stringContaining("prod takes images from staging, not from dev"),
  ]);
  await land(world, clone, promote, ["--from", "dev", "--to", "staging", ...service]);
  const early = await runIn(
    clone,
    promote,
    ["--from", "staging", "--to", "prod", "--ring", "2", ...service],
    world.env,
  );
  expect([early.code, early.stderr]).toEqual([2, expect.stringContaining("promote clusters of ring 1 first")]);
  const ring = await land(world, clone, promote, ["--from", "staging", "--to", "prod", ...service]);
  expect(ring.stderr).toContain("staging -> prod, clusters of ring 1\n");
  expect(ring.stderr).toContain("then: clusters of ring 2, 1 images\nthen: tenants of ring 2, 1 images\n");
  const good = git(clone.root, "rev-parse", "HEAD~1");
  await land(world, clone, promote, ["--from", "staging", "--to", "prod", ...service]);
  expect(tagOf(world.onMain(image("prod-shared-us")))).toBe("v1.5.0");

  // It is bad on one cluster. Back to what ran there, and held.
  const back = await land(world, clone, rollback, [
    ...service,
    "--cluster",
    "prod-shared",
    "--to",
    good,
    "--reason",
    "OPS-812",
  ]);
  expect(back.stderr).toContain("back: case-service on prod-shared: v1.5.0 -> v1.0.3, held until ");
  expect(back.stderr).not.toContain("still differs");
  expect(back.pull.labels).toEqual(["image", "rollback"]);
  expect(tagOf(world.onMain(image("prod-shared")))).toBe("v1.0.3");
  expect(tagOf(world.onMain(image("prod-shared-us")))).toBe("v1.5.0");

  world.registry.push("murima2025/case-service", "v1.6.0");
  const held = await runIn(clone, bump, [...service, "--cluster", "prod-shared", "--tag", "v1.6.0"], world.env);
  expect([held.code, held.stderr]).toEqual([
    1,
    expect.stringContaining("skipped: case-service on prod-shared: held at v1.0.3 until "),
  ]);
  const stands = await runIn(clone, promote, ["--from", "staging", "--to", "prod", ...service], world.env);
  expect([stands.code, stands.stderr]).toEqual([2, expect.stringContaining("is held at v1.0.3")]);

  await land(world, clone, hold, ["--release", ...service, "--cluster", "prod-shared"]);
  expect(world.onMain(image("prod-shared"))).not.toContain("hold");
  if (!full) return;
  // In the long run onwards to the tenants' own copies.
  await land(world, clone, bump, [...service, "--environment", "dev", "--tag", "v1.6.0"]);
  for (const [from, to] of [
    ["dev", "staging"],
    ["staging", "prod"],
    ["staging", "prod"],
    ["staging", "prod"],
  ] as const)
    await land(world, clone, promote, ["--from", from, "--to", to, ...service]);
  const done = await runIn(clone, promote, ["--from", "staging", "--to", "prod", ...service], world.env);
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("prod already runs what staging runs")]);
  expect(tagOf(world.onMain("tenants/soylent/prod-shared-us/services/case-service/image.yaml"))).toBe("v1.6.0");
}, 240_000);

describe("bump-image", () => {
  test("only the bytes of the values change; the same again is no change; a batch is one commit", async () => {
    await using world = await delivery(["dev-shared"]);
    const clone = await world.clone();
    for (const service of ["case-service", "frontend"]) world.registry.push(`murima2025/${service}`, "v1.5.0");
    const before = world.onMain(image("dev-shared"));
    const argv = ["--service", "case-service", "--service", "frontend", "--environment", "dev", "--tag", "v1.5.0"];
    const { code, stdout } = await runIn(clone, bump, argv, world.env);
    expect([code, stdout]).toEqual([0, `${image("dev-shared")}\n${image("dev-shared", "frontend")}\n`]);
    const after = await Bun.file(`${clone.root}/${image("dev-shared")}`).text();
    const bare = (text: string) => text.replace(/(tag|digest): .*/g, "$1");
    expect(bare(after)).toBe(bare(before.replace(/\n?$/, "\n")));
    const again = await runIn(clone, bump, argv, world.env);
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining("nothing to change")]);
    git(clone.root, "checkout", "--quiet", ".");
    const proposed = await runIn(clone, bump, [...argv, "--pr"], world.env);
    expect([proposed.code, proposed.stdout]).toEqual([0, "https://github.example/murima2025/gitops/pull/1\n"]);
    const { head } = world.github.pulls[0]!;
    expect(git(world.server.folder("murima2025/gitops"), "rev-list", "--count", `main..${head}`)).toBe("1");
    // The same again brings nothing new; another image brings the same pull request up to date.
    const same = await runIn(clone, bump, [...argv, "--pr"], world.env);
    expect([same.code, same.stderr]).toEqual([0, expect.stringContaining("updated #1")]);
    expect(world.github.pulls).toHaveLength(1);
    expect([...world.server.authorized]).toEqual([
      `Basic ${Buffer.from("x-access-token:token-of-a-test").toString("base64")}`,
    ]);
  }, 60_000);

  test("the newest of a range, the registries of all clusters, and what a person gets wrong", async () => {
    await using world = await delivery(["dev-shared"]);
    const clone = await world.clone();
    for (const tag of ["v1.3.0", "v1.4.0", "v1.4.1-rc.1", "v2.0.0", "latest"])
      world.registry.push("murima2025/case-service", tag);
    const at = ["--service", "case-service", "--environment", "dev"];
    const latest = await runIn(clone, bump, [...at, "--latest", "^1.3", "--dry-run"], world.env);
    expect([latest.code, latest.stderr]).toEqual([0, expect.stringContaining("v1.4.1-rc.1")]);
    const wrong: [string[], string][] = [
      [["--tag", "latest"], "is not a version"],
      [["--tag", "v9.9.9"], "there is no such image or tag"],
      [["--tag", "v1.0.0", "--digest", `sha256:${"a".repeat(64)}`], "is older than v1.2.0-rc.2"],
      [["--tag", "v1.2.0-rc.2", "--digest", `sha256:${"a".repeat(64)}`], "a tag was moved"],
      [["--tag", "v1.4.0", "--digest", "sha256:ABC"], "takes sha256: and 64 hexadecimal digits"],
      [["--latest", "newest"], "is not a valid range"],
      [["--latest", "^7"], "has no version in ^7"],
      [[], "give either --tag or --latest"],
      [["--tag", "v1.4.0", "--environment", "stagin"], "there is no environment stagin: did you mean staging?"],
      [["--tag", "v1.4.0", "--tenant", "nobody"], "there is no tenant nobody"],
    ];
    for (const [argv, says] of wrong) {
      const { code, stderr } = await runIn(clone, bump, [...at, ...argv], world.env);
      expect([argv, code === 0, stderr]).toEqual([argv, false, expect.stringContaining(says)]);
    }
    const nowhere = await runIn(clone, bump, ["--service", "case-service", "--tag", "v1.4.0"], world.env);
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("select where")]);
    expect(git(clone.root, "status", "--porcelain")).toBe("");
  }, 60_000);
});

test("by a GitHub App, for people and teams to look at", async () => {
  await using world = await delivery(["dev-shared"]);
  const clone = await world.clone();
  world.registry.push("murima2025/case-service", "v1.5.0");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const env = {
    ...world.env,
    GITHUB_TOKEN: "",
    GITHUB_APP_ID: "7",
    GITHUB_APP_INSTALLATION_ID: "8",
    GITHUB_APP_PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }),
  };
  const argv = ["--service", "case-service", "--environment", "dev", "--tag", "v1.5.0", "--pr"];
  const { code, stderr } = await runIn(
    clone,
    bump,
    [...argv, "--reviewer", "nobody", "--reviewer", "ada", "--reviewer", "murima2025/platform"],
    env,
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining("opened #1")]);
  expect(stderr).toContain("warning: the reviewer nobody of #1");
  expect(world.github.pulls[0]!.reviewers).toEqual(["ada", "platform"]);
  expect([...world.server.authorized]).toEqual([
    `Basic ${Buffer.from("x-access-token:token-of-an-app").toString("base64")}`,
  ]);
  const wrong = await runIn(clone, bump, argv, { ...env, GITHUB_APP_PRIVATE_KEY: "no key" });
  expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining("the GitHub App 7 can't sign in")]);
}, 60_000);

describe("a pull request", () => {
  const at = ["--service", "case-service", "--environment", "dev", "--tag", "v1.5.0", "--pr"];

  test("what GitHub refuses is said in a sentence, and never with the token", async () => {
    await using world = await delivery(["dev-shared"]);
    const clone = await world.clone();
    world.registry.push("murima2025/case-service", "v1.5.0");
    const answers: [() => Response, string][] = [
      [() => Response.json({ message: "Bad credentials" }, { status: 401 }), "the token is wrong or has expired"],
      [
        () =>
          Response.json(
            { message: "API rate limit exceeded" },
            { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "4102444800" } },
          ),
        "is reached until 2100-01-01T00:00:00Z",
      ],
      [() => Response.json({ message: "Resource not accessible" }, { status: 403 }), "the token may not do that"],
      [() => Response.json({ message: "Not Found" }, { status: 404 }), "the token may not see it"],
      [() => Response.json({ message: "conflict" }, { status: 409 }), "it changed meanwhile"],
      [
        () => Response.json({ message: "Validation Failed", errors: [{ message: "too long" }] }, { status: 422 }),
        "GitHub refuses it: too long",
      ],
      [() => new Response("bad gateway", { status: 502 }), "try again later"],
    ];
    for (const [answer, says] of answers) {
      world.github.fail = answer;
      const { code, stdout, stderr } = await runIn(clone, bump, at, world.env);
      expect([says, code, stdout, stderr]).toEqual([says, 3, "", expect.stringContaining(says)]);
      expect(stderr).not.toContain("token-of-a-test");
    }
    let bad = 2;
    world.github.fail = () => (bad-- > 0 ? new Response("bad gateway", { status: 502 }) : undefined);
    expect((await runIn(clone, bump, at, world.env)).code).toBe(0);
    const none = await runIn(clone, bump, at, { ...world.env, GITHUB_TOKEN: "" });
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("there is no token for GitHub")]);
  }, 90_000);

  test("it stands on what is on main: a fleet that is another here is refused", async () => {
    await using world = await delivery(["dev-shared"]);
    const [mine, theirs] = [await world.clone(), await world.clone()];
    for (const service of ["case-service", "frontend"]) world.registry.push(`murima2025/${service}`, "v1.5.0");
    await land(world, theirs, bump, ["--service", "frontend", "--environment", "dev", "--tag", "v1.5.0"]);
    const old = await runIn(mine, bump, at, world.env);
    expect([old.code, old.stderr]).toEqual([
      2,
      expect.stringContaining(`(${image("dev-shared", "frontend")}): git pull`),
    ]);
    world.pull(mine);
    await Bun.write(`${mine.root}/clusters/dev-shared/extra.yaml`, "x");
    const dirty = await runIn(mine, bump, at, world.env);
    expect([dirty.code === 0, dirty.stderr]).toEqual([false, expect.stringContaining("extra.yaml")]);
  }, 60_000);

  test("signed on request, with the key that git is set up with", async () => {
    await using world = await delivery(["dev-shared"]);
    const clone = await world.clone();
    world.registry.push("murima2025/case-service", "v1.5.0");
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${clone.root}/.git/key`]);
    for (const [key, value] of [
      ["gpg.format", "ssh"],
      ["user.signingkey", `${clone.root}/.git/key`],
    ] as const)
      git(clone.root, "config", key, value);
    const { code, stderr } = await runIn(clone, bump, [...at, "--sign"], world.env);
    expect([code, stderr]).toEqual([0, expect.stringContaining(", signed;")]);
    const head = git(world.server.folder("murima2025/gitops"), "cat-file", "commit", world.github.pulls[0]!.head);
    expect(head).toContain("gpgsig -----BEGIN SSH SIGNATURE-----");
  }, 60_000);
});
