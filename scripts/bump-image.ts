import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { exitCode } from "./lib/core/errors.ts";
import type { Omission } from "./lib/core/finding.ts";
import { setImages } from "./lib/image/bump.ts";
import { checkReason, refuseUnproven } from "./lib/image/proof.ts";
import { checkWanted, resolveTargets } from "./lib/image/resolve.ts";
import { selectImages } from "./lib/image/select.ts";
import { registries } from "./lib/io/registry.ts";
import { imageOptions, selectionOf } from "./lib/write/image-options.ts";
import { reportPlan, titleOf } from "./lib/write/moves.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Writes image files: the one way a version changes. */
export const run = runnable((io, done) =>
  writerOptions(
    imageOptions(
      new Command("bump-image").description(
        "Set the version of services, tag and digest, in every selected image file, in one change.",
      ),
    )
      .option("--tag <tag>", "the version; its digest comes from the registry")
      .option("--latest <range>", 'the newest version in a range, such as "^1.4"')
      .option("--digest <digest>", "digest of the image index, if it is known: then no registry is asked")
      .option("--registry <host>", "ask this registry instead of those of the clusters, which have to agree")
      .option("--allow-downgrade", "also set an older version, or another digest of the same tag", false)
      .option("--skip-promotion", "also where the environment below does not run it: a hotfix, with --reason", false)
      .option("--reason <text>", "why a promotion is skipped; it stands in the pull request"),
  )
    .addHelpText(
      "after",
      `
A version starts in the lowest environment and is promoted from there; elsewhere bump-image takes what the environment below
runs. Held images are skipped and listed. Credentials for the registry come from REGISTRY_USERNAME and REGISTRY_PASSWORD.

Examples:
  bun run bump-image --service case-service --environment dev --tag v1.5.0 --pr
  bun run bump-image --environment dev --latest "^1" --dry-run
  bun run bump-image --service frontend --tenant umbrella --tag v2.1.0 --digest sha256:...`,
    )
    .action(async (options) => {
      checkWanted(options, options.service);
      checkReason("skip-promotion", options.skipPromotion, options.reason);
      const selection = selectionOf(options);
      const registry = registries(io.env);
      let held: Omission[] = [];
      const code = await write(io, options, async (repository) => {
        const images = selectImages(repository, selection).filter(({ kind }) => kind === "image");
        const targets = await resolveTargets(repository, images, options, registry);
        if (!options.skipPromotion) refuseUnproven(repository, targets, today());
        const plan = setImages(repository, targets, { today: today(), allowDowngrade: options.allowDowngrade });
        reportPlan(io, plan);
        held = plan.moves.length === 0 ? plan.skipped : [];
        return {
          changes: plan.changes,
          selection: { clusters: [...new Set(plan.moves.map(({ image }) => image.cluster))], applications: [] },
          next: "commit it and open a pull request; bun run promote takes it to the next environment",
          title: titleOf("clusters", "run", plan.moves),
          description: options.reason,
          labels: options.skipPromotion ? ["image", "hotfix"] : ["image"],
        };
      });
      done(code === exitCode.done && held.length > 0 ? exitCode.findings : code);
    }),
);

if (import.meta.main) await main(run);
