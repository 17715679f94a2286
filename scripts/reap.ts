import { Command } from "@commander-js/extra-typings";

import { deletionOf, isEndable, leftBehind } from "./lib/cluster/deletion.ts";
import { expandedCluster } from "./lib/cluster/expanded.ts";
import { type Orphan, orphansOf } from "./lib/cluster/orphans.ts";
import type { CommandIo } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { type ExitCode, exitCode, ToolError, UsageError } from "./lib/core/errors.ts";
import type { JsonObject } from "./lib/core/json.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { Kubectl } from "./lib/io/kubectl.ts";
import { findTools } from "./lib/io/tools.ts";
import { formatResource, resourceId } from "./lib/model/resource.ts";
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
    .option("--wait <minutes>", "how long it may take to go; 0: one look", "10")
    .addHelpText(
      "after",
      `
Argo CD deletes nothing while a sync of the Application has not ended, and one that fails is tried again for ever: that sync is
ended. Whatever else it waits for is said. It ends with 0 once the Application is gone and what it deployed too, else with 1; then
Argo CD goes on, and the same command may be repeated.

Examples:
  bun run reap --cluster prod-example --context prod-example
  bun run reap --cluster prod-example --context prod-example --application service-old --evidence "moved to prod-other, see the pull request"`,
    )
    .action(async ({ cluster, context, application, evidence, wait }) => {
      if ((application === undefined) !== (evidence === undefined))
        throw new UsageError("--application and --evidence go together");
      if (evidence?.trim().length === 0) throw new UsageError("--evidence is empty");
      if (!(Number(wait) >= 0)) throw new UsageError("--wait takes a number of minutes");
      const { applications, facts } = await expandedCluster(await Repository.read(io.cwd, { env: io.env }), cluster);
      const kubectl = new Kubectl((await findTools(io.env)).kubectl.program, context, io.env);
      await kubectl.expectFingerprint(cluster, facts.spec.fingerprint);
      const orphans = orphansOf(await kubectl.applications(), applications);
      if (application === undefined) {
        for (const { name, objects, deletion } of orphans) {
          const waits = deletion === undefined ? "" : `: deleted at ${deletion.since}, waits for ${deletion.waitsFor}`;
          io.stdout.write(`${name}${waits}\n${objects.map((object) => `  ${textOf(object)}\n`).join("")}`);
        }
        io.stderr.write(
          orphans.length === 0 ? "no orphans\n" : `${orphans.length} orphans; --application removes one\n`,
        );
        return done(exitCode.done);
      }
      if (applications.some(({ name }) => name === application))
        throw new UsageError(`${application} is not an orphan: it is still in Git`);
      const orphan = named("orphan", application, new Map(orphans.map((own) => [own.name, own])));
      io.stdout.write(await kubectl.deleteApplication(application));
      return done(await untilGone(io, kubectl, orphan, evidence ?? "", Number(wait)));
    }),
);

/** Waits until the Application is gone, and what it deployed too. Says what it saw, and never more. */
async function untilGone(
  io: CommandIo,
  kubectl: Kubectl,
  { name, objects }: Orphan,
  evidence: string,
  minutes: number,
): Promise<ExitCode> {
  const end = performance.now() + minutes * 60_000;
  let said: string | undefined;
  for (;;) {
    const live = await kubectl.application(name);
    const { going, kept } = leftBehind(name, live === undefined ? await kubectl.standing(objects) : []);
    if (live === undefined && going.length === 0) {
      io.stdout.write(kept.map((object) => `kept: ${object}\n`).join(""));
      const gone = `${objects.length - kept.length} objects`;
      io.stderr.write(
        `removed ${name} with ${gone}${kept.length === 0 ? "" : `; ${kept.length} that Argo CD keeps are nobody's now`}: ${evidence}\n`,
      );
      return exitCode.done;
    }
    const deletion = live === undefined ? undefined : deletionOf(live);
    if (live !== undefined && deletion === undefined)
      throw new ToolError(`${name} was removed and is there again: its ApplicationSet, or somebody, has made it anew`);
    const waitsFor = deletion?.waitsFor ?? going.join(", ");
    if (waitsFor !== said) io.stderr.write(`${name} waits for ${waitsFor}\n`);
    said = waitsFor;
    if (live !== undefined && isEndable(live) && (await kubectl.endOperation(live)))
      io.stderr.write(`ended that sync of ${name}\n`);
    if (performance.now() > end) break;
    await Bun.sleep(2000);
  }
  io.stderr.write(
    `${name} is not removed after ${minutes} minutes: Argo CD goes on, and the same command may be repeated\n`,
  );
  return exitCode.findings;
}

const textOf = (object: JsonObject) => formatResource(resourceId(object));

if (import.meta.main) await main(run);
