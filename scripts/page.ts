import path from "node:path";

import { Command } from "@commander-js/extra-typings";

import { type CommandIo } from "./lib/command/io.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { exitCode, ToolError } from "./lib/core/errors.ts";
import { compareFleets } from "./lib/diff/sides.ts";
import { failureText, loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { commitsSince, resolveCommit } from "./lib/io/git.ts";
import { replaceFolder } from "./lib/io/output.ts";
import { pageProgram } from "./lib/io/page-program.ts";
import { applicationsData } from "./lib/report/page/applications.ts";
import { differenceOf } from "./lib/report/page/difference.ts";
import { pageDocument } from "./lib/report/page/document.ts";
import { ObjectPool } from "./lib/report/page/object-pool.ts";
import { pageData } from "./lib/report/page/page.ts";
import { judge } from "./lib/validate/validate.ts";

/** The fleet as a page. */
export const run = runnable((io, done) =>
  new Command("page")
    .description("Write the whole fleet as one web page: versions, tenants, who may talk to whom, findings, objects.")
    .argument("[revision]", "a revision to show; the working folder if none is named")
    .requiredOption("--out <folder>", "write index.html to this folder, which is replaced")
    .option("--base <revision>", "also show what differs from this revision, and what that does")
    .option("--day <date>", "judge holds and exceptions as of this day, YYYY-MM-DD; today without it")
    .addHelpText(
      "after",
      `
Examples:
  bun run page --out /tmp/fleet
  bun run page --base origin/main --out /tmp/fleet

The page is one file that works from disk and asks no server for anything. Ends with 0 also where the fleet has errors, which
the page names; with 3 if a program is missing or failed.`,
    )
    .action(async (revision, { out, base, day = today() }) => {
      const repository = await Repository.read(io.cwd, { env: io.env, revision });
      const progress = progressLine(io.stderr, "rendering");
      const loaded = await loadFleet(repository, { progress: progress.update, partial: true }).finally(progress.clear);
      const validation = judge(loaded, day);
      const objects = new ObjectPool();
      const applications = applicationsData(loaded.fleet, objects);
      const difference =
        base === undefined ? undefined : await compared(repository, loaded, { base, objects, progress });
      const data = pageData({
        repository,
        validation,
        today: day,
        applications: applications.rows,
        ...(revision === undefined ? {} : { shown: await placeOfCommit(io, revision) }),
        ...(difference === undefined ? {} : { difference }),
      });
      const page = pageDocument(await pageProgram(), data, {
        objectBlocks: objects.blocks,
        valueBlocks: applications.valueBlocks,
      });
      await replaceFolder(path.resolve(io.cwd, out), new Map([["index.html", page]]));
      io.stderr.write(`${path.join(out, "index.html")}: ${(page.length / 2 ** 20).toFixed(1)} MiB\n`);
      if (validation.failed.length > 0) throw new ToolError(failureText(validation.failed));
      done(exitCode.done);
    }),
);

async function compared(
  repository: Repository,
  { fleet, judge: asked }: Awaited<ReturnType<typeof loadFleet>>,
  { base, objects, progress }: { base: string; objects: ObjectPool; progress: ReturnType<typeof progressLine> },
) {
  const before = await repository.at(base);
  const { fleet: old } = await loadFleet(before, { progress: progress.update }).finally(progress.clear);
  const commit = await resolveCommit(repository.root, base);
  return differenceOf(await compareFleets(old, fleet, asked), commit.slice(0, 12), objects);
}

async function placeOfCommit({ cwd }: CommandIo, revision: string) {
  return { commit: await resolveCommit(cwd, revision), behind: await commitsSince(cwd, revision) };
}

if (import.meta.main) await main(run);
