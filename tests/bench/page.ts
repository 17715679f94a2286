import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { applyChanges } from "../../scripts/lib/io/apply.ts";
import { readTree, temporaryFolder } from "../../scripts/lib/io/files.ts";
import { pageProgram } from "../../scripts/lib/io/page-program.ts";
import { workspaceOf } from "../../scripts/lib/io/workspace.ts";
import { applicationsData } from "../../scripts/lib/report/page/applications.ts";
import { pageDocument } from "../../scripts/lib/report/page/document.ts";
import { ObjectPool } from "../../scripts/lib/report/page/object-pool.ts";
import { pageData } from "../../scripts/lib/report/page/page.ts";
import { judge } from "../../scripts/lib/validate/validate.ts";
import { hasBrowser, openPage, startBrowser } from "../support/browser.ts";
import { generatedFleet } from "./support/fleet.ts";
import { modelOf } from "./support/model.ts";

/** Lines of the list of tenants that a page is given beside what the fleet has. */
const manyTenants = 5000;

/** The page of this fleet, of generated ones, and with many tenants: how large it is, and how soon it can be used. */
export async function benchPage(io: CommandIo, sizes: readonly number[]): Promise<void> {
  const line = (cells: readonly (string | number)[]) => io.stdout.write(`| ${cells.join(" | ")} |\n`);
  line(["fleet", "Applications", "objects", "tenants", "MiB", "made in, s", "first use, ms", "tenants filtered, ms"]);
  line(["---", "--:", "--:", "--:", "--:", "--:", "--:", "--:"]);
  line(await measure(io, "sample", io.cwd));
  line(await measure(io, "sample, many tenants", io.cwd, manyTenants));
  for (const size of sizes) {
    const folder = await temporaryFolder("bench");
    try {
      const { tree } = await readTree(io.cwd);
      const changes = generatedFleet(tree, (await modelOf(io)).cluster, size);
      await applyChanges(await workspaceOf(folder.path, io.env), changes);
      line(await measure(io, String(size), folder.path));
    } finally {
      await folder.remove();
    }
  }
}

async function measure(io: CommandIo, name: string, root: string, tenants = 0): Promise<(string | number)[]> {
  io.stderr.write(`${name}\n`);
  const repository = await Repository.read(root, { env: io.env });
  const loaded = await loadFleet(repository, { partial: true });
  const validation = judge(loaded);
  const started = performance.now();
  const pool = new ObjectPool();
  const { rows, valueBlocks } = applicationsData(loaded.fleet, pool);
  const data = pageData({ repository, validation, today: "2026-01-01", applications: rows });
  const [model] = data.tenants;
  if (model !== undefined)
    for (let number = 0; data.tenants.length < tenants; number++)
      data.tenants.push({ ...model, tenant: `t${String(number).padStart(5, "0")}` });
  const html = pageDocument(await pageProgram(), data, { objectBlocks: pool.blocks, valueBlocks });
  const made = performance.now() - started;
  const objects = rows.reduce((sum, row) => sum + row.objects.length, 0);
  const sizes = [(html.length / 2 ** 20).toFixed(1), (made / 1000).toFixed(1)];
  return [
    name,
    rows.length,
    objects,
    data.tenants.length,
    ...sizes,
    ...(hasBrowser ? await usedAfter(html) : ["", ""]),
  ];
}

/** Milliseconds until the first view is there, and until a filter over tenants is. */
async function usedAfter(html: string): Promise<string[]> {
  const folder = await temporaryFolder("bench");
  const browser = await startBrowser();
  try {
    const file = path.join(folder.path, "index.html");
    await Bun.write(file, html);
    const started = performance.now();
    await using open = await openPage(browser, file);
    const first = performance.now() - started;
    await open.go("#/tenants");
    const typing = performance.now();
    await open.go("#/tenants?f=t025");
    return [first.toFixed(0), (performance.now() - typing).toFixed(0)];
  } finally {
    await browser.close();
    await folder.remove();
  }
}
