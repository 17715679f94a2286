/** The fleet page in a real browser: what a reader sees and does, and that nothing leaves it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import axe from "axe-core";
import type { Browser } from "puppeteer-core";

import { pageProgram } from "../../scripts/lib/io/page-program.ts";
import type { PageData } from "../../scripts/lib/report/page/data.ts";
import { pageDocument } from "../../scripts/lib/report/page/document.ts";
import { hasBrowser, openPage, startBrowser } from "../support/browser.ts";
import { cluster } from "../support/fleet.ts";
import { commit, dataOf, writePage } from "../support/page.ts";
import { repository, sampleRepository, type TestRepository } from "../support/repository.ts";

const place = cluster.sharedUs;
const application = `${place}/service-frontend`;
const views = ["#/", "#/tenants", "#/tenants/soylent", "#/reachability", "#/findings", "#/applications"];
const details = [`#/applications/${encodeURIComponent(application)}`, "#/difference", "#/difference?object=0"];

describe.skipIf(!hasBrowser)("in a browser", () => {
  let browser: Browser;
  let folder: TestRepository;
  let file: string;
  let made: ReturnType<typeof dataOf>;
  let program: Awaited<ReturnType<typeof pageProgram>>;

  /** The page with other data. */
  async function pageOf(data: Partial<PageData>, blocks: Partial<typeof made> = {}): Promise<string> {
    const html = pageDocument(program, { ...made.data, ...data }, { ...made, ...blocks });
    await folder.write("other.html", html);
    return path.join(folder.root, "other.html");
  }

  beforeAll(async () => {
    [browser, program] = await Promise.all([startBrowser(), pageProgram()]);
    folder = await repository();
    await using fleet = await sampleRepository([place]);
    await commit(fleet, "first");
    const values = "apps/services/frontend/values.yaml";
    await fleet.write(values, `${await fleet.read(values)}\nenv:\n  PAGE: "1"\n`);
    const { html } = await writePage(fleet, "--base", "HEAD");
    await folder.write("page.html", html);
    file = path.join(folder.root, "page.html");
    made = dataOf(html);
  });

  afterAll(async () => {
    await browser.close();
    await folder[Symbol.asyncDispose]();
  });

  test("every view shows what it is of, asks nobody for anything, and breaks no policy", async () => {
    await using open = await openPage(browser, file);
    const says: Record<string, string> = {
      "#/": "Versions",
      "#/tenants": "soylent",
      "#/tenants/soylent": "limits.memory",
      "#/reachability": `Who may talk to whom in ${place}`,
      "#/findings": "Not checked",
      "#/applications": application,
      [details[0]!]: "apiVersion:",
      "#/difference": "Changes, by what causes them",
      "#/difference?object=0": "before",
    };
    for (const [hash, text] of Object.entries(says)) {
      await open.go(hash);
      await open.page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(text)})`, { timeout: 5000 });
    }
    expect(open.problems).toEqual([]);
  });

  test("old and new stand beside each other, and a value is followed to its file", async () => {
    await using open = await openPage(browser, file);
    const at = made.data.difference!.changes.findIndex(
      ({ after }) => after !== null && JSON.stringify(made.objectBlocks[after.block]![after.index]).includes("PAGE"),
    );
    await open.go(`#/difference?object=${at}`);
    await open.page.waitForFunction('document.querySelector("td.code.added")?.innerText.includes("PAGE")');
    await open.go(`${details[0]!}?tab=values&f=image.tag`);
    await open.page.waitForFunction('document.querySelector("main tbody")?.innerText.includes("image.yaml:")');
  });

  test("/ searches, arrows step, Escape goes back to where it began", async () => {
    await using open = await openPage(browser, file);
    const { page } = open;
    await open.go("#/tenants");
    await page.keyboard.press("/");
    await page.keyboard.type("service-frontend");
    expect(await page.evaluate("location.hash")).toBe("#/search?q=service-frontend");
    expect(await open.text("main")).toContain(application);
    await page.keyboard.press("ArrowDown");
    const focused = () => page.evaluate("document.activeElement.innerText") as Promise<string>;
    const first = await focused();
    await page.keyboard.press("ArrowDown");
    expect([first, await focused()]).toEqual([expect.stringMatching(/./), expect.not.stringMatching(`^${first}$`)]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("location.hash")).toStartWith("#/applications/");
    await page.keyboard.press("/");
    await page.keyboard.type("x");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("location.hash")).toStartWith("#/applications/");
    expect(open.problems).toEqual([]);
  });

  test("a filter is in the address, and the address brings it back", async () => {
    await using open = await openPage(browser, file);
    await open.go("#/applications");
    await open.page.type("main input[type=search]", "postgresql");
    const hash = (await open.page.evaluate("location.hash")) as string;
    expect(hash).toBe("#/applications?f=postgresql");
    const rows = await open.text("main tbody");
    expect(rows).not.toContain("service-frontend");
    await using again = await openPage(browser, file);
    await again.go(hash);
    expect(await again.text("main tbody")).toBe(rows);
  });

  test("the picture of ways narrows to the namespace that is chosen in it", async () => {
    await using open = await openPage(browser, file);
    await open.go("#/reachability");
    const count = () => open.page.evaluate("document.querySelectorAll('main svg .way').length") as Promise<number>;
    expect(await count()).toBeGreaterThan(3);
    await open.page.evaluate("document.querySelector('main svg a[href*=\"tenant-soylent\"]').focus()");
    await open.page.keyboard.press("Enter");
    await open.page.waitForFunction('location.hash.includes("namespace=tenant-soylent")');
    for (const line of (await open.text("main tbody")).split("\n")) expect(line).toContain("tenant-soylent");
  });

  test("axe finds nothing in any view, light and dark", async () => {
    await using open = await openPage(browser, file);
    await open.page.evaluate(axe.source);
    for (const value of ["light", "dark"]) {
      await open.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      for (const hash of [...views, ...details]) {
        await open.go(hash);
        const found = (await open.page.evaluate(
          "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
        )) as string[];
        expect([value, hash, found]).toEqual([value, hash, []]);
      }
    }
  });

  test("a name that attacks is text, wherever it stands", async () => {
    const attack = `<img src=x onerror=alert(1)>\u202E</script><script>alert(2)</script>"'javascript:alert(3)`;
    const hostile = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value), (key, item: unknown) =>
        typeof item === "string" && !["severity", "change", "state", "view"].includes(key) ? `${item}${attack}` : item,
      ) as T;
    const data = hostile(made.data);
    data.findings = [
      {
        severity: "error",
        rule: attack,
        place: attack,
        object: attack,
        message: attack,
        fix: attack,
        applications: [attack],
      },
    ];
    data.notices = [{ severity: "error", text: `The fleet has 1 error ${attack}`, view: "findings" }];
    const keys = made.objectBlocks.map((block) => block.map((object) => ({ ...(object as object), [attack]: attack })));
    await using open = await openPage(
      browser,
      await pageOf(data, { objectBlocks: keys, valueBlocks: hostile(made.valueBlocks) }),
    );
    const hashes = [
      ...views,
      `#/tenants/${encodeURIComponent(data.tenants[0]!.tenant.replace("\u202E", "\\u{202e}"))}`,
      `#/applications/${encodeURIComponent(data.applications[0]!.id.replace("\u202E", "\\u{202e}"))}`,
      "#/difference",
      "#/difference?object=0",
      `#/search?q=${encodeURIComponent("<img")}`,
      `#/${attack}`,
      `#/tenants/${attack}`,
    ];
    for (const hash of hashes) {
      await open.go(hash);
      expect(await open.text()).toContain("The fleet has 1 error <img src=x onerror=alert(1)>\\u{202e}</script>");
    }
    expect(await open.page.evaluate("document.querySelectorAll('img, iframe, [onerror]').length")).toBe(0);
    const links = (await open.page.evaluate(
      "[...document.links].map((link) => link.getAttribute('href'))",
    )) as string[];
    for (const link of links) expect(link).toStartWith("#");
    expect(open.problems).toEqual([]);
  });

  test("5,000 tenants: only rows in sight are in the document; each is found, and printed within a limit", async () => {
    const [model] = made.data.tenants;
    const tenants = Array.from({ length: 5000 }, (_, index) => ({
      ...model!,
      tenant: `t${String(index).padStart(5, "0")}`,
    }));
    await using open = await openPage(browser, await pageOf({ tenants }));
    await open.go("#/tenants");
    const rows = () => open.page.evaluate("document.querySelectorAll('main tbody tr').length") as Promise<number>;
    expect(await rows()).toBeLessThan(120);
    await open.page.evaluate("document.querySelector('main .window').scrollTo(0, 1e9)");
    await open.page.waitForFunction('document.querySelector("main tbody").innerText.includes("t04999")');
    await open.page.type("main input[type=search]", "t02500");
    expect(await open.text("main tbody")).toStartWith("t02500");
    await open.go("#/tenants");
    await open.page.emulateMediaType("print");
    await open.page.waitForFunction("document.querySelectorAll('main tbody tr').length === 1000");
    expect(await open.text("main")).toContain("and 4000 more");
    expect(open.problems).toEqual([]);
  });

  test("on a telephone nothing is wider than the screen", async () => {
    await using open = await openPage(browser, file);
    await open.page.setViewport({ width: 390, height: 844 });
    for (const hash of [...views, ...details]) {
      await open.go(hash);
      expect([hash, await open.page.evaluate("document.documentElement.scrollWidth")]).toEqual([hash, 390]);
    }
  });
});
