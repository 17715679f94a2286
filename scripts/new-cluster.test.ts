/** Clusters of every model, as people bring them into the fleet. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { Glob } from "bun";

import { checkout } from "../tests/support/fleet.ts";
import { blocksOf } from "../tests/support/markdown.ts";
import { runIn, sampleRepository } from "../tests/support/repository.ts";
import { expectClean } from "../tests/support/tenants.ts";
import type { JsonObject } from "./lib/core/json.ts";
import { newIdentity } from "./lib/secret/age-wrapping.ts";
import { run as newCluster } from "./new-cluster.ts";

const page = await Bun.file(path.join(checkout, "docs/models.md")).text();
const cloud = blocksOf(page, "json")[0]!;
/** The class of the frozen fleet, since the addon that brings the one of the page is not placed. */
const site = blocksOf(page, "yaml")[0]!.replace("  stores:\n", "  stores:\n    storageClass: fast\n");
/** Addons that archives are locked of: the others would ask for the exceptions of the live repository. */
const locked = ["cert-manager", "external-dns"];

const words = (line: string) => line.split(" ");

/** The files of the page, beside a fleet. */
async function fleetWith(clusters: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const fleet = await sampleRepository(clusters);
  for (const lock of new Glob("apps/addons/*/lock.yaml").scanSync(fleet.root))
    if (!locked.includes(lock.split("/")[2]!)) await fleet.remove(lock);
  for (const [name, text] of Object.entries(files)) await fleet.write(name, text);
  return fleet;
}
const half = (text: string, provider: string, domain: string) =>
  text.startsWith("{")
    ? JSON.stringify({ ...JSON.parse(text), provider, domain })
    : text.replace("spec:\n", `spec:\n  provider: ${provider}\n`).replace(/ {2}domain: .*/, `  domain: ${domain}`);

describe("one command brings a cluster in, and validate is clean", () => {
  test.each([
    ["multi-tenant", ["--from", "given"], cloud],
    ["single-tenant", ["--from", "given"], cloud],
    ["on-premises", ["--from", "given"], site],
  ])("%s, by the file of its page", async (model, options, text) => {
    await using fleet = await fleetWith(["prod-shared", "staging-shared"], { given: text });
    const { code, stdout, stderr } = await runIn(fleet, newCluster, [
      ...words(`prod-new --environment prod --model ${model}`),
      ...options,
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: read clusters/prod-new/facts/cluster.yaml")]);
    // Files are told on stderr: the key alone is on stdout.
    expect(stdout).toMatch(/^# key of the cluster prod-new\n# public key: age1\S+\nAGE-SECRET-KEY-1\S+\n$/);
    expect(stderr).toContain("clusters/prod-new/platform/secrets/case-service.sops.yaml\n");
    await fleet.remove("given");
    await expectClean(fleet);
  });

  test("hybrid: both halves, each with what it has to know of the other, beside another such pair", async () => {
    const files = {
      "cloud.json": half(cloud, "aws", "new.example"),
      "site.yaml": half(site, "on-premises", "dc1.new.example"),
    };
    await using fleet = await fleetWith(["prod-hybrid", "prod-hybrid-site", "staging-shared"], files);
    const { code, stderr } = await runIn(fleet, newCluster, [
      ...words("prod-new prod-new-site --environment prod --model hybrid"),
      ...words("--service prod-new-site=auth-service --service prod-new-site=case-service"),
      ...words("--from prod-new=cloud.json --from prod-new-site=site.yaml"),
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: read")]);
    const facts = await fleet.read("clusters/prod-new/facts/cluster.yaml");
    expect(facts).toContain("peer:\n    cluster: prod-new-site\n    domain: dc1.new.example\n");
    for (const name of Object.keys(files)) await fleet.remove(name);
    await expectClean(fleet);
  });

  test("where keys are published, its own is a file, and nothing is shown", async () => {
    const facts = {
      region: "local",
      domain: "two.localhost",
      capacity: { cpu: "32", memory: "256Gi", storage: "4000Gi" },
      registry: "registry.example.com",
      stores: { storageClass: "fast" },
    };
    await using fleet = await fleetWith(["dev-shared"], { given: JSON.stringify(facts) });
    const { spec } = Bun.YAML.parse(await fleet.read("clusters/dev-shared/facts/cluster.yaml")) as { spec: JsonObject };
    await fleet.write("staff", Bun.YAML.stringify({ kind: "Cluster", spec: { staff: spec["staff"] } }));
    const { code, stdout, stderr } = await runIn(
      fleet,
      newCluster,
      words("dev-new --environment dev --model multi-tenant --provider kind --from given --from staff"),
    );
    expect([code, stdout, stderr]).toEqual([0, "", expect.stringContaining("clusters/dev-new/published.agekey\n")]);
    for (const name of ["given", "staff"]) await fleet.remove(name);
    await expectClean(fleet);
  });
});

describe("nothing is written", () => {
  const create = (fleet: Awaited<ReturnType<typeof fleetWith>>, ...options: string[]) =>
    runIn(fleet, newCluster, ["prod-new", "--environment", "prod", "--model", "on-premises", ...options]);

  test("where facts are missing: all of them are named at once", async () => {
    await using fleet = await fleetWith(["prod-shared", "prod-site"]);
    const { code, stderr } = await create(fleet);
    expect(code).toBe(2);
    // Nothing is another customer's, whose cluster is the one most like it.
    for (const fact of ["region", "domain", "registry", "capacity", "staff"])
      expect(stderr).toContain(`spec lacks ${fact}: `);
    expect(stderr).toContain("spec.stores lacks backup: Operator only: where backups of stores go");
    expect(await Bun.file(path.join(fleet.root, "clusters/prod-new/kustomization.yaml")).exists()).toBe(false);
  });

  test("of a fact that is wrong, which its file and line say", async () => {
    await using fleet = await fleetWith(["prod-shared"], { given: site.replace("10.201.200.0/28", "10.201.200/28") });
    const { code, stderr } = await create(fleet, "--from", "given");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: given:\d+ spec\.stores\.backup\.cidr /)]);
  });

  test("of all outputs of Terraform, which hold its secrets", async () => {
    const outputs = JSON.stringify({
      cluster: { sensitive: false, value: {} },
      password: { sensitive: true, value: "x" },
    });
    await using fleet = await fleetWith(["prod-shared"], { given: outputs });
    const { code, stderr } = await create(fleet, "--from", "given");
    expect([code, stderr]).toEqual([2, expect.stringContaining("write it anew with terraform output -json cluster")]);
  });

  test("over ranges of another cluster", async () => {
    await using fleet = await fleetWith(["prod-shared", "staging-shared"]);
    const facts = Bun.YAML.parse(await fleet.read("clusters/prod-shared/facts/cluster.yaml")) as {
      spec: { cidrs: object };
    };
    await fleet.write("given", site.replace("spec:\n", `spec:\n  cidrs: ${JSON.stringify(facts.spec.cidrs)}\n`));
    const { code, stderr } = await create(fleet, "--from", "given");
    expect([code, stderr]).toEqual([1, expect.stringContaining("cidr-overlap")]);
    expect(stderr).toContain("nothing was written");
  });

  test("under a name that is taken, twice, or of one half alone", async () => {
    await using fleet = await fleetWith(["prod-shared"]);
    const taken = await runIn(fleet, newCluster, ["prod-shared", "--environment", "prod", "--model", "multi-tenant"]);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining("prod-shared is there already")]);
    const alone = await runIn(fleet, newCluster, ["prod-new", "--environment", "prod", "--model", "hybrid"]);
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringContaining("a hybrid deployment has two halves: name both"),
    ]);
  });

  test("as JSON, unless the private key is somebody else's: then the plan has it nowhere", async () => {
    await using fleet = await fleetWith(["prod-shared", "staging-shared"], { given: site });
    const refused = await create(fleet, "--from", "given", "--format", "json");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("give --age-recipient")]);
    const { recipient } = await newIdentity();
    const asJson = ["--from", "given", "--format", "json", "--age-recipient"];
    const { code, stdout } = await create(fleet, ...asJson, recipient);
    expect([code, stdout.includes("AGE-SECRET-KEY")]).toEqual([0, false]);
    expect(await fleet.read("clusters/prod-new/facts/cluster.yaml")).toContain(`ageRecipient: ${recipient}\n`);
    const wrong = await runIn(fleet, newCluster, [
      ...words("prod-other --environment prod --model on-premises"),
      ...asJson,
      `${recipient.slice(0, -1)}q`,
    ]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("its checksum is wrong")]);
  });
});
