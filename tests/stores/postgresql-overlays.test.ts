/** Issue 17: restore and upgrade of PostgreSQL are data: what a person adds renders, and is free of findings. */
import { describe, expect, test } from "bun:test";

import { at, objectAt, stringAt, stringsAt } from "../../scripts/lib/core/json.ts";
import { findingsOf } from "../support/findings.ts";
import { cluster } from "../support/fleet.ts";
import { archiveOf } from "../support/stores/barman.ts";
import { restoring, upgrading } from "../support/stores/overlays.ts";
import { group } from "../support/stores/postgresql-operator.ts";
import { rendered } from "../support/stores/rendered.ts";

const site = cluster.onPremises;
const moment = "2026-11-28 09:30:00+00";
const image = `registry.site.example/cloudnative-pg/postgresql:19.1@sha256:${"0".repeat(64)}`;

describe("a restore", () => {
  test.each([
    ["to a moment", restoring(site, moment)],
    ["to the end of the log", restoring(site)],
  ])("%s has no findings", async (_name, edit) => {
    expect(await findingsOf([site], edit)).toEqual([]);
  });

  test("is the old server in everything but where it comes from and what it writes", async () => {
    const objects = (await rendered([site], restoring(site, moment))).get(site)!;
    const [old, restored] = ["postgresql", "postgresql-restored"].map((name) =>
      objectAt(objects.one("Cluster", name, group), "spec"),
    ) as [object, object];
    const changed = ["bootstrap", "externalClusters", "plugins"];
    const rest = (spec: object) => Object.entries(spec).filter(([name]) => !changed.includes(name));
    expect(rest(restored)).toEqual(rest(old));
    expect(rest(restored).map(([name]) => name)).toContain("postgresql");
    expect(at(restored, "bootstrap")).toEqual({
      recovery: { source: "postgresql", recoveryTarget: { exclusive: false, targetTime: moment } },
    });
    // It reads what the old one writes, and writes over none of it.
    expect(archiveOf({ spec: restored }, "reads")).toBe(archiveOf({ spec: old }, "writes"));
    expect(archiveOf({ spec: restored }, "writes")).not.toBe(archiveOf({ spec: old }, "writes"));
    const names = stringsAt(objects.one("Certificate", "postgresql-server"), "spec", "dnsNames");
    expect(names).toContain("postgresql-restored-rw.stores.svc.cluster.local");
  });

  test("its pods may do what the old one's may", async () => {
    const objects = (await rendered([site], restoring(site))).get(site)!;
    const policies = objects
      .all("NetworkPolicy")
      .filter((policy) => /"postgresql(-restored)?"/.test(JSON.stringify(policy)));
    const ofServer = policies.filter((policy) =>
      JSON.stringify(at(policy, "spec", "podSelector")).includes("cnpg.io/cluster"),
    );
    expect(ofServer.map((policy) => stringAt(policy, "metadata", "name")!).toSorted()).toEqual([
      "postgresql",
      "postgresql-to-api-server",
      "postgresql-to-backup",
    ]);
    for (const policy of ofServer)
      expect(stringsAt(policy, "spec", "podSelector", "matchExpressions", 0, "values")).toEqual([
        "postgresql",
        "postgresql-restored",
      ]);
  });
});

describe("an upgrade", () => {
  test("has no findings", async () => {
    expect(await findingsOf([site], upgrading(site, image))).toEqual([]);
  });

  test("takes the image that is stated, another archive, and a base backup soon", async () => {
    const [before, after] = [
      (await rendered([site])).get(site)!,
      (await rendered([site], upgrading(site, image))).get(site)!,
    ];
    const [old, next] = [before, after].map((objects) => objects.one("Cluster", "postgresql", group)) as [
      object,
      object,
    ];
    expect(stringAt(next, "spec", "imageName")).toBe(image);
    expect(archiveOf(next, "writes")).not.toBe(archiveOf(old, "writes"));
    const schedule = (objects: typeof before) =>
      stringAt(objects.one("ScheduledBackup", "postgresql"), "spec", "schedule");
    expect([schedule(before), schedule(after)]).toEqual(["0 0 1 * * *", "0 0 * * * *"]);
  });
});
