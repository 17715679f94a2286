import { Command } from "@commander-js/extra-typings";

import { ask, listOf } from "./lib/command/ask.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { everything, selectedClusters } from "./lib/fleet/selection.ts";
import { nameProblem } from "./lib/model/names.ts";
import { pathOf } from "./lib/repo/address.ts";
import { offeredClusters, offeredServices } from "./lib/repo/offered.ts";
import { newService } from "./lib/service/new-service.ts";
import { storeNames } from "./lib/store/account.ts";
import { writerOptions } from "./lib/write/options.ts";
import { refuseDifferences } from "./lib/write/preview.ts";
import { write } from "./lib/write/write.ts";

/** Scaffolds a service and deploys it on the clusters named. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("new-service")
      .description("Add a service: its values, and a folder on each cluster that runs it.")
      .argument("[name]", "lower-case letters, digits and hyphens")
      .option("--purpose <sentence>", "what it is for, in one sentence")
      .option("--cluster <name>", "deploy it on this cluster (can be repeated)", collect, [])
      .option("--tag <tag>", "image tag")
      .option("--digest <digest>", "image digest, sha256:...")
      .option("--calls <service>", "a service it calls (can be repeated)", collect, [])
      .option("--store <store>", "a store it uses (can be repeated)", collect, [])
      .option("--internet", "it calls public addresses", false),
  )
    .addHelpText(
      "after",
      `
Example:
  bun run new-service billing-service --purpose "Invoices and payments." --cluster local-example --cluster dev-example \\
    --calls auth-service --store postgresql --tag v0.1.0 --digest sha256:...

It writes all files or none, and only what bun run validate accepts.`,
    )
    .action(async (given, own) => {
      const read = () => Repository.read(io.cwd, { env: io.env });
      const several = (values: readonly string[]) => (values.length === 0 ? undefined : values.join(","));
      const { answers, asked } = await ask(io, {
        name: { option: "the service's name", text: "Name of the service", given, check: nameProblem },
        purpose: { option: "--purpose", text: "What it is for, in one sentence", given: own.purpose },
        tag: { option: "--tag", text: "Tag of its image", given: own.tag },
        digest: { option: "--digest", text: "Digest of its image", given: own.digest, check: digestProblem },
        cluster: {
          option: "--cluster",
          text: "Clusters that run it",
          given: several(own.cluster),
          choices: async () => offeredClusters(await read()),
          many: true,
        },
        calls: {
          option: "--calls",
          text: "Services that it calls",
          given: several(own.calls),
          otherwise: "",
          choices: async () => offeredServices(await read()),
          many: true,
        },
        store: {
          option: "--store",
          text: "Stores that it uses",
          given: several(own.store),
          otherwise: "",
          choices: () => storeNames.map((value) => ({ value })),
          many: true,
        },
      });
      const { name, purpose, tag, digest } = answers;
      const [clusters, calls, stores] = [answers.cluster, answers.calls, answers.store].map(listOf) as [
        string[],
        string[],
        string[],
      ];
      const problem = nameProblem(name);
      if (problem !== undefined) throw new UsageError(problem);
      if (/[\n\r]/.test(purpose)) throw new UsageError("--purpose has more than one line: write one sentence");
      done(
        await write(io, own, ({ clusters: all, documents, tree }) => {
          const chosen = selectedClusters({ clusters, applications: [] }, all);
          const changes = newService({
            name,
            purpose,
            tag,
            digest,
            calls,
            stores,
            internet: own.internet,
            clusters: chosen.map((cluster) => ({
              name: cluster,
              environment: documents.clusters.get(cluster)?.document.spec.environment ?? "",
            })),
          });
          refuseDifferences(tree, changes);
          const next = `set its resources in ${changes[0]!.path}; to publish it, add a route to ${pathOf("service", { service: "api-gateway" }, "values.yaml")}`;
          return {
            changes,
            selection: everything,
            next,
            title: `feat(apps): new service ${name}`,
            confirm: asked ? () => [`${name}: ${purpose}`, `on ${clusters.join(", ")}`] : undefined,
          };
        }),
      );
    }),
);

const digestProblem = (digest: string): string | undefined =>
  /^sha256:[0-9a-f]{64}$/.test(digest) ? undefined : "write it like sha256: and 64 hexadecimal digits";

if (import.meta.main) await main(run);
