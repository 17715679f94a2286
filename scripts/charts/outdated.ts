import { Command, Option } from "@commander-js/extra-typings";
import { compare, prerelease, valid } from "semver";

import type { CommandIo } from "../lib/command/io.ts";
import { lookOf } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode, ToolError } from "../lib/core/errors.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { chartSource } from "../lib/io/chart-source.ts";
import { plainTable } from "../lib/report/table.ts";
import { runningCharts } from "./options.ts";

/** Which charts upstream has newer. */
export const outdatedCommand = (io: CommandIo, done: Done) =>
  new Command("outdated")
    .description("Ask upstream for newer versions of the charts that clusters run.")
    .option("--addon <name>", "only this addon (can be repeated)", collect, [])
    .option("--from <where>", "instead of upstream: https://... or oci://...")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .action(async ({ addon, from, format }) => {
      const repository = await Repository.read(io.cwd, { env: io.env });
      const rows: string[][] = [];
      const failed: string[] = [];
      for (const { addon: name, locked, clusters } of runningCharts(repository, addon)) {
        const { source, endOfLife } = repository.documents.addons.get(name)!.document.spec;
        try {
          const versions = (await chartSource(source, { env: io.env }, from).versions()).filter(
            (version) => valid(version) !== null && prerelease(version) === null,
          );
          const newest = versions.toSorted(compare).at(-1);
          if (newest === undefined || compare(newest, locked.version) <= 0) continue;
          rows.push([name, locked.version, newest, endOfLife, clusters.join(", ")]);
        } catch (error) {
          // One repository that is away hides none of the others.
          if (!(error instanceof ToolError)) throw error;
          failed.push(error.message);
        }
      }
      if (format === "json") {
        const outdated = rows.map(([name, runs, newest, fixesUntil, where]) => ({
          addon: name,
          runs,
          newest,
          fixesUntil,
          clusters: where!.split(", "),
        }));
        io.stdout.write(`${JSON.stringify({ outdated }, null, 2)}\n`);
      } else if (rows.length > 0)
        io.stdout.write(
          plainTable(["addon", "runs", "newest", "fixes until", "clusters"], rows, lookOf(io.stdout).colour),
        );
      if (failed.length > 0) throw new ToolError(failed.join("\n"));
      done(rows.length === 0 ? exitCode.done : exitCode.findings);
    });
