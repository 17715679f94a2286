import path from "node:path";

import { Command } from "@commander-js/extra-typings";

import { lookOf } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { sortFindings } from "./lib/core/finding.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { shardOf } from "./lib/fleet/selection.ts";
import { replaceFolder } from "./lib/io/output.ts";
import { manifestText, outputPath } from "./lib/render/output-files.ts";
import { findingsText } from "./lib/report/validation.ts";

/** Shows what the fleet renders to. */
export const run = runnable((io, done) =>
  new Command("render")
    .description("Print the manifests of the fleet as Argo CD applies them, or write them to a folder.")
    .option("--cluster <name>", "only this cluster (can be repeated)", collect, [])
    .option("--application <name>", "only this Application, as NAME or CLUSTER/NAME (can be repeated)", collect, [])
    .option("--raw", "as Helm and Kustomize print them, before Argo CD adds namespace and tracking", false)
    .option("--out <folder>", "write one file an object to this folder, which is replaced")
    .option("--shard <part>", "render the part I/N into the cache, for a machine of several, and print nothing")
    .option("--no-cache", "render everything anew and keep nothing")
    .addHelpText(
      "after",
      `
Examples:
  bun run --silent render --application prod-example/service-auth-service
  bun run render --cluster prod-example --out /tmp/prod-example
  bun run render --shard 2/4

Parts are shared by their cache: a file render/*.sqlite of another machine that is put into the folder render of this one's
cache is taken in by the next command. GITOPS_CACHE_LIMIT bounds the cache, in MiB (1024).

Ends with 0, with 1 if something could not be rendered, 2 for wrong usage, 3 if a program is missing or failed.`,
    )
    .action(async (options) => {
      const shard = options.shard === undefined ? undefined : shardOf(options.shard);
      if (shard !== undefined && (!options.cache || options.out !== undefined))
        throw new UsageError("--shard fills the cache: leave --no-cache and --out out");
      const progress = progressLine(io.stderr, "rendering");
      const { fleet, findings } = await loadFleet(
        await Repository.read(io.cwd, { env: io.env, cache: options.cache }),
        {
          selection: {
            clusters: options.cluster,
            applications: options.application,
            ...(shard === undefined ? {} : { shard }),
          },
          progress: progress.update,
        },
      ).finally(progress.clear);
      const objects = fleet.applications
        .filter(({ notRendered }) => notRendered === undefined)
        .flatMap((application) => application.objects.map((object) => ({ application, object })));
      const textOf = ({ object }: (typeof objects)[number]) => manifestText(options.raw ? object.raw : object.object);
      if (shard !== undefined) {
        const rendered = fleet.applications.filter(({ notRendered }) => notRendered === undefined);
        io.stderr.write(`${rendered.length} of ${fleet.applications.length} Applications are in the cache\n`);
      } else if (options.out === undefined) {
        for (const item of objects) {
          io.stdout.write(
            `---\n# ${item.application.id}${item.object.file === undefined ? "" : `: ${item.object.file}`}\n`,
          );
          io.stdout.write(textOf(item));
        }
      } else {
        const files = new Map(objects.map((item) => [outputPath(item.application, item.object), textOf(item)]));
        await replaceFolder(path.resolve(io.cwd, options.out), files);
        io.stderr.write(`${files.size} objects written to ${options.out}\n`);
      }
      io.stderr.write(findingsText(sortFindings(findings), lookOf(io.stderr).colour));
      done(findings.some(({ severity }) => severity === "error") ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
