import { Command } from "@commander-js/extra-typings";

import { LayoutError } from "../lib/bundle/layout.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { progressLine } from "../lib/command/progress.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode } from "../lib/core/errors.ts";
import { openLayout } from "../lib/io/layout.ts";
import { existingPath } from "../lib/io/user-path.ts";
import { bundleText } from "../lib/report/bundle.ts";
import { trustedBundle } from "../lib/write/trusted-bundle.ts";
import { expectOption, signersOption, unsignedOption } from "./options.ts";

/** Whether a bundle is whole, unchanged, and from whom it should be. Asks nobody. */
export const verifyCommand = (io: CommandIo, done: Done) =>
  new Command("verify")
    .description("Say whether a bundle is whole and unchanged, whose signature it has, and of which clusters it is.")
    .argument("<bundle>", "its file or folder")
    .addOption(signersOption)
    .addOption(unsignedOption)
    .addOption(expectOption())
    .action(async (place, { signers, unsigned, cluster }) => {
      const progress = progressLine(io.stderr, "checking");
      await refusing(io, done, place, async () => {
        const layout = await openLayout(await existingPath(io, place));
        const trust = { signers: signers ?? io.env["GITOPS_BUNDLE_SIGNERS"], unsigned, clusters: cluster };
        const { info, items, signer } = await trustedBundle(layout, { ...trust, progress: progress.update }).finally(
          progress.clear,
        );
        io.stdout.write(`${bundleText(info)}\n`);
        io.stdout.write(`${items.length - 1} images, charts and definitions, ${layout.sizes.size} files\n`);
        io.stdout.write(signer === undefined ? "not asked whose it is\n" : `signed by ${signer}\n`);
        done(exitCode.done);
      });
    });

/** Says of a bundle that is refused why, with the code of a finding: nothing was wrong with the command. */
export async function refusing(io: CommandIo, done: Done, place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    io.stderr.write(`error: ${place} ${error.message}: nothing of it is used\n`);
    done(exitCode.findings);
  }
}
