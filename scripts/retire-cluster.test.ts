/** A cluster leaves the fleet: its record stays, and nothing else. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { runIn, sampleRepository, type TestRepository } from "../tests/support/repository.ts";
import { expectClean } from "../tests/support/tenants.ts";
import { readTree } from "./lib/io/files.ts";
import { run as newCluster } from "./new-cluster.ts";
import { run as retireCluster } from "./retire-cluster.ts";

const words = (line: string) => line.split(" ");
const retire = (fleet: TestRepository, ...more: string[]) =>
  runIn(fleet, retireCluster, [...more, "--reason", "another took its place"]);
/** What of a sample lies in the folder of a cluster. */
const left = async ({ root }: TestRepository, cluster: string) =>
  (await readTree(root, [`clusters/${cluster}`])).tree.paths.map((file) => path.posix.basename(file));
const backups = (cluster: string) =>
  ["elasticsearch", "mongodb", "postgresql"].flatMap((store) => [
    "--backup",
    `cluster=${cluster},store=${store},backup=final,time=2026-11-20T02:00:00Z,until=2027-02-28`,
  ]);

describe("a cluster that nobody needs", () => {
  test("goes: its record is all that is left, validate is clean, and repeating it changes nothing", async () => {
    await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
    const { code, stderr } = await retire(
      fleet,
      "staging-shared",
      ...backups("staging-shared"),
      "--date",
      "2026-11-28",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("next: commit it")]);
    expect(await left(fleet, "staging-shared")).toEqual(["retired.yaml"]);
    const record = await fleet.read("clusters/staging-shared/retired.yaml");
    expect(record).toContain('retired: "2026-11-28"\n');
    expect(record).toContain(
      '- store: postgresql\n      backup: final\n      time: "2026-11-20T02:00:00Z"\n      until: "2027-02-28"\n',
    );
    expect(await fleet.read(".sops.yaml")).not.toContain("staging-shared");
    await expectClean(fleet);
    expect((await retire(fleet, "staging-shared")).stderr).toBe("nothing to change\n");
    // Its name is never given again.
    const again = await runIn(fleet, newCluster, words("staging-shared --environment staging --model multi-tenant"));
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("staging-shared was there once")]);
  });

  test("takes the exceptions that are about it alone along", async () => {
    await using fleet = await sampleRepository(["dev-shared", "staging-shared"]);
    const entry = (file: string) =>
      `    - rule: hardware-minimum\n      file: ${file}\n      message: "*"\n      reason: it is small on purpose\n      expires: "2099-12-31"\n`;
    const own = ["clusters/staging-shared/facts/cluster.yaml", "clusters/dev-shared/facts/cluster.yaml"]
      .map(entry)
      .join("");
    const exceptions = await fleet.read("apps/exceptions.yaml");
    await fleet.write("apps/exceptions.yaml", exceptions.replace(/exceptions:( \[\])?\n/, `exceptions:\n${own}`));
    await retire(fleet, "staging-shared", ...backups("staging-shared"));
    const after = await fleet.read("apps/exceptions.yaml");
    expect([after.includes("clusters/staging-shared/"), after.includes("clusters/dev-shared/")]).toEqual([false, true]);
  });
});

describe("refused, and nothing is written", () => {
  test.each([
    [
      "with customers",
      ["prod-shared"],
      ["prod-shared"],
      /^error: prod-shared has customers: .* Move each \(bun run place-tenant /,
    ],
    [
      "one half of a hybrid deployment",
      ["prod-hybrid", "prod-hybrid-site"],
      ["prod-hybrid"],
      /facts\/cluster\.yaml:\d+ prod-hybrid-site is the other half of prod-hybrid: name both/,
    ],
    [
      "without its last backups",
      ["staging-shared"],
      ["staging-shared"],
      /has data in elasticsearch, mongodb, postgresql, .* --backup cluster=/,
    ],
    ["that is not there", ["dev-shared"], ["dev-sharde"], /there is no cluster dev-sharde/],
    [
      "with a backup of another",
      ["staging-shared"],
      ["staging-shared", ...backups("prod-shared")],
      /--backup names prod-shared, which is not one of staging-shared/,
    ],
  ])("a cluster %s", async (_case, clusters, args, message) => {
    await using fleet = await sampleRepository(clusters);
    // A hybrid sample is one customer's: it leaves first.
    for (const cluster of clusters.filter((name) => name.startsWith("prod-hybrid"))) {
      await fleet.remove(`clusters/${cluster}/grants`);
    }
    if (clusters.includes("prod-hybrid")) await fleet.remove("tenants");
    const before = await left(fleet, clusters[0]!);
    const { code, stdout, stderr } = await retire(fleet, ...args);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(message)]);
    expect(await left(fleet, clusters[0]!)).toEqual(before);
  });
});
