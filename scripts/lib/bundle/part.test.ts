/** Whose part is whose: what some clusters may see, and which are no one's alone. */
import { beforeAll, describe, expect, test } from "bun:test";

import { cluster, fleetFiles } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { Repository } from "../fleet/repository.ts";
import { isInPart, partChanges, partOf } from "./part.ts";

let whole: Repository;
beforeAll(async () => {
  await using fleet = await sampleRepository(Object.values(cluster));
  whole = await Repository.read(fleet.root, { env: process.env });
});

describe("a part", () => {
  test("has the tenants that are placed on its clusters, and their environment", () => {
    expect(partOf(whole, [cluster.shared])).toEqual({
      clusters: [cluster.shared],
      tenants: ["stark", "wonka"],
      environments: ["prod"],
    });
    expect(partOf(whole, [cluster.hybridSite, cluster.hybrid]).tenants).toEqual(["tyrell"]);
  });

  test("of a tenant has its facts, and its placements on these clusters alone", () => {
    const part = { clusters: [cluster.hybrid], tenants: ["tyrell"], environments: ["prod"] };
    const own = whole.tree.paths.filter((file) => isInPart(file, part));
    expect(own.some((file) => file.startsWith(`tenants/tyrell/${cluster.hybrid}/`))).toBe(true);
    expect(own).toContain("tenants/tyrell/facts/tenant.yaml");
    expect(own.filter((file) => file.includes(cluster.hybridSite) || /wonka|stark|soylent/.test(file))).toEqual([]);
    expect(own.filter((file) => file.startsWith("environments/") && !file.startsWith("environments/prod/"))).toEqual(
      [],
    );
  });

  test("promotes from nobody, and pulls from where an option says", () => {
    const part = partOf(whole, [cluster.single]);
    const repository = "https://git.example.com/fleet.git";
    const { documents } = whole.with(partChanges(whole, part, { registry: "registry.site.example", repository }));
    expect([...documents.environments.keys()]).toEqual(["prod"]);
    expect(documents.environments.get("prod")!.document.spec.promotesFrom).toBeUndefined();
    const { spec } = documents.clusters.get(cluster.single)!.document;
    expect([spec.registry, spec.repository.url]).toEqual(["registry.site.example", repository]);
  });
});

describe("refused is", () => {
  test.each<[what: string, clusters: string[], why: string]>([
    ["half of a hybrid deployment", [cluster.hybrid], `${cluster.hybrid} does not stand without ${cluster.hybridSite}`],
    ["a cluster of all customers beside one's own", [cluster.single, cluster.shared], "these are not one customer's"],
    ["a name that nobody has", ["prod-nowhere"], "there is no cluster prod-nowhere"],
    ["nobody", [], "name the clusters"],
  ])("%s", (_what, clusters, why) => expect(() => partOf(whole, clusters)).toThrow(why));
});

test("the fleet is as large as it was: nothing above holds by itself", async () => {
  expect((await fleetFiles(Object.values(cluster))).size).toBe(whole.tree.paths.length);
});
