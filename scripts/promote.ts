import { Command, Option } from "@commander-js/extra-typings";

import { collect, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { setImages } from "./lib/image/bump.ts";
import { planPromotion, stepName } from "./lib/image/promote.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { saidOf, titleOf } from "./lib/write/moves.ts";
import { write } from "./lib/write/write.ts";

/** Takes images one rung and one ring further. */
export const run = runnable((io, done) =>
  new Command("promote")
    .description("Run in an environment exactly the images that run together in the one below, ring by ring.")
    .requiredOption("--from <name>", "the environment below")
    .requiredOption("--to <name>", "the environment that takes them")
    .option("--ring <number>", "clusters of this ring; the first that lags if nothing is said", ringOf)
    .addOption(
      new Option("--tenant-ring <number>", "own copies of tenants of this ring: after all clusters")
        .argParser(ringOf)
        .conflicts("ring"),
    )
    .option("--service <name>", "only this service (can be repeated)", collect, [])
    .option("--allow-downgrade", "also where something newer runs", false)
    .option("--dry-run", "print the plan and the changes, and write nothing", false)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Refused are skipped environments, what the environment below never ran or runs in two versions, a ring before an earlier one
has it, and images that are held.

Examples:
  bun run promote --from testing --to staging --pr
  bun run promote --from staging --to prod --ring 1 --dry-run
  bun run promote --from staging --to prod --tenant-ring 2 --service frontend`,
    )
    .action(async (options) => {
      const { from, to, ring, tenantRing, service } = options;
      const step =
        ring !== undefined
          ? ({ of: "clusters", ring } as const)
          : tenantRing !== undefined
            ? ({ of: "tenants", ring: tenantRing } as const)
            : undefined;
      done(
        await write(io, options, (content) => {
          for (const name of service)
            if (!content.tree.isFolder(`apps/services/${name}`)) throw new UsageError(`there is no service ${name}`);
          const promotion = planPromotion(content, { from, to, step, services: service, today: today() });
          const plan = setImages(content, promotion.targets, {
            today: today(),
            allowDowngrade: options.allowDowngrade,
          });
          if (promotion.step === undefined) io.stderr.write(`${to} runs all that ${from} runs\n`);
          else io.stderr.write(`${from} -> ${to}, ${stepName(promotion.step)}\n`);
          saidOf(io, { moves: plan.moves, left: [...promotion.left, ...plan.left] });
          for (const later of promotion.later)
            io.stderr.write(`then: ${stepName(later.step)}, ${later.images} images\n`);
          return {
            changes: plan.changes,
            selection: { clusters: [...new Set(plan.moves.map(({ image }) => image.cluster))], applications: [] },
            next: "commit it and open a pull request; the next ring follows once it is merged and well",
            title: titleOf("clusters", `promote ${from} to ${to}:`, plan.moves),
            labels: ["image", "promotion"],
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
