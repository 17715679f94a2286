/** What holds for every tenant there could be. */
import { expect, test } from "bun:test";

import fc from "fast-check";

import { full, sampleRepository } from "../../../tests/support/repository.ts";
import { all } from "../../../tests/support/tenants.ts";
import { at, objectAt } from "../core/json.ts";
import { loadFleet } from "../fleet/load.ts";
import { Repository } from "../fleet/repository.ts";
import { newTenant as plan } from "./new-tenant.ts";

test("B-03: a display name is stored byte for byte, or refused; it never becomes anything else", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const repository = await Repository.read(fleet.root, { env: process.env });
  const uncached = await Repository.read(fleet.root, { env: process.env, cache: false });
  const facts = repository.documents.tenants.get("wonka")!.document.spec;
  const listed = [
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
      id: "umbrella",
      clusters: ["prod-shared"],
      settings: {
        locale: "en",
        timezone: "UTC",
      },
      spec: {
        ...facts,
        displayName,
        hosts: ["umbrella.example"],
      },
    });
    const selection = { clusters: ["prod-shared"], applications: ["grant-umbrella"] };
    const loaded = await loadFleet(uncached.with(changes), { selection });
    const grant = loaded.fleet.applications.find(({ name }) => name === "grant-umbrella")!;
    return { findings: loaded.findings, objects: grant.objects.map(({ object }) => object) };
  };
  const plain = keysOf((await renderWith("x")).objects);
  // All of them take a while: a few stand for the rest, and the long run asks about each.
  for (const name of [...listed.filter((_, index) => full || index % 3 === 0), ...random]) {
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
  await using fleet = await sampleRepository(["prod-shared", "prod-shared-us"]);
  const repository = await Repository.read(fleet.root, { env: process.env });
  const load = (changes: { path: string; content: string | null }[]) =>
    loadFleet(repository.with(changes), { selection: all });
  const bytes = ({ fleet: { applications } }: Awaited<ReturnType<typeof load>>) =>
    new Map(
      applications.map(({ id, manifest, objects }) => [id, JSON.stringify([manifest, objects.map(({ raw }) => raw)])]),
    );
  const before = bytes(await load([]));
  const base = repository.documents.tenants.get("wonka")!.document.spec;
  const tenant = fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9]{2,9}$/),
    plan: fc.constantFrom("business", "enterprise", "starter"),
    isolation: fc.constantFrom("schema", "database", "dedicated"),
    cluster: fc.constantFrom("prod-shared", "prod-shared-us"),
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
    .filter((file) => /\/(soylent)\//.test(file))
    .map((path) => ({ path, content: null }));
  const without = bytes(await load(gone));
  for (const [application, content] of without)
    expect([application, content]).toEqual([application, before.get(application)!]);
}, 240_000);

test("F-02: the order of scaffolds does not matter, and each is idempotent", async () => {
  await using fleet = await sampleRepository(["prod-shared"]);
  const { tree, sources, documents } = await Repository.read(fleet.root, { env: process.env });
  const base = documents.tenants.get("wonka")!.document;
  const make = (into: typeof tree, known: typeof documents, id: string) => {
    const spec = { ...base.spec, hosts: undefined };
    const changes = plan(
      { tree: into, sources, documents: known },
      { id, spec, clusters: ["prod-shared"], settings: { locale: "en", timezone: "UTC" } },
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
  expect(states[0]).toBe(states[1]);
});
