import { Command } from "@commander-js/extra-typings";

import { lockChange, withChart } from "../lib/addon/lock.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { lockChart } from "../lib/fleet/lock-chart.ts";
import { pullChart } from "../lib/fleet/pull-chart.ts";
import { readArchive } from "../lib/io/archives.ts";
import { registries } from "../lib/io/registry.ts";
import { writerOptions } from "../lib/write/options.ts";
import { write } from "../lib/write/write.ts";
import { runningCharts } from "./options.ts";

/** Writes into the locks which images the charts run, by digest. */
export const imagesCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("images")
      .description("Lock the images of charts anew by digest, as addon.yaml names them and the charts render them.")
      .option("--addon <name>", "only this addon (can be repeated)", collect, [])
      .option("--from <where>", "archives from here instead of upstream: a folder, https://... or oci://...")
      .option("--registry <host>", "ask this registry, which mirrors the images, for their digests"),
  ).action(async (options) => {
    done(
      await write(io, options, async (repository) => {
        const ask = { ask: registries(io.env), registry: options.registry, renew: true };
        const all = runningCharts(repository, options.addon);
        const changes = [];
        for (const [addon, own] of Map.groupBy(all, (chart) => chart.addon)) {
          let charts = repository.documents.addonLocks.get(addon)!.document.spec.charts;
          for (const { locked } of own) {
            await pullChart(repository, addon, locked, { offline: false, from: options.from });
            const archive = (await readArchive(io.env, "chart", locked.digest))!;
            charts = withChart(charts, await lockChart(repository, addon, locked.version, archive, ask));
          }
          changes.push(lockChange(addon, charts));
        }
        return {
          changes,
          selection: { clusters: [...new Set(all.flatMap(({ clusters }) => clusters))], applications: [] },
          next: "mirror the images, then commit it and open a pull request",
          title: "chore(apps): lock images of charts",
          labels: ["chart"],
        };
      }),
    );
  });
