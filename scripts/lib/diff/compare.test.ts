/** The rendered difference: order that means nothing is none, alike changes are one, secrets are their keys. */
import { describe, expect, test } from "bun:test";

import fc from "fast-check";

import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { commit, git } from "../../../tests/support/tenants.ts";
import { run as diff } from "../../diff.ts";
import type { Json } from "../core/json.ts";
import { commentLimit, diffMarkdown } from "../report/difference.ts";
import { foldChanges } from "./fold.ts";
import type { DiffReport } from "./sides.ts";
import { compareStructure } from "./structure.ts";

describe("structure", () => {
  const container = (name: string, image: string) => ({
    name,
    image,
    ports: [{ containerPort: 80 }, { containerPort: 81 }],
  });

  test("items are found by what names them, wherever they stand", () => {
    const before = { containers: [container("a", "x:1"), container("b", "y:1")] };
    const after = {
      containers: [
        container("b", "y:1"),
        { ...container("a", "x:2"), ports: [{ containerPort: 81 }, { containerPort: 80 }] },
      ],
    };
    expect(compareStructure(before, after)).toEqual([{ path: "containers[a].image", before: "x:1", after: "x:2" }]);
  });

  test("order counts where nothing names an item: arguments of a command", () => {
    expect(compareStructure({ args: ["a", "b"] }, { args: ["b", "a"] })).toHaveLength(2);
    expect(compareStructure({ verbs: ["a", "b"] }, { verbs: ["b", "a"] })).toEqual([]);
    expect(compareStructure({ verbs: ["a"] }, { verbs: ["a", "b"] })).toEqual([
      { path: "verbs[]", before: undefined, after: "b" },
    ]);
  });

  test("equal data has no rows, other data has some, both ways the same places", () => {
    const value = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(compareStructure(a, structuredClone(a))).toEqual([]);
        const [there, back] = [compareStructure(a, b), compareStructure(b, a)];
        expect(back.map(({ path }) => path).toSorted()).toEqual(there.map(({ path }) => path).toSorted());
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

test("of a change to the chart: folded, deletions first, images as a table, secrets by key, and over budget it fails", async () => {
  await using fleet = await sampleRepository(["dev-shared", "prod-shared"]);
  git(fleet, "init", "--quiet");
  commit(fleet);
  const nothing = await runIn(fleet, diff, ["HEAD"]);
  expect([nothing.code, nothing.stdout]).toEqual([0, expect.stringMatching(/^Nothing changes in \d+ Applications\n$/)]);
  await fleet.edit(
    "apps/charts/service/templates/service.yaml",
    "type: ClusterIP",
    "sessionAffinity: ClientIP\n  type: ClusterIP",
  );
  await fleet.edit("clusters/prod-shared/services/frontend/image.yaml", /tag: .*/, "tag: v1.9.9");
  await fleet.remove("clusters/prod-shared/services/case-service");
  const secret = "clusters/prod-shared/platform/secrets/frontend.sops.yaml";
  const auth = "clusters/prod-shared/platform/secrets/auth-service.sops.yaml";
  expect(await Bun.file(`${fleet.root}/${secret}`).exists()).toBe(false);
  await fleet.edit(auth, /password: ENC\[AES256_GCM,data:(.)/, "password: ENC[AES256_GCM,data:z$1");
  const { code, stdout } = await runIn(fleet, diff, ["HEAD", "--format", "markdown"]);
  expect(code).toBe(1);
  const sections = [...stdout.matchAll(/<summary><b>([^<]*)/g)].map(([, title]) => title);
  expect(sections).toEqual([
    "Removed, beyond what one pull request may",
    "Removed: 1 Application, 0 other objects",
    "Restarts: 3 pods of 1 workload",
    expect.stringContaining("Who may talk to whom: "),
    "Images: 1 (labels of their versions aside)",
    "Changes, by what causes them: 1",
    "Secrets, by key: 1",
  ]);
  expect(stdout).toContain("- prod: 1 Application, allowed are 0 (`prod-shared/service-case-service`)");
  expect(stdout).toMatch(
    /Service, the same in \d+ Applications \(\d+ objects\).*\n {4}- `spec.sessionAffinity`: \+ `ClientIP`/,
  );
  expect(stdout).toContain("| `murima2025/frontend` | `v1.0.3 (");
  expect(stdout).toMatch(
    /`spec.secrets\[auth-service-postgresql\].stringData.password`: `encrypted [0-9a-f]{8}` -> `encrypted [0-9a-f]{8}`/,
  );
  expect(stdout).not.toContain("ENC[");
  const meant = await runIn(fleet, diff, ["HEAD", "--label", "deletions-are-meant"]);
  expect(meant.code).toBe(0);
  const data = JSON.parse((await runIn(fleet, diff, ["HEAD", "--format", "json"])).stdout) as {
    losses: { over: boolean }[];
  };
  expect(data.losses.some(({ over }) => over)).toBe(true);

  await fleet.edit("apps/services/auth-service/values.yaml", "replicas: 3", "replicas: lots");
  const broken = await runIn(fleet, diff, ["HEAD"]);
  expect(broken.stdout).toContain("Not compared: ");
  const unknown = await runIn(fleet, diff, ["no-such-branch"]);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('there is no commit "no-such-branch"')]);
}, 60_000);

test("the same version out of another registry is a change like any other", async () => {
  await using fleet = await sampleRepository();
  git(fleet, "init", "--quiet");
  commit(fleet);
  await fleet.edit("clusters/dev-shared/facts/cluster.yaml", "registry: registry.", "registry: elsewhere.");
  const { stdout } = await runIn(fleet, diff, ["HEAD"]);
  expect(stdout).toMatch(
    /^ {2}spec.registry: registry\.\S+ -> elsewhere\.\S+, .*facts\/cluster.yaml:\d+, in \d+ Applications$/m,
  );
  expect(stdout).toContain("Deployment frontend in 1 cluster: 1 pod");
  expect(stdout).not.toContain("Images: ");
});

test("a comment is cut by whole sections, which are named, and nothing in it is taken for Markdown", () => {
  const nasty = "`a`|<script>alert(1)</script>\n@everyone";
  const row = (index: number) => ({ path: `spec.x${index}`, before: nasty, after: `${index}` });
  const id = { group: "apps", version: "v1", kind: "Deployment", namespace: "x", name: "y" };
  const difference = {
    added: [],
    removed: ["prod-shared/service-a"],
    changed: ["a/b"],
    same: 1,
    objects: Array.from({ length: 2_000 }, (_, index) => ({
      application: "a/b",
      cluster: "a",
      id: { ...id, name: `y${index}` },
      kind: "changed" as const,
      rows: [row(index)],
    })),
    images: [],
    pairs: [],
    notCompared: [],
  };
  const reportOf = (own: typeof difference): DiffReport => ({
    difference: own,
    losses: [],
    removals: [],
    restarts: [],
    replicas: [],
    moves: [],
    rights: [],
    causes: { causes: [], rest: foldChanges(own.objects).map((fold) => ({ fold, files: [] })), without: [] },
    reachability: { added: [], removed: [], changed: [] },
    refused: [],
  });
  const text = diffMarkdown(reportOf(difference));
  expect(text.length).toBeLessThan(commentLimit);
  expect(text).toContain(
    "left out: Changes of more than one cause: 2000, alike ones together. `bun run diff` shows all of it.",
  );
  expect(text.match(/<details/g)?.length).toBe(text.match(/<\/details>/g)!.length);
  const small = diffMarkdown(reportOf({ ...difference, objects: difference.objects.slice(0, 1) }));
  expect(small).toContain("`` `a`\\|<script>alert(1)</script>\\n@everyone ``");
});
