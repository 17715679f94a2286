import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { Change } from "../../scripts/lib/core/change.ts";
import { ToolError } from "../../scripts/lib/core/errors.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { applyChanges } from "../../scripts/lib/io/apply.ts";
import { readTree, temporaryFolder } from "../../scripts/lib/io/files.ts";
import { workspaceOf } from "../../scripts/lib/io/workspace.ts";
import { findLeaks } from "../../scripts/lib/network/isolation.ts";
import { Reach } from "../../scripts/lib/network/network.ts";
import { newTenant } from "../../scripts/lib/tenant/new-tenant.ts";
import { applyFixes } from "../../scripts/lib/write/fix.ts";
import type { DocumentMeasurement } from "./support/documents.ts";
import { modelOf } from "./support/model.ts";
import { renderedHead, renderedRows } from "./support/rendered-tenants.ts";
import { spend } from "./support/spend.ts";
import { generatedNetwork, generatedTenants, tenantSpec } from "./support/tenants.ts";

const workloads = 6;
/** From here on whole runs are measured too: a cold one renders two Applications a tenant. */
const renderedSize = 1000;

interface Row {
  tenants: number;
  files: number;
  scaffold: number;
  written: number;
  documents: DocumentMeasurement;
  evaluator: number;
  flows: number;
}

/** Fleets of tenants, written by new-tenant's own plan: one more scaffolded, all documents checked, all pairs evaluated. */
export async function benchTenants(io: CommandIo, sizes: readonly number[]): Promise<void> {
  const rows: Row[] = [];
  for (const size of sizes) rows.push(await measure(io, size));
  const line = (cells: readonly (string | number)[]) => io.stdout.write(`| ${cells.join(" | ")} |\n`);
  const heads = ["tenants", "files", "one more scaffolded, ms", "files it writes", "documents, s", "peak, MiB"];
  line([...heads, `evaluator, ${workloads} workloads each, s`, "ways it allows"]);
  line([...heads, "", ""].map(() => "--:"));
  for (const { tenants, files, scaffold, written, documents, evaluator, flows } of rows) {
    const memory = Math.round(documents.peakMemory / 2 ** 20);
    line([
      tenants,
      files,
      scaffold.toFixed(0),
      written,
      (documents.time / 1000).toFixed(2),
      memory,
      (evaluator / 1000).toFixed(2),
      flows,
    ]);
  }
  const large = sizes.filter((size) => size >= renderedSize);
  if (large.length === 0) return;
  const lines = [...renderedHead];
  for (const size of large) lines.push(...(await measureWhole(io, size)));
  io.stdout.write(`\n${lines.join("\n")}\n`);
}

/** All of them once, and one that came: everything global is judged over all of them, only its own is rendered. */
async function measureWhole(io: CommandIo, tenants: number): Promise<string[]> {
  return withFleet(io, tenants, (root, cluster) =>
    renderedRows(io, root, tenants, async () => {
      const changes = newTenant(await Repository.read(root, { env: io.env, cache: false }), added(cluster));
      await applyChanges(await workspaceOf(root, io.env), changes);
      return changes;
    }),
  );
}

async function measure(io: CommandIo, tenants: number): Promise<Row> {
  return withFleet(io, tenants, async (root, cluster) => {
    const repository = await Repository.read(root, { env: io.env, cache: false });
    const started = performance.now();
    const changes = newTenant(repository, added(cluster));
    await applyChanges(await workspaceOf(root, io.env), changes);
    const scaffold = performance.now() - started;
    const script = path.join(import.meta.dirname, "support/documents.ts");
    // The first run keeps which files are clean, as every run of validate does.
    const first = await spend([process.execPath, script, root], process.env);
    const second = await spend([process.execPath, script, root], process.env);
    const documents = JSON.parse(second.stdout) as DocumentMeasurement;
    const cold = JSON.parse(first.stdout) as DocumentMeasurement;
    if (documents.findings.length > 0)
      throw new ToolError(`the generated fleet has findings: ${documents.findings[0]}`);
    documents.time = cold.time;
    documents.peakMemory = Math.max(cold.peakMemory, documents.peakMemory);
    const { network, names } = generatedNetwork(tenants, workloads);
    const evaluated = performance.now();
    const reach = new Reach(network);
    const flows = [...reach.flows()].length;
    if (findLeaks(reach, names).length > 0) throw new ToolError("the generated network has leaks");
    const evaluator = performance.now() - evaluated;
    const files = repository.tree.paths.length;
    return { tenants, files, scaffold, written: changes.length, documents, evaluator, flows };
  });
}

const added = (cluster: string) => ({
  id: "umbrella",
  spec: tenantSpec("umbrella"),
  clusters: [cluster],
  settings: { locale: "en", timezone: "UTC" },
});

/** A throw-away fleet of one cluster of the sample with so many tenants. */
async function withFleet<T>(
  io: CommandIo,
  tenants: number,
  work: (root: string, cluster: string) => Promise<T>,
): Promise<T> {
  io.stderr.write(`${tenants} tenants\n`);
  const { tree } = await readTree(io.cwd);
  const { cluster } = await modelOf(io);
  const isOther = (file: string) => {
    const [top, second, third] = file.split("/");
    if (top === "tenants") return file !== "tenants/README.md";
    return top === "clusters" && (third === "grants" || ![cluster, "base", "components"].includes(second!));
  };
  const gone = tree.paths.filter(isOther).map((file): Change => ({ path: file, content: null }));
  const sample = tree.with(gone);
  const folder = await temporaryFolder("bench");
  try {
    const put = async (file: string, content: Uint8Array | string) => {
      await mkdir(path.dirname(path.join(folder.path, file)), { recursive: true });
      await writeFile(path.join(folder.path, file), content);
    };
    for (const file of sample.paths) await put(file, sample.bytes(file));
    const fleet = await Repository.read(folder.path, { env: io.env, cache: false });
    for (const { path: file, content } of generatedTenants(fleet, cluster, tenants)) await put(file, content ?? "");
    // What is generated from all clusters and tenants follows from these now.
    await applyFixes({ ...io, cwd: folder.path });
    return await work(folder.path, cluster);
  } finally {
    await folder.remove();
  }
}
