import { Command } from "@commander-js/extra-typings";

import { digestOf } from "../lib/addon/artifact.ts";
import { chartRepository, definitionsRepository } from "../lib/argocd/pull-source.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode, ToolError } from "../lib/core/errors.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { ChartRegistry } from "../lib/io/chart-registry.ts";
import { chartSource } from "../lib/io/chart-source.ts";
import { runningCharts, sayCount } from "./options.ts";

/** Asks upstream and every cluster's registry whether they still have what is locked. */
export const verifyCommand = (io: CommandIo, done: Done) =>
  new Command("verify")
    .description("Ask upstream and the registries of the clusters whether they have the bytes that are locked.")
    .option("--addon <name>", "only this addon (can be repeated)", collect, [])
    .option("--from <where>", "instead of upstream: a folder of archives, https://... or oci://...")
    .option("--registry <host>", "only this registry, not upstream and not those of the clusters")
    .action(async ({ addon, from, registry }) => {
      const repository = await Repository.read(io.cwd, { env: io.env });
      const { documents } = repository;
      const all = runningCharts(repository, addon);
      const problems: string[] = [];
      const ask = async (what: string, question: () => Promise<string>, wanted: string) => {
        try {
          const found = await question();
          if (found !== wanted) problems.push(`${what}: ${found}, not ${wanted}, which is locked`);
        } catch (error) {
          if (!(error instanceof ToolError)) throw error;
          problems.push(error.message);
        }
      };
      for (const { addon: name, locked, clusters } of all) {
        const { source } = documents.addons.get(name)!.document.spec;
        const { version, archive, digest, definitions } = locked;
        if (registry === undefined)
          await ask(
            `${name} ${version} of ${from ?? source.repository}`,
            async () => digestOf(await chartSource(source, { env: io.env }, from).archive(version)),
            archive,
          );
        const own = clusters.map((cluster) => documents.clusters.get(cluster)!.document.spec.registry);
        for (const host of registry === undefined ? new Set(own) : [registry]) {
          const client = new ChartRegistry(host, { env: io.env });
          const pull = (of: typeof chartRepository, reference: string) => async () =>
            (await client.pull(of("", name).slice(1), reference)).digest;
          await ask(`${name} ${version} in ${host}`, pull(chartRepository, digest), digest);
          if (definitions !== undefined)
            await ask(
              `definitions of ${name} ${version} in ${host}`,
              pull(definitionsRepository, definitions),
              definitions,
            );
        }
      }
      for (const problem of problems) io.stdout.write(`${problem}\n`);
      sayCount(
        io,
        all.length,
        problems.length === 0 ? "verified" : `asked about, ${problems.length} answers are wrong`,
      );
      done(problems.length === 0 ? exitCode.done : exitCode.findings);
    });
