import { Command } from "@commander-js/extra-typings";

import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { UsageError } from "./lib/core/errors.ts";
import { everything, selectedClusters } from "./lib/fleet/selection.ts";
import { nameProblem } from "./lib/model/names.ts";
import { pathOf } from "./lib/repo/address.ts";
import { newService } from "./lib/service/new-service.ts";
import { writerOptions } from "./lib/write/options.ts";
import { refuseDifferences } from "./lib/write/preview.ts";
import { write } from "./lib/write/write.ts";

/** Scaffolds a service and deploys it on the clusters named. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("new-service")
      .description("Add a service: its values, and a folder on each cluster that runs it.")
      .argument("<name>", "lower-case letters, digits and hyphens")
      .requiredOption("--purpose <sentence>", "what it is for, in one sentence")
      .requiredOption("--cluster <name>", "deploy it on this cluster (can be repeated)", collect, [])
      .requiredOption("--tag <tag>", "image tag")
      .requiredOption("--digest <digest>", "image digest, sha256:...")
      .option("--calls <service>", "a service it calls (can be repeated)", collect, [])
      .option("--store <store>", "a store it uses (can be repeated)", collect, [])
      .option("--internet", "it calls public addresses", false),
  )
    .addHelpText(
      "after",
      `
Example:
  bun run new-service billing-service --purpose "Invoices and payments." --cluster dev-local --cluster dev-eu1 \\
    --calls auth-service --store postgresql --tag v0.1.0 --digest sha256:...

It writes all files or none, and only what bun run validate accepts.`,
    )
    .action(async (name, options) => {
      const problem = nameProblem(name);
      if (problem !== undefined) throw new UsageError(problem);
      if (/[\n\r]/.test(options.purpose)) throw new UsageError("--purpose has more than one line: write one sentence");
      done(
        await write(io, options, ({ clusters, documents, tree }) => {
          const chosen = selectedClusters({ clusters: options.cluster, applications: [] }, clusters);
          const changes = newService({
            ...options,
            name,
            stores: options.store,
            clusters: chosen.map((cluster) => ({
              name: cluster,
              environment: documents.clusters.get(cluster)?.document.spec.environment ?? "",
            })),
          });
          refuseDifferences(tree, changes);
          const next = `set its resources in ${changes[0]!.path}; to publish it, add a route to ${pathOf("service", { service: "api-gateway" }, "values.yaml")}`;
          return { changes, selection: everything, next, title: `feat(apps): new service ${name}` };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
