/** The fleet page as a file: what it holds, what it says of itself, and that it is the same wherever it is made. */
import { beforeAll, describe, expect, test } from "bun:test";

import { visible } from "../../scripts/lib/core/visible.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { pageDocument } from "../../scripts/lib/report/page/document.ts";
import { printable } from "../../scripts/lib/report/page/printable.ts";
import { promotionsOf } from "../../scripts/lib/report/page/versions.ts";
import { run } from "../../scripts/page.ts";
import { cluster } from "../support/fleet.ts";
import { commit, dataOf, writePage } from "../support/page.ts";
import { runIn, sampleRepository } from "../support/repository.ts";

const place = cluster.sharedUs;
let html = "";
let root = "";

beforeAll(async () => {
  await using fleet = await sampleRepository([place]);
  ({ root } = fleet);
  ({ html } = await writePage(fleet));
});

describe("what it holds", () => {
  test("versions, tenants with their quota, ways, Applications with objects and origins", () => {
    const { data, objectBlocks, valueBlocks } = dataOf(html);
    const own = data.versions.rows.find(({ tenant }) => tenant === "soylent")!;
    expect(own.services["frontend"]!.tag).toMatch(/^v/);
    const [tenant] = data.tenants.filter(({ tenant: name }) => name === "soylent");
    expect(tenant).toMatchObject({ state: "active", isolation: "dedicated", placements: [{ cluster: place }] });
    expect(tenant!.placements[0]!.quota.find(({ name }) => name === "limits.memory")!.share).toBeGreaterThan(0);
    expect(data.reachability[0]!.flows.length).toBeGreaterThan(0);
    const application = data.applications.find(({ id }) => id === `${place}/service-frontend`)!;
    const { at } = application.objects.find(({ kind }) => kind === "Deployment")!;
    expect(objectBlocks[at.block]![at.index]).toMatchObject({ kind: "Deployment", metadata: { name: "frontend" } });
    const values = valueBlocks[application.values]![application.id]!;
    expect(values.find(({ path }) => path === "image.tag")!.from).toMatch(
      new RegExp(`^clusters/${place}/.*image.yaml:\\d+$`),
    );
  });

  test("secrets by their keys alone", () => {
    const { data, objectBlocks } = dataOf(html);
    const secrets = data.applications.flatMap(({ objects }) => objects).filter(({ kind }) => kind === "SopsSecret");
    expect(secrets.length).toBeGreaterThan(0);
    for (const { at } of secrets) expect(JSON.stringify(objectBlocks[at.block]![at.index])).not.toContain("ENC[");
  });

  test("promotions with the command that takes each further", async () => {
    await using fleet = await sampleRepository([cluster.dev, cluster.staging]);
    const promotions = promotionsOf(await Repository.read(fleet.root, { env: process.env }), "2026-01-01");
    expect(promotions.map(({ from, to }) => `${from} ${to}`)).toContain("dev staging");
    for (const { command } of promotions)
      if (command !== undefined) expect(command).toStartWith("bun run promote --from ");
  });
});

describe("what it says at the top", () => {
  test("of a fleet that is well: nothing but what is not rendered", () => {
    expect(dataOf(html).data.notices.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("errors, also where nothing is rendered", async () => {
    await using fleet = await sampleRepository([place]);
    await fleet.edit(`clusters/${place}/facts/cluster.yaml`, /kubernetesVersion: .*/, "kubernetesVersion: none");
    const { data } = dataOf((await writePage(fleet)).html);
    const said = data.notices.map(({ text }) => text).join("\n");
    expect(said).toMatch(/^The fleet has \d+ errors?/m);
    expect(said).toMatch(/^Nothing is rendered/m);
    expect(data.findings.length).toBeGreaterThan(0);
  });

  test("an old revision, and how old it is; what differs from a base", async () => {
    await using fleet = await sampleRepository([place]);
    await commit(fleet, "first");
    const values = "apps/services/frontend/values.yaml";
    await fleet.write(values, `${await fleet.read(values)}\nenv:\n  PAGE: "1"\n`);
    await commit(fleet, "second");
    const { data, objectBlocks } = dataOf((await writePage(fleet, "HEAD~1", "--base", "HEAD")).html);
    const { notices, difference } = data;
    expect(notices[0]).toMatchObject({
      severity: "warning",
      text: expect.stringMatching(/old revision.* 1 commit before/),
    });
    expect(difference!.headline).toContain("changed");
    const [change] = difference!.changes.filter(({ before: at }) =>
      JSON.stringify(objectBlocks[at?.block ?? 0]![at?.index ?? 0]).includes("PAGE"),
    );
    expect(change).toMatchObject({ change: "changed", after: expect.anything() });
    expect(difference!.sections.flatMap(({ lines }) => lines.map(({ text }) => text)).join("\n")).toContain(values);
  });

  test("a folder with other things in it is left alone", async () => {
    await using fleet = await sampleRepository([place]);
    await fleet.write("page/notes.txt", "mine");
    const { code } = await runIn(fleet, run, ["--out", "page"]);
    expect([code, await fleet.read("page/notes.txt")]).toEqual([2, "mine"]);
  });
});

describe("the file", () => {
  test("is the same wherever it is made, and names no folder of the machine", async () => {
    await using fleet = await sampleRepository([place]);
    expect((await writePage(fleet)).html === html).toBe(true);
    for (const text of [html, JSON.stringify(dataOf(html))]) {
      expect(text).not.toContain(root);
      expect(text).not.toContain(process.cwd());
    }
  });

  test("runs one script and one style, by their hashes, and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^ ']+'; style-src 'sha256-[^ ']+'; base-uri 'none'; form-action 'none'$/,
    );
    const hash = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("base64");
    expect(policy).toContain(hash(/<script>([^]*)<\/script>\n<\/body>/.exec(html)![1]!));
    expect(policy).toContain(hash(/<style>([^]*?)<\/style>/.exec(html)![1]!));
    expect(html).not.toMatch(/ on[a-z]+="|<(img|iframe|link|object)\b/);
  });

  test("can't be left by what it holds", () => {
    const attack = "</script><script>alert(1)</script>";
    const { data } = dataOf(html);
    const made = pageDocument(
      { script: "0", style: "" },
      { ...data, left: [attack] },
      { objectBlocks: [[attack]], valueBlocks: [] },
    );
    expect(made.match(/<script/g)!.length).toBe(3);
    expect(dataOf(made).data.left).toEqual([attack]);
    expect(() => pageDocument({ script: attack, style: "" }, data, { objectBlocks: [], valueBlocks: [] })).toThrow();
  });

  test("has no character that turns or hides text: in names, keys and lines", () => {
    const turn = "a\u202Eb\u0007\nc";
    expect(printable({ [turn]: { name: turn, message: turn } })).toEqual({
      [visible(turn)]: { name: String.raw`a\u{202e}b\u{7}\nc`, message: "a\\u{202e}b\\u{7}\nc" },
    });
  });
});
