import { Command, Option } from "@commander-js/extra-typings";

import { ask } from "./lib/command/ask.ts";
import { type CommandIo, lookOf } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { offeredTenants } from "./lib/repo/offered.ts";
import { offboardingReport } from "./lib/report/offboarding.ts";
import { clustersOf, findTenant } from "./lib/tenant/lookup.ts";
import { afterStep, stepOf } from "./lib/tenant/offboard-options.ts";
import { offboard, type Step, stepMeaning, steps, stepsAfter } from "./lib/tenant/offboard.ts";
import { refuseUnmerged } from "./lib/write/merged-step.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Offboards a customer, one step and one pull request at a time. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("offboard-tenant")
      .description("Offboard a customer in steps, each a pull request: frozen, backed-up, removed, erased.")
      .argument("[id]", "a tenant")
      .addOption(new Option("--to <state>", "the next step; active undoes frozen").choices(steps))
      .option("--reason <text>", "frozen: why the customer leaves")
      .option("--hold-days <number>", "frozen: for how many days its own images are held", Number, 365)
      .option(
        "--backup <fields>",
        "backed-up: store=S,backup=NAME,time=UTC,checksum=sha256:... (can be repeated)",
        collect,
        [],
      )
      .option("--erasure <fields>", "erased: store=S,time=UTC,evidence=WHERE (can be repeated)", collect, [])
      .option("--date <day>", "the day of the step, YYYY-MM-DD (today)")
      .option("--base <revision>", "where the step before has to be merged (origin/main, else HEAD)")
      .option("--status", "print how far every tenant is, and change nothing", false),
  )
    .addHelpText(
      "after",
      `
  frozen      its hosts answer 503, its own images are held
  backed-up   evidence: which store, which backup, when, which checksum; which stores have its data is written down
  removed     placements and grants go; volumes and databases stay
  erased      evidence for each of these stores that the data is gone; a tombstone keeps id, hosts and address ranges from being reused

Examples:
  bun run offboard-tenant umbrella --to frozen --reason "contract ended"
  bun run offboard-tenant umbrella --to backed-up \\
    --backup store=postgresql,backup=umbrella-final,time=2026-11-20T02:00:00Z,checksum=sha256:...
  bun run offboard-tenant --status`,
    )
    .action(async (given, options) => {
      if (options.status) {
        if (options.format === "patch")
          throw new UsageError("--format patch is for what is written, and --status writes nothing");
        const repository = await Repository.read(io.cwd, { env: io.env });
        io.stdout.write(offboardingReport(repository, options.format, lookOf(io.stdout)));
        return done(exitCode.done);
      }
      if (!io.stdin.isTTY && (given === undefined || options.to === undefined))
        throw new UsageError("name a tenant and --to STATE, or ask for --status");
      const { id, to, reason, asked } = await askForStep(io, given, options);
      const step = stepOf(to, { ...options, reason }, { today: today() });
      done(
        await write(io, options, async (repository) => {
          const changes = offboard(repository, id, step);
          if (changes.length > 0) await refuseUnmerged(io, repository, id, step.to, options.base);
          return {
            changes,
            selection: { clusters: clustersOf(repository, id), applications: [] },
            next: afterStep(id, step.to),
            title: `feat(tenants): ${id} is ${step.to}`,
            confirm: asked ? () => [`${id}: ${stepMeaning[step.to]}`] : undefined,
          };
        }),
      );
    }),
);

/** Who, which step, and why: asked for where no option says it. Evidence is given by options. */
async function askForStep(
  io: CommandIo,
  given: string | undefined,
  { to, reason }: { to?: Step["to"] | undefined; reason?: string | undefined },
): Promise<{ id: string; to: Step["to"]; reason: string | undefined; asked: boolean }> {
  if (given !== undefined && to !== undefined && (to !== "frozen" || reason !== undefined || !io.stdin.isTTY))
    return { id: given, to, reason, asked: false };
  const content = await Repository.read(io.cwd, { env: io.env });
  const who = await ask(io, {
    id: { option: "the tenant's id", text: "Tenant", given, choices: () => offeredTenants(content) },
  });
  const { id } = who.answers;
  const state = findTenant(content, id).document.spec.state;
  const next = await ask(io, {
    to: {
      option: "--to",
      text: `${id} is ${state}; next`,
      given: to,
      choices: () => stepsAfter(state).map((value) => ({ value, about: stepMeaning[value] })),
    },
  });
  const chosen = next.answers.to as Step["to"];
  const why = await ask(io, {
    reason: { option: "--reason", text: "Why it leaves", given: chosen === "frozen" ? reason : "" },
  });
  return { id, to: chosen, reason: why.answers.reason === "" ? undefined : why.answers.reason, asked: true };
}

if (import.meta.main) await main(run);
