import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, today } from "./lib/core/clock.ts";
import { whereOf } from "./lib/image/deployed.ts";
import { holdImages, holdRequest, imagesToHold } from "./lib/image/hold.ts";
import { selectImages } from "./lib/image/select.ts";
import { addonOption, imageOptions, selectionOf } from "./lib/write/image-options.ts";
import { servicesText } from "./lib/write/moves.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Keeps images at their version, for a time and with a reason. */
export const run = runnable((io, done) =>
  writerOptions(
    imageOptions(
      new Command("hold").description(
        "Hold images at their version: no bump and no promotion changes them until the hold is released or expires.",
      ),
    )
      .addOption(addonOption)
      .option("--reason <text>", "why, for whoever finds the hold later")
      .option("--expires <day>", "last day of the hold, YYYY-MM-DD (in two weeks)")
      .option("--release", "release the hold instead", false),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run hold --service case-service --cluster prod-example --reason "leaks memory, OPS-812" --expires 2027-01-15
  bun run hold --addon cert-manager --environment prod --reason "OPS-820"
  bun run hold --release --service case-service --cluster prod-example`,
    )
    .action(async (options) => {
      const { release } = options;
      const selection = selectionOf(options);
      const hold = holdRequest(options, { today: today(), until: dayAfter(14) });
      done(
        await write(io, options, (repository) => {
          const images = imagesToHold(selectImages(repository, selection), hold);
          for (const image of images)
            io.stderr.write(`${release ? "released" : "held"}: ${image.service} ${image.tag} on ${whereOf(image)}\n`);
          return {
            changes: holdImages(repository, images, hold),
            selection: { clusters: [...new Set(images.map(({ cluster }) => cluster))], applications: [] },
            next: "commit it and open a pull request",
            title: `fix(clusters): ${release ? "release" : "hold"} ${servicesText(images)}`,
            description: hold === undefined ? undefined : `${hold.reason} (until ${hold.expires})`,
            labels: ["image", "hold"],
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
