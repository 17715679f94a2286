import { Command } from "@commander-js/extra-typings";

import { artifactOf } from "../lib/addon/artifact.ts";
import { chartRepository, definitionsRepository } from "../lib/argocd/pull-source.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode } from "../lib/core/errors.ts";
import { pullChart } from "../lib/fleet/pull-chart.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { readArchive } from "../lib/io/archives.ts";
import { ChartRegistry } from "../lib/io/chart-registry.ts";
import { runningCharts, sayCount } from "./options.ts";

/** Copies what clusters run into their registries, from which their Argo CD pulls it. */
export const mirrorCommand = (io: CommandIo, done: Done) =>
  new Command("mirror")
    .description("Push the charts that clusters run, and their definitions, to the registries of these clusters.")
    .option("--addon <name>", "only this addon (can be repeated)", collect, [])
    .option("--cluster <name>", "only to the registry of this cluster (can be repeated)", collect, [])
    .option("--from <where>", "instead of upstream: a folder of archives, https://... or oci://...")
    .option("--to <host>", "to this registry instead: one that a customer's is filled from")
    .action(async ({ addon, cluster, from, to }) => {
      const repository = await Repository.read(io.cwd, { env: io.env });
      let pushed = 0;
      let all = 0;
      for (const { addon: name, locked, clusters } of runningCharts(repository, addon)) {
        await pullChart(repository, name, locked, { offline: false, from });
        const chosen = clusters.filter((own) => cluster.length === 0 || cluster.includes(own));
        const own = chosen.map((one) => repository.documents.clusters.get(one)!.document.spec.registry);
        const hosts = new Set(to === undefined ? own : chosen.length === 0 ? [] : [to]);
        for (const host of hosts) {
          const registry = new ChartRegistry(host, { env: io.env });
          const { version, digest, definitions } = locked;
          const parts = [
            { kind: "chart" as const, digest, repository: chartRepository("", name).slice(1) },
            { kind: "manifests" as const, digest: definitions, repository: definitionsRepository("", name).slice(1) },
          ];
          for (const part of parts) {
            if (part.digest === undefined) continue;
            const bytes = (await readArchive(io.env, part.kind, part.digest))!;
            all++;
            // OCI knows no plus in a tag.
            if (!(await registry.push(part.repository, version.replaceAll("+", "_"), artifactOf(part.kind, bytes))))
              continue;
            io.stdout.write(`${host}/${part.repository}:${version}@${part.digest}\n`);
            pushed++;
          }
        }
      }
      sayCount(io, pushed, `and definitions pushed, ${all - pushed} were there`);
      done(exitCode.done);
    });
