/** Onboarding customers, as people do it. */
import { describe, expect, test } from "bun:test";

import { parse } from "yaml";

import { checkout } from "../tests/support/fleet.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { expectClean, onboard } from "../tests/support/tenants.ts";
import { run as newTenant } from "./new-tenant.ts";

describe("one command onboards a tenant, and validate is clean", () => {
  test.each([
    ["schema on a shared cluster", ["prod-shared"], ["--isolation", "schema", "--cluster", "prod-shared"]],
    ["database on a shared cluster", ["prod-shared"], ["--isolation", "database", "--cluster", "prod-shared"]],
    [
      "dedicated on a shared cluster",
      ["prod-shared-us"],
      ["--isolation", "dedicated", "--plan", "enterprise", "--cluster", "prod-shared-us"],
    ],
    ["schema in dev", ["dev-shared"], ["--cluster", "dev-shared", "--feature", "CHATBOT_ENABLED=false"]],
  ])("%s", async (_name, clusters, options) => {
    await using fleet = await sampleRepository(clusters);
    const { code, stdout, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: commit it")]);
    expect(stdout).toContain("tenants/umbrella/facts/tenant.yaml\n");
    await expectClean(fleet);
    const again = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect(again).toEqual({ code: 0, stdout: "", stderr: "nothing to change\n" });
  });

  test.each([
    ["single-tenant", ["prod-single"], undefined],
    ["on-premises", ["prod-site"], undefined],
    ["hybrid", ["prod-hybrid", "prod-hybrid-site"], "tyrell"],
  ])("%s: on a cluster of its own, or in place of the one there", async (_model, clusters, tenant) => {
    await using fleet = await sampleRepository(clusters);
    if (tenant !== undefined) {
      for (const cluster of clusters) await fleet.remove(`clusters/${cluster}/grants/${tenant}`);
      await fleet.remove(`tenants/${tenant}`);
    }
    const where = clusters.flatMap((cluster) => ["--cluster", cluster]);
    const { code, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...where, "--host", "umbrella.example"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: commit it")]);
    await expectClean(fleet);
  });
});

describe("new-tenant", () => {
  test("F13: one with a database of its own gets the credentials for it, one without gets none", async () => {
    for (const isolation of ["database", "schema"]) {
      await using fleet = await sampleRepository(["prod-shared"]);
      const options = ["--isolation", isolation, "--cluster", "prod-shared"];
      const { stdout } = await runIn(fleet, newTenant, onboard("umbrella", ...options));
      expect([isolation, stdout.includes("tenants/umbrella/prod-shared/database.sops.yaml\n")]).toEqual([
        isolation,
        isolation === "database",
      ]);
    }
  });

  test("a differing repeat is refused with the difference", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    await runIn(fleet, newTenant, onboard("umbrella", "--cluster", "prod-shared"));
    const other = await runIn(fleet, newTenant, onboard("umbrella", "--cluster", "prod-shared", "--plan", "business"));
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("-  plan: starter\n+  plan: business\n")]);
  });

  test("--dry-run prints every file and writes none", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const { code, stdout } = await runIn(
      fleet,
      newTenant,
      onboard("umbrella", "--cluster", "prod-shared", "--dry-run"),
    );
    expect(code).toBe(0);
    for (const file of [
      "clusters/prod-shared/grants/umbrella/kustomization.yaml\n",
      "tenants/umbrella/facts/tenant.yaml\n",
    ])
      expect(stdout).toContain(file);
    expect(stdout).toContain(".github/CODEOWNERS (changed)\n");
    expect(await Bun.file(`${fleet.root}/tenants/umbrella/facts/tenant.yaml`).exists()).toBe(false);
  });

  test("at a terminal it asks for what is missing; elsewhere it names all of it", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const answers = [
      "Umbrella Ltd",
      "it@umbrella.example",
      "@murima2025/umbrella",
      "many",
      "20",
      "prod-shared",
      "dedicated",
      "enterprise",
      "y",
    ];
    const asked = await runIn(fleet, newTenant, ["umbrella"], {}, answers);
    expect([asked.code, asked.stderr]).toEqual([
      0,
      expect.stringContaining("Number of agent seats\nit takes a number\nNumber of agent seats\n"),
    ]);
    // No plan is offered that can't hold copies of its own; what it comes to is said before anything is written.
    expect(asked.stderr).toContain("  dedicated (its own copies of all services)\nHow it is isolated\n  enterprise (");
    expect(asked.stderr).toMatch(
      /on prod-shared: \d+ CPUs and \d+Gi of memory at most\n\d+ files: \d+ new, \d+ changed\nonce it is merged, Argo CD makes /,
    );
    const { code, stderr } = await runIn(fleet, newTenant, ["hazel"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--display-name, --contact technical=ADDRESS, --owner, --limit agents=NUMBER, --cluster");
  });

  test("M3: --from says what it can't take, and loses nothing", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const whole = `apiVersion: gitops.murima2025.com/v1
kind: Tenant
spec:
  displayName: Delta
  owners:
    - "@murima2025/delta"
  contacts:
    technical: it@delta.example
  limits:
    agents: "3"
`;
    const from = (text: string, ...more: string[]) =>
      runIn(
        fleet,
        newTenant,
        ["delta", "--from", "-", "--cluster", "prod-shared", "--dry-run", ...more],
        {},
        undefined,
        text,
      );
    const twin = await from(whole);
    expect([twin.code, twin.stdout]).toEqual([0, expect.stringContaining("plan: starter")]);
    const bad: [string, string, string][] = [
      ["a field that is not one", whole.replace("  limits:", "  colour: blue\n  limits:"), "-:9 spec.colour"],
      ["another version", whole.replace("/v1", "/v9"), "-:1 apiVersion"],
      ["no owners", whole.replace(/ {2}owners:\n.*\n/, ""), "owners"],
      ["a wrong plan", `${whole}  plan: golden\n`, "-:11 spec.plan"],
      ["another kind", whole.replace("Tenant", "Cluster"), "is not a Tenant document"],
      ["not YAML", "{", "-:1"],
    ];
    for (const [name, text, says] of bad) {
      const { code, stderr } = await from(text);
      expect([name, code, stderr]).toEqual([name, 2, expect.stringContaining(says)]);
    }
    for (const option of [
      ["--plan", "enterprise"],
      ["--display-name", "Other"],
      ["--feature", "X_ENABLED=true"],
    ]) {
      const { code, stderr } = await from(whole, ...option);
      expect([option[0], code, stderr]).toEqual([option[0], 2, expect.stringContaining("cannot be used with")]);
    }
    const missing = await runIn(fleet, newTenant, ["delta", "--from", "nowhere.yaml", "--cluster", "prod-shared"]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("there is no file nowhere.yaml")]);
    // npm tells where a person stands.
    await fleet.write("tenants/wonka/d.yaml", whole);
    const standing = { INIT_CWD: `${fleet.root}/tenants/wonka` };
    const near = await runIn(
      fleet,
      newTenant,
      ["delta", "--from", "d.yaml", "--cluster", "prod-shared", "--dry-run"],
      standing,
    );
    expect([near.code, near.stdout]).toEqual([0, expect.stringContaining("displayName: Delta")]);
  });

  for (const [name, key] of [
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ] as const)
    test.skipIf(Bun.which("script") === null)(
      `M2: ${name} at a question cancels, and nothing was written`,
      async () => {
        await using fleet = await sampleRepository(["prod-shared"]);
        const command = `${process.execPath} ${checkout}/scripts/new-tenant.ts umbrella`;
        const terminal = Bun.spawn(["script", "-qec", command, "/dev/null"], {
          cwd: fleet.root,
          stdin: "pipe",
          stdout: "pipe",
        });
        let shown = "";
        for await (const chunk of terminal.stdout) {
          const isFirst = !shown.includes("Display name");
          shown += new TextDecoder().decode(chunk);
          if (isFirst && shown.includes("Display name")) {
            void terminal.stdin.write(key);
            void terminal.stdin.flush();
          }
        }
        expect([await terminal.exited, shown]).toEqual([
          130,
          expect.stringContaining("cancelled: nothing was written"),
        ]);
        expect(shown).not.toContain("internal error");
      },
    );

  test("--from takes a whole document", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const text = (await fleet.read("tenants/wonka/facts/tenant.yaml")).replaceAll("wonka", "umbrella");
    await fleet.write("umbrella.yaml", text);
    const argv = ["umbrella", "--from", "umbrella.yaml", "--cluster", "prod-shared"];
    const foreign = await runIn(fleet, newTenant, argv);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining("the key of umbrella has to come to")]);
    const bare = text.replace(/ {2}ageRecipient: .*\n/, "");
    await fleet.write("umbrella.yaml", bare);
    expect((await runIn(fleet, newTenant, argv)).code).toBe(0);
    const written = await fleet.read("tenants/umbrella/facts/tenant.yaml");
    expect(parse(written.replace(/ {2}ageRecipient: .*\n/, ""))).toEqual(parse(bare));
    // What it was given the first time it keeps.
    const again = await runIn(fleet, newTenant, argv);
    expect([again.code, again.stderr]).toEqual([0, "nothing to change\n"]);
    await fleet.write("umbrella.yaml", text.replace("plan: starter", "plan: gigantic"));
    const wrong = await runIn(fleet, newTenant, ["hazel", "--from", "umbrella.yaml", "--cluster", "prod-shared"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("describes umbrella, not hazel")]);
  });

  test("B-01: what can't be an id is refused before anything is read or written", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    for (const id of [
      "",
      "A",
      "a--b",
      "no",
      "default",
      "kube-x",
      "../x",
      "x/../../y",
      "con/../x",
      "a\n",
      "deployers",
    ]) {
      const { code } = await runIn(
        fleet,
        newTenant,
        ["--", id].concat(onboard("x", "--cluster", "prod-shared").slice(1)),
      );
      expect([id, code]).toEqual([id, 2]);
    }
    for (const id of ["-rf", "--help2"]) {
      const { code } = await runIn(fleet, newTenant, onboard(id, "--cluster", "prod-shared"));
      expect([id, code]).toEqual([id, 2]);
    }
    await expectClean(fleet);
  });

  test("B-02: an id that begins with another, in both orders", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const options = ["--cluster", "prod-shared"];
    const longer = await runIn(fleet, newTenant, onboard("stark-eu", ...options));
    expect([longer.code, longer.stderr]).toEqual([1, expect.stringContaining("stark-eu begins with stark")]);
    expect((await runIn(fleet, newTenant, onboard("umbrella-eu", ...options))).code).toBe(0);
    const shorter = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect([shorter.code, shorter.stderr]).toEqual([1, expect.stringContaining("umbrella-eu begins with umbrella")]);
  });

  test("every wrong option says what to do", async () => {
    await using fleet = await sampleRepository(["prod-shared"]);
    const refusals: [string[], number, string][] = [
      [["--cluster", "prod-sharde"], 2, "did you mean prod-shared"],
      [["--cluster", "prod-shared", "--rate", "fast"], 2, "600/minute"],
      [["--cluster", "prod-shared", "--limit", "seats"], 2, "is not NAME=VALUE"],
      [["--cluster", "prod-shared", "--plan", "huge"], 2, "Allowed choices are business, enterprise, starter"],
      [["--cluster", "prod-shared", "--residency", "us"], 1, "wants its data in us, but prod-shared keeps data in eu"],
      [["--cluster", "prod-shared", "--host", "*.example"], 1, "spec.hosts"],
      [["--cluster", "prod-shared", "--host", "help.stark.example"], 1, "is a host of stark"],
      [["--cluster", "prod-shared", "--isolation", "dedicated", "--plan", "starter"], 2, "--plan enterprise"],
    ];
    for (const [options, expected, said] of refusals) {
      const { code, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...options));
      expect([options, code, stderr]).toEqual([options, expected, expect.stringContaining(said)]);
    }
    await expectClean(fleet);
  });
});
