import { Command } from "@commander-js/extra-typings";

import { dryRunOption, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, today } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { whereOf } from "./lib/image/deployed.ts";
import { checkHold, holdImages } from "./lib/image/hold.ts";
import { selectImages } from "./lib/image/select.ts";
import {
  clusterOption,
  environmentOption,
  ringOption,
  selectionOf,
  serviceOption,
  tenantOption,
} from "./lib/write/image-options.ts";
import { write } from "./lib/write/write.ts";

/** Keeps images as they are, for a time and with a reason. */
export const run = runnable((io, done) =>
  new Command("hold")
    .description(
      "Hold images at what they are: no bump and no promotion changes them until the hold is released or over.",
    )
    .addOption(serviceOption)
    .addOption(clusterOption)
    .addOption(environmentOption)
    .addOption(ringOption)
    .addOption(tenantOption)
    .option("--reason <text>", "why: for who finds it later")
    .option("--expires <day>", "its last day, YYYY-MM-DD; in two weeks if nothing is said")
    .option("--release", "let them go", false)
    .addOption(dryRunOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Examples:
  bun run hold --service case-service --cluster prod-eu1 --reason "leaks memory, OPS-812" --expires 2027-01-15
  bun run hold --release --service case-service --cluster prod-eu1`,
    )
    .action(async (options) => {
      const { reason, expires, release } = options;
      if (release && (reason !== undefined || expires !== undefined))
        throw new UsageError("--release takes neither --reason nor --expires: the pull request says why");
      if (!release && reason === undefined)
        throw new UsageError("--reason is missing: say why, for who finds it later");
      const selection = selectionOf(options);
      done(
        await write(io, options, (content) => {
          const chosen = selectImages(content, selection);
          const images = release ? chosen.filter(({ hold }) => hold !== undefined) : chosen;
          if (images.length === 0) throw new UsageError("nothing of it is held: bun run status shows what is");
          const hold = release ? undefined : checkHold({ reason: reason!, expires: expires ?? dayAfter(14) }, today());
          for (const image of images)
            io.stderr.write(`${release ? "released" : "held"}: ${image.service} ${image.tag} on ${whereOf(image)}\n`);
          const services = [...new Set(images.map(({ service }) => service))];
          const what = services.length <= 2 ? services.join(" and ") : `${services.length} services`;
          return {
            changes: holdImages(content, images, hold),
            selection: { clusters: [...new Set(images.map(({ cluster }) => cluster))], applications: [] },
            next: "commit it and open a pull request",
            title: `fix(clusters): ${release ? "release" : "hold"} ${what}`,
            description: hold === undefined ? undefined : `${hold.reason} (until ${hold.expires})`,
            labels: ["image", "hold"],
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
