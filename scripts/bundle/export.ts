import path from "node:path";

import { Option } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode, UsageError } from "../lib/core/errors.ts";
import { advance, expectFolder } from "../lib/io/part-git.ts";
import { exportedReport } from "../lib/report/bundle.ts";
import { makePart, partCommand } from "./options.ts";

/** One customer's Git, without what else there is: what Argo CD of a customer's own cluster reads. */
export const exportCommand = (io: CommandIo, done: Done) =>
  partCommand("export", "Write the part of the repository that some clusters may see, as a repository of its own.")
    .option("--out <folder>", "to this folder: its branch main gets one more commit, or is made")
    .option("--push <url>", "to the branch main of this address instead")
    .option("--repository <url>", "clusters pull from here, in place of the address of their facts")
    .option("--dry-run", "say what it would be, and write nothing", false)
    .addOption(
      new Option("--format <format>", "how it is said").choices(["text", "json"] as const).default("text" as const),
    )
    .action(async (options) => {
      const { out, push, dryRun } = options;
      if ((out === undefined) === (push === undefined) && !dryRun)
        throw new UsageError("give --out FOLDER, or --push URL");
      if (out !== undefined) await expectFolder(path.resolve(io.cwd, out));
      const { git, part, files, revision } = await makePart(io, options);
      try {
        const target = out === undefined ? { url: push ?? "" } : { folder: path.resolve(io.cwd, out) };
        const written = dryRun ? undefined : await advance(git, target, io.env);
        const count = files.size;
        io.stdout.write(
          exportedReport({ ...part, revision, tree: git.tree, files: count, ...written }, options.format),
        );
        done(exitCode.done);
      } finally {
        await git.remove();
      }
    });
