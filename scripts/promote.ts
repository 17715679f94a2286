import { Command, Option } from "@commander-js/extra-typings";

import type { CommandIo } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { counted } from "./lib/core/count.ts";
import { type ExitCode, exitCode, UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { setImages } from "./lib/image/bump.ts";
import { nextSteps } from "./lib/image/next-steps.ts";
import { planPromotion, stepName, stepOption } from "./lib/image/promote.ts";
import { checkReason } from "./lib/image/proof.ts";
import { refuseUnsoaked } from "./lib/image/soak.ts";
import { changedAt } from "./lib/io/git.ts";
import { nextStepsText } from "./lib/report/next-steps.ts";
import { minutesOf } from "./lib/store/schedule.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { reportPlan, titleOf } from "./lib/write/moves.ts";
import { type WriteOptions, writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Takes images one environment and one ring further. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("promote")
      .description(
        "Run in an environment exactly the images and charts that run together in the one below, ring by ring.",
      )
      .option("--from <name>", "the environment below; without --from and --to the next step of each is printed")
      .option("--to <name>", "the environment that gets them")
      .option("--ring <number>", "clusters of this ring (the first ring that is behind)", ringOf)
      .addOption(
        new Option("--tenant-ring <number>", "tenants' own copies of this ring, after all clusters")
          .argParser(ringOf)
          .conflicts("ring"),
      )
      .option("--service <name>", "only this service (can be repeated)", collect, [])
      .option("--addon <name>", "only this addon (can be repeated)", collect, [])
      .option("--allow-downgrade", "also where something newer runs", false)
      .option("--skip-soak", "also before it has run long enough in the ring before: with --reason", false)
      .option("--reason <text>", "why, for the pull request"),
  )
    .addHelpText(
      "after",
      `
Refused: skipping an environment, images that the environment below never ran or runs in two versions, a ring before an earlier
one is done or has run for the environment's soak, held images.

Examples:
  bun run promote
  bun run promote --from testing --to staging --pr
  bun run promote --from staging --to prod --ring 1 --dry-run
  bun run promote --from staging --to prod --tenant-ring 2 --service frontend`,
    )
    .action(async (options) => {
      const { from, to } = options;
      if (from === undefined && to === undefined) {
        const steps = nextSteps(await Repository.read(io.cwd, { env: io.env }), today());
        io.stdout.write(nextStepsText(steps));
        const due = steps.filter((one) => one.step !== undefined);
        if (!io.stdin.isTTY || due.length === 0) return done(exitCode.done);
        // At a terminal the step that is due may be taken at once.
        const chosen = await io.stdin.choose("Take one now?", [
          { value: "none" },
          ...due.map((one) => ({
            value: `${one.from} to ${one.to}`,
            about: `${stepName(one.step!)}, ${counted(one.images, "images")}`,
          })),
        ]);
        const taken = due.find((one) => `${one.from} to ${one.to}` === chosen);
        if (taken === undefined) return done(exitCode.done);
        return done(await promote(io, { ...options, from: taken.from, to: taken.to }, true));
      }
      if (from === undefined || to === undefined)
        throw new UsageError("give --from and --to, or neither to see what is next");
      done(await promote(io, { ...options, from, to }, false));
    }),
);

interface PromoteOptions extends WriteOptions {
  from: string;
  to: string;
  ring?: number | undefined;
  tenantRing?: number | undefined;
  service: readonly string[];
  addon: readonly string[];
  allowDowngrade: boolean;
  skipSoak: boolean;
  reason?: string | undefined;
}

/** One step into an environment, checked and written; somebody who chose it is asked once more. */
async function promote(io: CommandIo, options: PromoteOptions, asked: boolean): Promise<ExitCode> {
  const { from, to, service: services, addon: addons } = options;
  checkReason("skip-soak", options.skipSoak, options.reason);
  const step = stepOption(options);
  return write(io, options, async (repository) => {
    const promotion = planPromotion(repository, { from, to, step, services, addons, today: today() });
    const { soak } = repository.documents.environments.get(to)!.document.spec;
    if (soak !== undefined && !options.skipSoak) {
      const { proven } = promotion;
      const since = await changedAt(
        io.cwd,
        proven.map(({ file }) => file),
      );
      const running = proven.map((image, index) => ({ image, since: since[index] }));
      refuseUnsoaked(running, minutesOf(soak)!, soak, new Date());
    }
    const { allowDowngrade } = options;
    const plan = setImages(repository, promotion.targets, { today: today(), allowDowngrade });
    if (promotion.step === undefined) io.stderr.write(`${to} already runs what ${from} runs\n`);
    else io.stderr.write(`${from} -> ${to}, ${stepName(promotion.step)}\n`);
    reportPlan(io, { moves: plan.moves, skipped: [...promotion.skipped, ...plan.skipped] });
    for (const later of promotion.later) io.stderr.write(`then: ${stepName(later.step)}, ${later.images} images\n`);
    return {
      changes: plan.changes,
      selection: { clusters: [...new Set(plan.moves.map(({ image }) => image.cluster))], applications: [] },
      next: "commit it and open a pull request; the next ring follows once it is merged and healthy",
      title: titleOf("clusters", `promote ${from} to ${to}:`, plan.moves),
      ...(options.reason === undefined ? {} : { description: `Before its soak is over: ${options.reason}` }),
      labels: ["image", "promotion"],
      confirm: asked ? () => [] : undefined,
    };
  });
}

if (import.meta.main) await main(run);
