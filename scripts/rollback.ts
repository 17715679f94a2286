import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, today } from "./lib/core/clock.ts";
import { stillDiffers } from "./lib/diff/still-differs.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { folderOf, whereOf } from "./lib/image/deployed.ts";
import { checkHold } from "./lib/image/hold.ts";
import { rollbackChanges, sharedValuesFiles } from "./lib/image/rollback.ts";
import { selectImages } from "./lib/image/select.ts";
import { resolveCommit } from "./lib/io/git.ts";
import { addonOption, imageOptions, selectionOf } from "./lib/write/image-options.ts";
import { reportSkipped, servicesText } from "./lib/write/moves.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Brings back what ran before, and holds it there. */
export const run = runnable((io, done) =>
  writerOptions(
    imageOptions(
      new Command("rollback")
        .description("Bring services, clusters, environments or tenants back to what a commit rendered, and hold them.")
        .requiredOption("--to <commit>", "the last good commit")
        .requiredOption("--reason <text>", "why; it stands in the hold, for whoever finds it later")
        .addOption(addonOption)
        .option("--expires <day>", "last day of the hold, YYYY-MM-DD (in two weeks)"),
    ),
  )
    .addHelpText(
      "after",
      `
Only files of the selection are restored: images, and values of the service there; without --service also the values of the
whole cluster, environment or tenant. Secrets and facts stay. What still differs from the commit is listed, with its files.

Examples:
  bun run rollback --service case-service --cluster prod-example --to HEAD~1 --reason "OPS-812: cases can't be closed" --pr
  bun run rollback --environment prod --to v1.4.0 --reason "OPS-813" --dry-run`,
    )
    .action(async (options) => {
      const selected = selectionOf(options);
      const hold = checkHold({ reason: options.reason, expires: options.expires ?? dayAfter(14) }, today());
      const commit = await resolveCommit(io.cwd, options.to);
      const short = commit.slice(0, 12);
      done(
        await write(io, options, async (repository) => {
          const then = await repository.at(commit);
          const images = selectImages(repository, selected);
          const scope = { images, files: sharedValuesFiles(selected) };
          const { changes, back, skipped } = rollbackChanges(repository, then, scope, hold);
          for (const { image, tag } of back)
            io.stderr.write(
              `back: ${image.service} on ${whereOf(image)}: ${image.tag} -> ${tag}, held until ${hold.expires}\n`,
            );
          reportSkipped(io, skipped);
          const selection = { clusters: [...new Set(images.map(({ cluster }) => cluster))], applications: [] };
          const before = await loadFleet(then, { selection });
          const after = await loadFleet(repository.with(changes), { selection });
          const folders = new Set(images.map(folderOf));
          for (const { application, object, files } of stillDiffers(before.fleet, after.fleet, folders))
            io.stderr.write(`still differs from ${short}: ${application} ${object} (${files.join(", ")})\n`);
          return {
            changes,
            selection,
            next: "commit it and open a pull request; bun run hold --release lets bumps and promotions go on",
            title: `fix(clusters): bring ${servicesText(back.map(({ image }) => image))} back to ${short}`,
            description: options.reason,
            labels: ["image", "rollback"],
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
