import { Command, Option } from "@commander-js/extra-typings";

import type { CommandIo } from "./lib/command/io.ts";
import { collect, dryRunOption, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { objectAt, stringAt } from "./lib/core/json.ts";
import { readRepository } from "./lib/fleet/repository.ts";
import { fileAt } from "./lib/io/git.ts";
import type { Content } from "./lib/repo/content.ts";
import { tenantFacts, tombstoneFile } from "./lib/repo/layout.ts";
import { plainTable } from "./lib/report/table.ts";
import { clustersOf, findTenant } from "./lib/tenant/lookup.ts";
import { type Backup, type Erasure, offboard, refuseOutOfOrder, type Step, steps } from "./lib/tenant/offboard.ts";
import { write } from "./lib/write/write.ts";
import { parseYaml } from "./lib/yaml/parse.ts";

/** Ends a customer, one step and one pull request at a time. */
export const run = runnable((io, done) =>
  new Command("offboard-tenant")
    .description("End a customer in steps, each a pull request: frozen, backed-up, removed, erased.")
    .argument("[id]", "a tenant")
    .addOption(new Option("--to <state>", "the next step; active takes back frozen").choices(steps))
    .option("--reason <text>", "frozen: why it leaves")
    .option("--hold-days <number>", "frozen: days for which its own images are held", Number, 365)
    .option(
      "--backup <fields>",
      "backed-up: store=S,backup=NAME,time=UTC,checksum=sha256:... (can be repeated)",
      collect,
      [],
    )
    .option("--erasure <fields>", "erased: store=S,time=UTC,evidence=WHERE (can be repeated)", collect, [])
    .option("--date <day>", "the day of the step, YYYY-MM-DD (today)")
    .option("--base <revision>", "where the step before has to be by now (origin/main, else HEAD)")
    .option("--status", "print how far every tenant is, and change nothing", false)
    .addOption(
      new Option("--format <format>", "form of --status").choices(["text", "json"] as const).default("text" as const),
    )
    .addOption(dryRunOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
  frozen      its hosts answer 503, its own images are held
  backed-up   evidence: which store, which backup, when, which checksum
  removed     placements and grants go; volumes and databases stay
  erased      evidence that the data is gone; a tombstone keeps id, hosts and ranges from being given again

Examples:
  bun run offboard-tenant northwind --to frozen --reason "contract ended"
  bun run offboard-tenant northwind --to backed-up \\
    --backup store=postgresql,backup=northwind-final,time=2026-11-20T02:00:00Z,checksum=sha256:...
  bun run offboard-tenant --status`,
    )
    .action(async (id, options) => {
      if (options.status) {
        io.stdout.write(statusText(await readRepository(io.cwd, io.env, true), options.format, io));
        return done(exitCode.done);
      }
      if (id === undefined || options.to === undefined)
        throw new UsageError("name a tenant and --to STATE, or ask for --status");
      const step = stepOf(options.to, options);
      done(
        await write(io, options, async (repository) => {
          const changes = offboard(repository, id, step);
          if (changes.length > 0) await refuseUnmerged(io, repository, id, step.to, options.base);
          return {
            changes,
            selection: { clusters: clustersOf(repository, id), applications: [] },
            next: nextOf(id, step.to),
            title: `feat(tenants): ${id} is ${step.to}`,
          };
        }),
      );
    }),
);

interface Options {
  reason?: string | undefined;
  holdDays: number;
  backup: string[];
  erasure: string[];
  date?: string | undefined;
}

function stepOf(to: Step["to"], { reason, holdDays, backup, erasure, date }: Options): Step {
  const on = date ?? today();
  if (Number.isNaN(Date.parse(on))) throw new UsageError(`--date ${on} is no day: write it like 2026-11-23`);
  switch (to) {
    case "active":
      return { to };
    case "frozen": {
      if (reason === undefined) throw new UsageError("--reason is missing: say why it leaves");
      if (!Number.isInteger(holdDays) || holdDays < 1) throw new UsageError("--hold-days takes a whole number from 1");
      const holdUntil = new Date(Date.parse(on) + holdDays * 86_400_000).toISOString().slice(0, 10);
      return { to, reason, on, holdUntil };
    }
    case "backed-up":
      return {
        to,
        backups: backup.map(
          (text) => fields("--backup", text, ["store", "backup", "time", "checksum"]) as unknown as Backup,
        ),
      };
    case "removed":
      return { to, on };
    case "erased":
      if (erasure.length === 0)
        throw new UsageError("without evidence nothing is erased: name each store with --erasure");
      return {
        to,
        on,
        erasures: erasure.map((text) => fields("--erasure", text, ["store", "time", "evidence"]) as unknown as Erasure),
      };
  }
}

/** "store=postgresql,time=..." as an object with exactly these keys, in this order. */
function fields(option: string, text: string, names: readonly string[]): Record<string, string> {
  const pairs = text
    .split(new RegExp(`,(?=(?:${names.join("|")})=)`))
    .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  const given = new Map(pairs as [string, string][]);
  const missing = names.filter((name) => !given.get(name));
  const unknown = [...given.keys()].filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    const said = [...missing.map((name) => `lacks ${name}`), ...unknown.map((name) => `has ${JSON.stringify(name)}`)];
    throw new UsageError(
      `${option} ${JSON.stringify(text)} ${said.join(" and ")}: it takes ${names.map((name) => `${name}=...`).join(",")}`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, given.get(name)!]));
}

/** Each step is a pull request: the one before has to be merged, not only written here. */
async function refuseUnmerged(
  { cwd, stderr }: CommandIo,
  fleet: Content,
  id: string,
  to: Step["to"],
  base: string | undefined,
): Promise<void> {
  const revisions = base === undefined ? ["origin/main", "HEAD"] : [base];
  for (const revision of revisions) {
    const text = await fileAt(cwd, revision, tenantFacts(id));
    if (text === undefined) continue;
    const parsed = parseYaml(new TextEncoder().encode(text ?? ""));
    const merged = "source" in parsed ? stringAt(objectAt(parsed.source.data, "spec"), "state") : undefined;
    const here = findTenant(fleet, id).document.spec.state;
    if (merged === here) return refuseOutOfOrder(id, merged, to);
    const said = merged === undefined ? `${id} is not there` : `it is ${merged}`;
    throw new UsageError(
      `${id} is ${here} here, but in ${revision} ${said}: merge that step first, each is a pull request`,
    );
  }
  if (base !== undefined) throw new UsageError(`there is no revision ${base}`);
  stderr.write("not checked: whether the step before is merged, because this is no git repository with a commit\n");
}

function nextOf(id: string, to: Step["to"]): string {
  const run = `once it is merged: bun run offboard-tenant ${id} --to`;
  return {
    active: "commit it and open a pull request: it stays",
    frozen: `commit it and open a pull request; ${run} backed-up, with evidence`,
    "backed-up": `commit it and open a pull request; ${run} removed`,
    removed: `commit it and open a pull request; bun run reap takes what is left from its clusters, then ${run} erased`,
    erased: "commit it and open a pull request: that was the last",
  }[to];
}

function statusText(fleet: Content, format: "text" | "json", { stdout }: CommandIo): string {
  const { tenants, tombstones } = fleet.documents;
  const rows = [
    ...[...tenants].map(([tenant, { document }]) => {
      const { state, plan, isolation, offboarding } = document.spec;
      const since =
        offboarding?.removed ?? offboarding?.backups?.at(-1)?.time.slice(0, 10) ?? offboarding?.frozen ?? "";
      return {
        tenant,
        state: state,
        since,
        plan,
        isolation,
        clusters: clustersOf(fleet, tenant),
        file: tenantFacts(tenant),
      };
    }),
    ...[...tombstones].map(([tenant, { document }]) => ({
      tenant,
      state: "erased",
      since: document.spec.erased,
      plan: "",
      isolation: "",
      clusters: [] as string[],
      file: tombstoneFile(tenant),
    })),
  ].toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  const cells = rows.map(({ tenant, state, since, plan, isolation, clusters }) => [
    tenant,
    state,
    since,
    plan,
    isolation,
    clusters.join(" "),
  ]);
  return plainTable(["tenant", "state", "since", "plan", "isolation", "clusters"], cells, stdout.isTTY);
}

if (import.meta.main) await main(run);
