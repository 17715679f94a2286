/** What runbooks of stores tell to add to a cluster's overlay is added to the frozen fleet: it renders, without a finding. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { parse, stringify } from "yaml";

import { at, stringAt } from "../../scripts/lib/core/json.ts";
import { pathOf } from "../../scripts/lib/repo/address.ts";
import { findingsOf } from "../support/findings.ts";
import { checkout, cluster } from "../support/fleet.ts";
import { blocksOf } from "../support/markdown.ts";
import type { TestRepository } from "../support/repository.ts";
import { placeholder } from "../support/shell.ts";
import { archiveOf } from "../support/stores/barman.ts";
import { group } from "../support/stores/postgresql-operator.ts";
import { rendered } from "../support/stores/rendered.ts";

const site = cluster.onPremises;
const said: Readonly<Record<string, string>> = {
  "<yyyy-mm-dd hh:mm:ss>": "2026-11-28 09:30:00",
  "<yyyy-mm-dd>": "2026-11-28",
  "<registry>": "registry.site.example",
  "<version>": "8.0.12-4",
  "<digest>": "0".repeat(64),
  "<database>": "case_service",
};

interface Overlay {
  resources?: unknown[];
  components?: unknown[];
  patches?: unknown[];
}

/** A block of a page with names in place of its placeholders; `holds` says which one. */
async function blockOf(runbook: string, holds: string): Promise<string> {
  const text = await Bun.file(path.join(checkout, pathOf("runbook", { runbook }))).text();
  const block = blocksOf(text, "yaml").find((each) => each.includes(holds));
  if (block === undefined) throw new Error(`${runbook} has no block with ${holds}`);
  return block.replaceAll(placeholder, (name) => said[name] ?? "name");
}

/** Adds to lists of a store's overlay, as a person does; patches before the generated one, which is the last. */
const adding =
  (store: string, additions: Overlay) =>
  async (fleet: TestRepository): Promise<void> => {
    const file = `clusters/${site}/stores/${store}/kustomization.yaml`;
    const overlay = parse(await fleet.read(file)) as Overlay;
    for (const list of ["resources", "components"] as const) {
      const added = additions[list];
      if (added !== undefined) overlay[list] = [...(overlay[list] ?? []), ...added];
    }
    if (additions.patches !== undefined) overlay.patches = [...additions.patches, ...(overlay.patches ?? [])];
    await fleet.manifest(file, stringify(overlay, { lineWidth: 0 }));
  };

const overlayOf = async (runbook: string, holds: string) => parse(await blockOf(runbook, holds)) as Overlay;

describe("PostgreSQL", () => {
  test("a second server beside the first, and the switch to it", async () => {
    const second = await overlayOf("restore-postgresql", "postgresql/restore");
    const toIt = parse(await blockOf("restore-postgresql", "kind: Pooler")) as unknown[];
    expect(await findingsOf([site], adding("postgresql", second))).toEqual([]);
    const both = { ...second, patches: [...second.patches!, ...toIt] };
    expect(await findingsOf([site], adding("postgresql", both))).toEqual([]);
    const objects = (await rendered([site], adding("postgresql", both))).get(site)!;
    const restored = objects.one("Cluster", "postgresql-restored", group);
    expect(stringAt(restored, "spec", "bootstrap", "recovery", "recoveryTarget", "targetTime")).toBe(
      "2026-11-28 09:30:00+00",
    );
    expect(stringAt(objects.one("Pooler", "postgresql-pooler"), "spec", "cluster", "name")).toBe("postgresql-restored");
  });

  test("a server out of the lost one's archive reads that, and writes another", async () => {
    const edit = adding("postgresql", await overlayOf("disaster-recovery", "source: lost"));
    expect(await findingsOf([site], edit)).toEqual([]);
    const [lost, made] = [(await rendered([site])).get(site)!, (await rendered([site], edit)).get(site)!].map(
      (objects) => objects.one("Cluster", "postgresql", group),
    ) as [object, object];
    expect(archiveOf(made, "reads")).toBe(archiveOf(lost, "writes"));
    expect(archiveOf(made, "writes")).not.toBe(archiveOf(lost, "writes"));
    expect(Object.keys(at(made, "spec", "bootstrap") as object)).toEqual(["recovery"]);
  });

  test("more storage", async () => {
    expect(await findingsOf([site], adding("postgresql", await overlayOf("scaling", "/spec/storage/size")))).toEqual(
      [],
    );
  });
});

describe("MongoDB", () => {
  test("a restore, of a backup that is named or that lies in the bucket alone", async () => {
    const restore = await blockOf("restore-mongodb", "kind: PerconaServerMongoDBRestore");
    const elsewhere = (await blockOf("restore-mongodb", "backupSource:")).replaceAll(/^/gm, "  ");
    for (const text of [restore, restore.replace(/^ {2}backupName: .*$/m, elsewhere)]) {
      const edit = async (fleet: TestRepository) => {
        await adding("mongodb", { resources: ["./restore.yaml"] })(fleet);
        await fleet.write(`clusters/${site}/stores/mongodb/restore.yaml`, `${text}\n`);
      };
      expect(await findingsOf([site], edit)).toEqual([]);
    }
    expect(elsewhere).toContain("destination: s3://");
  });

  test("another image", async () => {
    expect(await findingsOf([site], adding("mongodb", await overlayOf("upgrade-database", "/spec/image")))).toEqual([]);
  });
});
