/** Onboarding, changing, placing and ending customers, as people do it. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";
import { parse } from "yaml";

import { at, objectAt } from "./lib/core/json.ts";
import { newTenant as plan } from "./lib/tenant/new-tenant.ts";
import { checkout, full, runIn, sampleRepository, type TestRepository } from "./lib/testing/repository.ts";
import { loadFleet } from "./lib/validate/load.ts";
import { readRepository } from "./lib/validate/read.ts";
import { run as newTenant } from "./new-tenant.ts";
import { run as offboardTenant } from "./offboard-tenant.ts";
import { run as placeTenant } from "./place-tenant.ts";
import { run as updateTenant } from "./update-tenant.ts";
import { run as validate } from "./validate.ts";

const all = { clusters: [], applications: [] };
const onboard = (id: string, ...more: string[]) => [
  ...[id, "--display-name", "Umbrella Ltd", "--owner", `@murima2025/${id}`, "--limit", "agents=5"],
  ...["--contact", "technical=it@umbrella.example", ...more],
];

async function expectClean(fleet: TestRepository): Promise<void> {
  const { code, stdout } = await runIn(fleet, validate, []);
  expect([code, stdout]).toEqual([0, expect.stringContaining("0 errors")]);
}

const git = (fleet: TestRepository, ...args: string[]) => {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  const { exitCode, stderr } = Bun.spawnSync(["git", "-C", fleet.root, ...identity, ...args]);
  if (exitCode !== 0) throw new Error(stderr.toString());
};
const commit = (fleet: TestRepository) => {
  git(fleet, "add", "--all");
  git(fleet, "commit", "--quiet", "--allow-empty", "--message", "step");
};

describe("one command onboards a tenant, and validate is clean", () => {
  test.each([
    ["schema on a shared cluster", ["prod-eu1"], ["--isolation", "schema", "--cluster", "prod-eu1"]],
    ["database on a shared cluster", ["prod-eu1"], ["--isolation", "database", "--cluster", "prod-eu1"]],
    [
      "dedicated on a shared cluster",
      ["prod-us1"],
      ["--isolation", "dedicated", "--plan", "enterprise", "--cluster", "prod-us1"],
    ],
    ["schema in dev", ["dev-eu1"], ["--cluster", "dev-eu1", "--feature", "CHATBOT_ENABLED=false"]],
  ])("%s", async (_name, clusters, options) => {
    await using fleet = await sampleRepository(clusters);
    const { code, stdout, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: commit it")]);
    expect(stdout).toContain("tenants/umbrella/facts/tenant.yaml\n");
    await expectClean(fleet);
    const again = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect(again).toEqual({ code: 0, stdout: "", stderr: "everything is there already\n" });
  });

  test.each([
    ["single-tenant", ["prod-acme"], "acme"],
    ["on-premises", ["prod-globex"], "globex"],
    ["hybrid", ["prod-initech-cloud", "prod-initech-onprem"], "initech"],
  ])("%s: another in place of the one there", async (_model, clusters, tenant) => {
    await using fleet = await sampleRepository(clusters);
    for (const cluster of clusters) await fleet.remove(`clusters/${cluster}/grants/${tenant}`);
    await fleet.remove(`tenants/${tenant}`);
    const where = clusters.flatMap((cluster) => ["--cluster", cluster]);
    const { code, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...where, "--host", "umbrella.example"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: commit it")]);
    await expectClean(fleet);
  });
});

describe("new-tenant", () => {
  test("a differing repeat is refused with the difference", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    await runIn(fleet, newTenant, onboard("umbrella", "--cluster", "prod-eu1"));
    const other = await runIn(fleet, newTenant, onboard("umbrella", "--cluster", "prod-eu1", "--plan", "business"));
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("-  plan: starter\n+  plan: business\n")]);
  });

  test("--dry-run prints every file and writes none", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const { code, stdout } = await runIn(fleet, newTenant, onboard("umbrella", "--cluster", "prod-eu1", "--dry-run"));
    expect(code).toBe(0);
    for (const file of [
      "clusters/prod-eu1/grants/umbrella/kustomization.yaml\n",
      "tenants/umbrella/facts/tenant.yaml\n",
    ])
      expect(stdout).toContain(file);
    expect(stdout).toContain(".github/CODEOWNERS (changed)\n");
    expect(await Bun.file(`${fleet.root}/tenants/umbrella/facts/tenant.yaml`).exists()).toBe(false);
  });

  test("at a terminal it asks for what is missing; elsewhere it names all of it", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const answers = ["Umbrella Ltd", "it@umbrella.example", "@murima2025/umbrella", "20", "prod-eu1"];
    const asked = await runIn(fleet, newTenant, ["umbrella"], {}, answers);
    expect([asked.code, asked.stderr]).toEqual([0, expect.stringContaining("Seats of its agents: ")]);
    const { code, stderr } = await runIn(fleet, newTenant, ["hazel"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--display-name, --contact technical=ADDRESS, --owner, --limit agents=NUMBER, --cluster");
  });

  test("--from takes a whole document", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const text = (await fleet.read("tenants/northwind/facts/tenant.yaml")).replaceAll("northwind", "umbrella");
    await fleet.write("umbrella.yaml", text);
    const argv = ["umbrella", "--from", "umbrella.yaml", "--cluster", "prod-eu1"];
    expect((await runIn(fleet, newTenant, argv)).code).toBe(0);
    const written = await fleet.read("tenants/umbrella/facts/tenant.yaml");
    expect(parse(written)).toEqual(parse(text));
    await fleet.write("umbrella.yaml", text.replace("plan: starter", "plan: gigantic"));
    const wrong = await runIn(fleet, newTenant, ["hazel", "--from", "umbrella.yaml", "--cluster", "prod-eu1"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("is about umbrella, not about hazel")]);
  });

  test("B-01: what can't be an id is refused before anything is read or written", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
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
        ["--", id, ...[]].concat(onboard("x", "--cluster", "prod-eu1").slice(1)),
      );
      expect([id, code]).toEqual([id, 2]);
    }
    for (const id of ["-rf", "--help2"]) {
      const { code } = await runIn(fleet, newTenant, onboard(id, "--cluster", "prod-eu1"));
      expect([id, code]).toEqual([id, 2]);
    }
    await expectClean(fleet);
  });

  test("B-02: an id that begins with another, in both orders", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const options = ["--cluster", "prod-eu1"];
    const longer = await runIn(fleet, newTenant, onboard("contoso-eu", ...options));
    expect([longer.code, longer.stderr]).toEqual([1, expect.stringContaining("contoso-eu begins with contoso")]);
    expect((await runIn(fleet, newTenant, onboard("umbrella-eu", ...options))).code).toBe(0);
    const shorter = await runIn(fleet, newTenant, onboard("umbrella", ...options));
    expect([shorter.code, shorter.stderr]).toEqual([1, expect.stringContaining("umbrella-eu begins with umbrella")]);
  });

  test("every wrong option says what to do", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const refusals: [string[], number, string][] = [
      [["--cluster", "prod-eu2"], 2, "did you mean prod-eu1"],
      [["--cluster", "prod-eu1", "--rate", "fast"], 2, "600/minute"],
      [["--cluster", "prod-eu1", "--limit", "seats"], 2, "no NAME=VALUE"],
      [["--cluster", "prod-eu1", "--plan", "huge"], 2, "Allowed choices are business, enterprise, starter"],
      [["--cluster", "prod-eu1", "--residency", "us"], 1, "wants its data in us, but prod-eu1 keeps data in eu"],
      [["--cluster", "prod-eu1", "--host", "*.example"], 1, "spec.hosts"],
      [["--cluster", "prod-eu1", "--host", "help.contoso.example"], 1, "is a host of contoso"],
      [["--cluster", "prod-eu1", "--isolation", "dedicated", "--plan", "starter"], 1, "at their largest"],
    ];
    for (const [options, expected, said] of refusals) {
      const { code, stderr } = await runIn(fleet, newTenant, onboard("umbrella", ...options));
      expect([options, code, stderr]).toEqual([options, expected, expect.stringContaining(said)]);
    }
    await expectClean(fleet);
  });
});

test("B-03: a display name is stored byte for byte, or refused; it never becomes anything else", async () => {
  await using fleet = await sampleRepository(["prod-eu1"]);
  const repository = await readRepository(fleet.root, process.env, true);
  const facts = repository.documents.tenants.get("northwind")!.document.spec;
  const listed = [
    ...[
      '"quoted"',
      "it's",
      "a: b",
      "a #b",
      "- a",
      "*a",
      "&a",
      "!!binary x",
      "%x",
      "{{ .Release }}",
      "${HOME}",
      "$(id)",
      "`id`",
    ],
    ...[
      "null",
      "~",
      "1e3",
      "0123",
      "2026-11-23",
      "=",
      "<<",
      "é😀",
      "  x  ",
      "{a: b}",
      "[a]",
      "|",
      ">",
      "@a",
      "\\n",
      "?",
    ],
  ];
  const random = fc.sample(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), {
    numRuns: full ? 200 : 5,
    seed: 3,
  });
  const refused = ["a\nnamespace: kube-system", "a\0", "\u202eevil", "\ufeffx", "x".repeat(101), "\ud800"];
  const keysOf = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([key, inner]): unknown => [key, keysOf(inner)])
      : typeof value;
  const renderWith = async (displayName: string) => {
    const changes = plan(repository, {
      ...{ id: "umbrella", clusters: ["prod-eu1"], settings: { locale: "en", timezone: "UTC" } },
      spec: { ...facts, displayName, hosts: ["umbrella.example"] },
    });
    const selection = { clusters: ["prod-eu1"], applications: ["grant-umbrella"] };
    const loaded = await loadFleet({ root: fleet.root, env: process.env, selection, cache: false, changes });
    const grant = loaded.fleet.applications.find(({ name }) => name === "grant-umbrella")!;
    return { findings: loaded.findings, objects: grant.objects.map(({ object }) => object) };
  };
  const plain = keysOf((await renderWith("x")).objects);
  for (const name of [...listed, ...random]) {
    const { findings, objects } = await renderWith(name);
    if (findings.some(({ rule }) => rule === "document-schema")) continue; // Refused, with a reason.
    expect([name, findings]).toEqual([name, []]);
    const settings = objects.find(
      (object) => at(object, "metadata", "name") === "tenant-umbrella" && object["kind"] === "ConfigMap",
    );
    expect(objectAt(settings, "data")["displayName"]).toBe(name);
    expect([name, keysOf(objects)]).toEqual([name, plain]);
  }
  for (const name of refused)
    expect([name, (await renderWith(name)).findings.map(({ rule }) => rule)]).toEqual([
      name,
      expect.arrayContaining([expect.any(String)]),
    ]);
}, 240_000);

test("F-03: no tenant changes a byte of what another Application renders", async () => {
  await using fleet = await sampleRepository(["prod-eu1", "prod-us1"]);
  const load = (changes: { path: string; content: string | null }[]) =>
    loadFleet({ root: fleet.root, env: process.env, selection: all, cache: true, changes });
  const bytes = ({ fleet: { applications } }: Awaited<ReturnType<typeof load>>) =>
    new Map(
      applications.map(({ id, manifest, objects }) => [id, JSON.stringify([manifest, objects.map(({ raw }) => raw)])]),
    );
  const before = bytes(await load([]));
  const repository = await readRepository(fleet.root, process.env, true);
  const base = repository.documents.tenants.get("northwind")!.document.spec;
  const tenant = fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9]{2,9}$/),
    plan: fc.constantFrom("business", "enterprise", "starter"),
    isolation: fc.constantFrom("schema", "database", "dedicated"),
    cluster: fc.constantFrom("prod-eu1", "prod-us1"),
    rate: fc.integer({ min: 1, max: 9999 }),
  });
  for (const { id, plan: quota, isolation, cluster, rate } of fc.sample(tenant, { numRuns: full ? 60 : 5, seed: 30 })) {
    const spec = {
      ...base,
      displayName: id,
      plan: quota,
      isolation,
      hosts: undefined,
      rateLimit: { requests: rate, unit: "Second" as const },
    };
    const added = plan(repository, { id, spec, clusters: [cluster], settings: { locale: "en", timezone: "UTC" } });
    const after = bytes(await load(added));
    const isOwn = (application: string) => new RegExp(`/(grant|tenant)-${id}(-|$)`).test(application);
    for (const [application, content] of after) {
      if (!isOwn(application)) expect([id, application, content]).toEqual([id, application, before.get(application)!]);
    }
    expect([...after.keys()].filter((application) => !isOwn(application))).toEqual([...before.keys()]);
  }
  // Without one that is there, and with another plan for it, the others stay as they are as well.
  const gone = repository.tree.paths
    .filter((file) => /\/(tenant123)\//.test(file))
    .map((path) => ({ path, content: null }));
  const without = bytes(await load(gone));
  for (const [application, content] of without)
    expect([application, content]).toEqual([application, before.get(application)!]);
}, 240_000);

test("F-02: the order of scaffolds does not matter, and each is idempotent", async () => {
  const { tree, sources, documents } = await readRepository(checkout, process.env, true);
  const base = documents.tenants.get("northwind")!.document;
  const make = (into: typeof tree, known: typeof documents, id: string) => {
    const spec = { ...base.spec, hosts: undefined };
    const changes = plan(
      { tree: into, sources, documents: known },
      { id, spec, clusters: ["prod-eu1"], settings: { locale: "en", timezone: "UTC" } },
    );
    const tenants = new Map([
      ...known.tenants,
      [id, { file: "", document: { ...base, metadata: { ...base.metadata, name: id } } }],
    ]);
    return { tree: into.with(changes), documents: { ...known, tenants } };
  };
  const states = [
    ["alder", "birch", "cedar"],
    ["cedar", "alder", "birch", "cedar"],
  ].map((ids) => {
    let state = { tree, documents };
    for (const id of ids) state = make(state.tree, state.documents, id);
    return state.tree.paths.map((file) => `${file} ${state.tree.hash(file)}`).join("\n");
  });
  expect(states[0]).toBe(states[1]!);
});

describe("update-tenant", () => {
  test("changes the facts in place, comments and order kept, and what follows from them", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const facts = "tenants/northwind/facts/tenant.yaml";
    await fleet.edit(facts, "  plan: starter\n", "  # Agreed until June.\n  plan: starter # small\n");
    const argv = [
      "--plan",
      "business",
      "--limit",
      "agents=60",
      "--limit",
      "storageGiB=",
      "--feature",
      "CHATBOT_ENABLED=false",
    ];
    const { code } = await runIn(fleet, updateTenant, [
      "northwind",
      ...argv,
      "--add-owner",
      "@northwind-lead",
      "--rate",
      "5/second",
    ]);
    expect(code).toBe(0);
    const text = await fleet.read(facts);
    expect(text).toContain("  # Agreed until June.\n  plan: business # small\n");
    expect(text).toContain(
      '  features:\n    CHATBOT_ENABLED: "false"\n  limits:\n    agents: "60"\n  rateLimit:\n    requests: 5\n    unit: Second\n',
    );
    expect(await fleet.read(".github/CODEOWNERS")).toContain(
      "/tenants/northwind/ @murima2025/northwind @northwind-lead\n",
    );
    await expectClean(fleet);
    const again = await runIn(fleet, updateTenant, ["northwind", ...argv]);
    expect(again.stderr).toBe("everything is there already\n");
  });

  test("refuses what is not there, what leaves nothing, and one that leaves", async () => {
    await using fleet = await sampleRepository(["prod-eu1"]);
    const said = async (...argv: string[]) => (await runIn(fleet, updateTenant, argv)).stderr;
    expect(await said("nortwind", "--plan", "business")).toContain("did you mean northwind");
    expect(await said("northwind", "--remove-host", "x.example")).toContain("x.example is no host of it");
    expect(await said("northwind", "--remove-host", "northwind.customers.murima2025.com")).toContain(
      "would have no host left",
    );
    expect(await said("northwind", "--limit", "agents=many")).toContain("spec.limits.agents");
  });
});

describe("place-tenant", () => {
  test("one more placement, its hosts, and the old one gone; or all at once", async () => {
    await using fleet = await sampleRepository(["prod-eu1", "staging-eu1"]);
    const place = (...argv: string[]) => runIn(fleet, placeTenant, ["contoso", ...argv]);
    expect((await place("--cluster", "staging-eu1")).code).toBe(0);
    await expectClean(fleet);
    expect(await place("--leave", "prod-eu1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--routes first"),
    });
    expect((await place("--cluster", "staging-eu1", "--routes")).code).toBe(0);
    await expectClean(fleet);
    expect((await place("--leave", "prod-eu1")).code).toBe(0);
    await expectClean(fleet);
    const settings = await fleet.read("tenants/contoso/staging-eu1/settings.yaml");
    expect(await place("--leave", "staging-eu1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the only cluster"),
    });
    await fleet.edit("tenants/contoso/staging-eu1/settings.yaml", /timezone: .*/, "timezone: Asia/Tokyo");
    expect((await place("--cluster", "prod-eu1", "--from", "staging-eu1")).code).toBe(0);
    await expectClean(fleet);
    expect(await fleet.read("tenants/contoso/prod-eu1/settings.yaml")).toContain("timezone: Asia/Tokyo");
    expect(settings).toContain("timezone");
    const again = await place("--cluster", "prod-eu1", "--from", "staging-eu1");
    expect(again.stderr).toBe("everything is there already\n");
  });
});

describe("offboard-tenant", () => {
  const evidence = `store=postgresql,backup=final,time=2026-11-21T02:00:00Z,checksum=sha256:${"a".repeat(64)}`;
  const proof = "store=postgresql,time=2026-12-21T02:00:00Z,evidence=ticket OPS-7, signed";

  test.each([
    ["of shared services", "prod-eu1", "northwind"],
    ["with its own copies", "prod-us1", "tenant123"],
  ])(
    "a customer %s leaves, step by step, with evidence",
    async (_what, cluster, id) => {
      await using fleet = await sampleRepository([cluster]);
      git(fleet, "init", "--quiet");
      commit(fleet);
      const step = (...argv: string[]) => runIn(fleet, offboardTenant, [id, "--date", "2026-11-20", ...argv]);
      expect(await step("--to", "removed")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("what comes next is frozen"),
      });
      expect((await step("--to", "frozen", "--reason", "contract ended")).code).toBe(0);
      await expectClean(fleet);
      expect(await step("--to", "backed-up", "--backup", evidence)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("merge that step first"),
      });
      commit(fleet);
      expect(await step("--to", "backed-up")).toMatchObject({ code: 2, stderr: expect.stringContaining("--backup") });
      expect(await step("--to", "backed-up", "--backup", "store=postgresql")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("lacks backup"),
      });
      const early = evidence.replace("2026-11-21", "2026-11-19");
      expect(await step("--to", "backed-up", "--backup", early)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("before"),
      });
      expect((await step("--to", "backed-up", "--backup", evidence)).code).toBe(0);
      await expectClean(fleet);
      commit(fleet);
      const removed = await step("--to", "removed");
      expect([removed.code, removed.stderr]).toEqual([0, expect.stringContaining("bun run reap")]);
      expect(await Bun.file(`${fleet.root}/clusters/${cluster}/grants/${id}/kustomization.yaml`).exists()).toBe(false);
      commit(fleet);
      expect(await step("--to", "erased", "--erasure", proof.replace("postgresql", "redis"))).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("postgresql"),
      });
      // With the last of its kind goes what was declared for its secrets: a finding asks for it.
      const external = await fleet.read("apps/external.yaml");
      const declared = /    - kind: Secret\n      namespace: tenant-\*\n(?:      .*\n|        .*\n)+/g;
      await fleet.write("apps/external.yaml", external.replaceAll(declared, ""));
      const erased = await step("--to", "erased", "--erasure", proof);
      expect([erased.code, erased.stderr]).toEqual([0, expect.stringContaining("that was the last")]);
      const tombstone = await fleet.read(`tenants/${id}/tombstone.yaml`);
      expect(tombstone).toContain('evidence: "ticket OPS-7, signed"');
      expect(tombstone).not.toMatch(/@|displayName|contacts/);
      const status = await runIn(fleet, offboardTenant, ["--status"]);
      expect(status.stdout).toMatch(new RegExp(`^${id} +erased +2026-11-20$`, "m"));
      const again = await runIn(fleet, newTenant, onboard(id, "--cluster", cluster));
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("never given again") });
      const host = `${id}.customers.murima2025.com`;
      const reuse = await runIn(fleet, newTenant, onboard("umbrella", "--cluster", cluster, "--host", host));
      expect(reuse).toMatchObject({ code: 1, stderr: expect.stringContaining(`was a host of ${id}`) });
    },
    60_000,
  );

  test("a frozen tenant answers 503, keeps its images, and may stay after all", async () => {
    await using fleet = await sampleRepository(["prod-us1"]);
    const before = await fleet.read("tenants/tenant123/facts/tenant.yaml");
    await runIn(fleet, offboardTenant, ["tenant123", "--to", "frozen", "--reason", "late", "--date", "2026-11-20"]);
    const { fleet: frozen } = await loadFleet({ root: fleet.root, env: process.env, selection: all, cache: true });
    const grant = frozen.applications.find(({ name }) => name === "grant-tenant123")!;
    const filter = grant.objects.find(({ id }) => id.kind === "HTTPRouteFilter")!;
    expect(at(filter.object, "spec", "directResponse", "statusCode")).toBe(503);
    expect(await fleet.read("tenants/tenant123/prod-us1/services/auth-service/image.yaml")).toContain(
      'expires: "2027-11-20"',
    );
    const { code } = await runIn(fleet, offboardTenant, ["tenant123", "--to", "active"]);
    expect(code).toBe(0);
    expect(await fleet.read("tenants/tenant123/facts/tenant.yaml")).toBe(before);
    await expectClean(fleet);
  });
});
