import { Command } from "@commander-js/extra-typings";

import { expandedCluster } from "./lib/cluster/expanded.ts";
import { orphansOf } from "./lib/cluster/orphans.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { Kubectl } from "./lib/io/kubectl.ts";
import { findTools } from "./lib/io/tools.ts";
import { named } from "./lib/repo/content.ts";

/** Removes what Git names no more, one Application at a time, on purpose. */
export const run = runnable((io, done) =>
  new Command("reap")
    .description("List Applications that a cluster has and Git names no more; remove one of them, with evidence.")
    .requiredOption("--cluster <name>", "the cluster")
    .requiredOption(
      "--context <name>",
      "context of your kubeconfig; its cluster's fingerprint has to be that of the facts",
    )
    .option("--application <name>", "remove this one, and everything it deployed")
    .option("--evidence <text>", "why it may go: a backup, a ticket, a signed request")
    .addHelpText(
      "after",
      `
Examples:
  bun run reap --cluster prod-eu1 --context prod-eu1
  bun run reap --cluster prod-eu1 --context prod-eu1 --application service-old --evidence "moved to prod-us1, see the pull request"`,
    )
    .action(async ({ cluster, context, application, evidence }) => {
      if ((application === undefined) !== (evidence === undefined))
        throw new UsageError("--application and --evidence go together");
      if (evidence?.trim().length === 0) throw new UsageError("--evidence is empty");
      const { applications, facts } = await expandedCluster(await Repository.read(io.cwd, { env: io.env }), cluster);
      const kubectl = new Kubectl((await findTools(io.env)).kubectl.program, context, io.env);
      await kubectl.expectFingerprint(cluster, facts.spec.fingerprint);
      const orphans = orphansOf(await kubectl.applications(), applications);
      if (application === undefined) {
        for (const { name, objects } of orphans)
          io.stdout.write(`${name}\n${objects.map((object) => `  ${object}\n`).join("")}`);
        io.stderr.write(
          orphans.length === 0 ? "no orphans\n" : `${orphans.length} orphans; --application removes one\n`,
        );
        return done(exitCode.done);
      }
      if (applications.some(({ name }) => name === application))
        throw new UsageError(`${application} is not an orphan: it is still in Git`);
      const orphan = named("orphan", application, new Map(orphans.map((own) => [own.name, own])));
      io.stdout.write(await kubectl.deleteApplication(application));
      io.stderr.write(`removed ${application} with ${orphan.objects.length} objects: ${evidence}\n`);
      return done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
