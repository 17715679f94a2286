/** Addons from an archive to a cluster: locked, mirrored, pulled, rendered, judged. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { run as bump } from "../scripts/bump-chart.ts";
import { run as charts } from "../scripts/charts.ts";
import { run as explain } from "../scripts/explain.ts";
import { run as hold } from "../scripts/hold.ts";
import { Repository } from "../scripts/lib/fleet/repository.ts";
import { readSchema } from "../scripts/lib/io/schemas.ts";
import { compile } from "../scripts/lib/model/schema.ts";
import { validate } from "../scripts/lib/validate/validate.ts";
import { run as promote } from "../scripts/promote.ts";
import { run as rollback } from "../scripts/rollback.ts";
import { run as status } from "../scripts/status.ts";
import { run as validateCommand } from "../scripts/validate.ts";
import { type AddonSample, addonSample, definition, fromServer, place, placed, widgets } from "./support/addons.ts";
import { chartServer } from "./support/chart-server.ts";
import { cluster } from "./support/fleet.ts";
import { runIn } from "./support/repository.ts";

// Programs run: a slow machine is no fault.
setDefaultTimeout(60_000);

const judge = async ({ fleet }: AddonSample, env: Record<string, string>) =>
  validate(await Repository.read(fleet.root, { env: { ...process.env, ...env } }));
const said = ({ findings }: Awaited<ReturnType<typeof judge>>) =>
  findings.map(({ rule, file, message }) => `${rule} ${file ?? ""}: ${message}`);

describe("a folder deploys an addon", () => {
  test("with everything that follows: definitions, images, namespace, project", async () => {
    await using sample = await addonSample();
    await place(sample);
    const result = await judge(sample, sample.env);
    expect(said(result)).toEqual([]);
    // The judge has the definition out of the archive, where there is an engine to judge.
    expect(JSON.stringify(result.notChecked)).not.toContain("Widget");
    const application = (name: string) => result.fleet.applications.find((one) => one.id === `${cluster.dev}/${name}`)!;
    expect(
      application("addon-widgets")
        .objects.map(({ id }) => id.kind)
        .toSorted(),
    ).toEqual(["ClusterRole", "ClusterRoleBinding", "Deployment", "ServiceAccount", "Widget"]);
    expect(application("definitions-widgets").objects.map(({ id }) => id.name)).toEqual(["widgets.example.com"]);
    const image = JSON.stringify(application("addon-widgets").objects);
    expect(image).toMatch(/registry\.murima2025\.com\/registry\.example\.com\/widgets:v1\.0\.0@sha256:[0-9a-f]{64}/);
    const explained = await runIn(
      sample.fleet,
      explain,
      ["image.repository", "--application", `${cluster.dev}/addon-widgets`],
      sample.env,
    );
    expect([explained.code, explained.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^ {2}values\.yaml of the chart {2}"registry\.example\.com\/widgets"\n[^]*\* clusters\/.*\/images\.yaml:\d+ /,
      ),
    ]);
    expect(await sample.fleet.read("clusters/base/projects/addons.yaml")).toContain("oci://REGISTRY/charts/widgets");
  });

  test("without its archive it is named with what mends it, and everything else is judged", async () => {
    await using sample = await addonSample();
    await place(sample);
    const other = await sample.elsewhere();
    const { code, stdout } = await runIn(sample.fleet, validateCommand, [], other);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("2 Applications not rendered: its chart is not on this machine: bun run charts pull"),
    ]);
    expect(stdout).toContain("0 errors");
    expect((await runIn(sample.fleet, validateCommand, ["--strict"], other)).code).toBe(1);
    const offline = await runIn(sample.fleet, charts, ["pull", "--offline"], other);
    expect([offline.code, offline.stderr]).toEqual([
      3,
      expect.stringContaining("widgets 1.0.0 is not on this machine"),
    ]);
    expect((await runIn(sample.fleet, charts, ["pull", "--from", sample.server.repository], other)).code).toBe(0);
    expect((await runIn(sample.fleet, charts, ["pull", "--offline"], other)).code).toBe(0);
    expect((await runIn(sample.fleet, validateCommand, ["--strict"], other)).code).toBe(0);
  });

  test("what upstream moved, or what the lock does not know, is not used", async () => {
    await using sample = await addonSample();
    await place(sample);
    sample.server.offer("widgets", "1.0.0", widgets("1.0.0", { "templates/extra.yaml": "kind: X\n" }));
    const pulled = await runIn(
      sample.fleet,
      charts,
      ["pull", "--from", sample.server.repository],
      await sample.elsewhere(),
    );
    expect([pulled.code, pulled.stderr]).toEqual([3, expect.stringContaining("nothing of it is used")]);
    const argv = ["--addon", "widgets", "--version", "1.0.0", "--cluster", cluster.dev, ...fromServer(sample)];
    const again = await runIn(sample.fleet, bump, argv, sample.env);
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining("upstream moved a version")]);
  });

  test("what is locked and never was upstream's is replaced by name, with a reason, wherever it runs", async () => {
    await using sample = await addonSample([cluster.dev, cluster.staging]);
    const { fleet, server, env } = sample;
    const argv = (...on: string[]) => [
      "--addon",
      "widgets",
      "--version",
      "1.0.0",
      ...on.flatMap((name) => ["--cluster", name]),
      ...fromServer(sample),
    ];
    const both = argv(cluster.dev, cluster.staging);
    const first = await runIn(fleet, bump, [...both, "--place", "--skip-promotion", "--reason", "a test"], env);
    expect(first.code).toBe(0);
    const lock = await fleet.read("apps/addons/widgets/lock.yaml");
    server.offer("widgets", "1.0.0", widgets("1.0.0", { "README.md": "upstream's own\n" }));
    const bare = await runIn(fleet, bump, [...both, "--replace-archive"], env);
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining("--replace-archive needs --reason")]);
    const reason = ["--replace-archive", "--skip-promotion", "--reason", "the first was packed by us"];
    const half = await runIn(fleet, bump, [...argv(cluster.dev), ...reason], env);
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining(`${cluster.staging} would run an archive`)]);
    expect(await fleet.read("apps/addons/widgets/lock.yaml")).toBe(lock);
    const whole = await runIn(fleet, bump, [...both, ...reason], env);
    expect([whole.code, whole.code === 0 ? "" : whole.stderr]).toEqual([0, ""]);
    expect(await fleet.read("apps/addons/widgets/lock.yaml")).not.toBe(lock);
    expect(said(await judge(sample, env))).toEqual([]);
  });
});

test("a chart that renders otherwise each time, and one that leaves a definition out, are refused", async () => {
  await using sample = await addonSample();
  await place(sample);
  const random = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  key: {{ randAlphaNum 20 }}\n";
  sample.server.offer("widgets", "1.1.0", widgets("1.1.0", { "templates/random.yaml": random }));
  const other = definition.replace("widgets.example.com", "gadgets.example.com").replaceAll("idget", "adget");
  sample.server.offer(
    "widgets",
    "1.2.0",
    widgets("1.2.0", { "crds/widgets.yaml": other, "templates/widget.yaml": "" }),
  );
  const to = (version: string) => [
    "--addon",
    "widgets",
    "--version",
    version,
    "--cluster",
    cluster.dev,
    ...fromServer(sample),
  ];
  const first = await runIn(sample.fleet, bump, to("1.1.0"), sample.env);
  expect([first.code, first.stderr]).toEqual([
    2,
    expect.stringMatching(/renders otherwise each time \(.*random\.yaml: key\)/),
  ]);
  const second = await runIn(sample.fleet, bump, to("1.2.0"), sample.env);
  expect([second.code, second.stderr]).toEqual([
    2,
    expect.stringContaining("defines example.com/v1 Widget, which this version does not"),
  ]);
});

describe("mirror", () => {
  test("pushes charts and definitions once, and a customer's machine pulls them by digest", async () => {
    await using sample = await addonSample();
    await using mirror = chartServer();
    await place(sample);
    const first = await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], sample.env);
    expect([first.code, first.stdout.split("\n").length]).toEqual([0, 3]);
    expect([...mirror.manifests.keys()].toSorted()).toEqual([
      "chart-definitions/widgets:1.0.0",
      "charts/widgets:1.0.0",
    ]);
    const again = await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], sample.env);
    expect([again.code, again.stdout]).toEqual([0, ""]);
    const other = await sample.elsewhere();
    expect((await runIn(sample.fleet, charts, ["pull", "--registry", mirror.host], other)).code).toBe(0);
    expect(said(await judge(sample, other))).toEqual([]);
    const verified = await runIn(sample.fleet, charts, ["verify", "--registry", mirror.host], other);
    expect(verified.code).toBe(0);
    mirror.faults.add("other bytes");
    const wrong = await runIn(sample.fleet, charts, ["verify", "--registry", mirror.host], other);
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining("nothing of it is used")]);
  });

  test("an account goes to the registry alone, never upstream and nowhere it is sent", async () => {
    await using sample = await addonSample();
    await using mirror = chartServer({ account: "robot:secret" });
    await place(sample);
    const account = { ...sample.env, REGISTRY_USERNAME: "robot", REGISTRY_PASSWORD: "secret" };
    expect(
      (await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host, "--from", sample.server.repository], account))
        .code,
    ).toBe(0);
    expect(mirror.authorized.some((line) => line.includes("Bearer yes"))).toBe(true);
    expect(sample.server.authorized).toEqual([]);
    const before = mirror.manifests.size;
    mirror.manifests.clear();
    mirror.blobs.clear();
    mirror.faults.add("uploads elsewhere");
    const sent = await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], account);
    expect([sent.code, sent.stderr, before]).toEqual([3, expect.stringContaining("another host"), 2]);
  });

  const lies = [
    "another digest",
    "other bytes",
    "an index",
    "unknown layer",
    "two layers",
    "cut",
    "busy for an hour",
    "refused",
  ] as const;
  test("a registry that lies gives nothing that is used", async () => {
    await using sample = await addonSample();
    await using mirror = chartServer();
    await place(sample);
    await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], sample.env);
    for (const fault of lies) {
      mirror.faults.clear();
      mirror.faults.add(fault);
      const other = await sample.elsewhere();
      const { code } = await runIn(sample.fleet, charts, ["pull", "--registry", mirror.host], other);
      expect([fault, code]).toEqual([fault, 3]);
      expect((await runIn(sample.fleet, charts, ["pull", "--offline"], other)).code).toBe(3);
    }
  });

  test("a version that has other bytes there is not moved, and one that comes back changed is said", async () => {
    await using sample = await addonSample();
    await using mirror = chartServer();
    await place(sample);
    mirror.faults.add("rewrites manifests");
    const changed = await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], sample.env);
    expect([changed.code, changed.stderr]).toEqual([3, expect.stringContaining("it changes what it is given")]);
    mirror.faults.clear();
    const [other] = mirror.blobs.keys();
    mirror.manifests.set("charts/widgets:1.0.0", other!);
    const moved = await runIn(sample.fleet, charts, ["mirror", "--to", mirror.host], sample.env);
    expect([moved.code, moved.stderr]).toEqual([3, expect.stringContaining("other bytes of that version")]);
  });
});

test("versions go the way of images: bump, promote, hold, roll back, and status tells", async () => {
  await using sample = await addonSample([cluster.dev, cluster.staging]);
  const { fleet, server, env } = sample;
  const skip = ["--skip-promotion", "--reason", "a test"];
  await runIn(
    fleet,
    bump,
    [
      "--addon",
      "widgets",
      "--version",
      "1.0.0",
      "--place",
      "--cluster",
      cluster.dev,
      "--cluster",
      cluster.staging,
      ...skip,
      ...fromServer(sample),
    ],
    env,
  );
  const git = (...argv: string[]) =>
    Bun.spawnSync(["git", ...argv], { cwd: fleet.root, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
  git("init", "-q");
  const commit = () => (
    git("add", "-A"),
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x")
  );
  commit();
  server.offer("widgets", "1.1.0", widgets("1.1.0"));
  const outdated = await runIn(fleet, charts, ["outdated", "--from", server.repository], env);
  expect([outdated.code, outdated.stdout]).toEqual([1, expect.stringContaining("1.1.0")]);
  const asJson = await runIn(fleet, charts, ["outdated", "--from", server.repository, "--format", "json"], env);
  expect(compile(await readSchema("schemas/reports/outdated.json"))(JSON.parse(asJson.stdout))).toEqual([]);
  const argv = (on: string) => ["--addon", "widgets", "--version", "1.1.0", "--cluster", on, ...fromServer(sample)];
  const unproven = await runIn(fleet, bump, argv(cluster.staging), env);
  expect([unproven.code, unproven.stderr]).toEqual([2, expect.stringContaining("dev does not run this 1.1.0")]);
  expect((await runIn(fleet, bump, argv(cluster.dev), env)).code).toBe(0);
  const behind = await runIn(fleet, status, [], env);
  expect(behind.stdout).toMatch(/runs 1\.0\.0 where dev-shared runs 1\.1\.0/);
  const held = await runIn(fleet, hold, ["--addon", "widgets", "--cluster", cluster.staging, "--reason", "OPS-1"], env);
  expect(held.code).toBe(0);
  const to = ["--from", "dev", "--to", "staging", "--addon", "widgets"];
  expect((await runIn(fleet, promote, to, env)).stderr).toContain("is held at 1.0.0");
  await runIn(fleet, hold, ["--release", "--addon", "widgets", "--cluster", cluster.staging], env);
  expect((await runIn(fleet, promote, to, env)).code).toBe(0);
  expect(await fleet.read(`${placed(cluster.staging)}/chart.yaml`)).toContain("1.1.0");
  expect(await fleet.read(`${placed(cluster.staging)}/definitions.yaml`)).toContain("1.1.0");
  const back = await runIn(
    fleet,
    rollback,
    ["--addon", "widgets", "--cluster", cluster.staging, "--to", "HEAD", "--reason", "OPS-2"],
    env,
  );
  expect([back.code, back.stderr]).toEqual([0, expect.stringContaining("1.1.0 -> 1.0.0")]);
  expect(said(await judge(sample, env))).toEqual([]);
});
