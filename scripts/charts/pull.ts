import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode } from "../lib/core/errors.ts";
import { pullChart } from "../lib/fleet/pull-chart.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { runningCharts, sayCount } from "./options.ts";

/** Brings the archives that clusters run to this machine: validate renders them from then on. */
export const pullCommand = (io: CommandIo, done: Done) =>
  new Command("pull")
    .description("Bring the archive of every chart that a cluster runs to this machine, verified by its digest.")
    .option("--addon <name>", "only this addon (can be repeated)", collect, [])
    .option("--from <where>", "instead of upstream: a folder of archives, https://... or oci://...")
    .option("--registry <host>", "instead of upstream: a registry that charts mirror has filled")
    .option("--offline", "ask nobody: fail where an archive is not here", false)
    .action(async ({ addon, ...options }) => {
      const repository = await Repository.read(io.cwd, { env: io.env });
      const all = runningCharts(repository, addon);
      let pulled = 0;
      for (const { addon: name, locked } of all)
        if (await pullChart(repository, name, locked, options)) {
          io.stdout.write(`${name} ${locked.version} ${locked.digest}\n`);
          pulled++;
        }
      sayCount(io, pulled, `pulled, ${all.length - pulled} were here`);
      done(exitCode.done);
    });
