import { Argument, Command, Option } from "@commander-js/extra-typings";

import { boxesAfter, publicHosts } from "./lib/cluster/checklist-after.ts";
import { boxesBefore, type Item } from "./lib/cluster/checklist-before.ts";
import { orphansOf } from "./lib/cluster/orphans.ts";
import { type CommandIo, lookOf } from "./lib/command/io.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { everything } from "./lib/fleet/selection.ts";
import { Kubectl } from "./lib/io/kubectl.ts";
import { probe } from "./lib/io/probe.ts";
import { findTools } from "./lib/io/tools.ts";
import { readInput } from "./lib/io/user-path.ts";
import { named } from "./lib/repo/content.ts";
import { checklistText } from "./lib/report/checklist.ts";
import { judge } from "./lib/validate/validate.ts";

interface ChecklistOptions {
  cluster: string;
  context?: string | undefined;
  connectTo?: string | undefined;
  ca?: string | undefined;
}

/** The boxes of an installation: what can be seen is judged, the rest is named. */
export const run = runnable((io, done) =>
  new Command("checklist")
    .description(
      "Go through what has to be right before or after a cluster is installed: judged where it can be, else named.",
    )
    .addArgument(
      new Argument("<when>", "pre: from this repository alone; post: asks the cluster and its hosts as well").choices([
        "pre",
        "post",
      ] as const),
    )
    .requiredOption("--cluster <name>", "the cluster")
    .option(
      "--context <name>",
      "post: context of your kubeconfig; its cluster's fingerprint has to be that of the facts",
    )
    .option(
      "--connect-to <address>",
      "post: ask hosts at this address (ADDRESS or ADDRESS:PORT), before DNS leads there",
    )
    .option("--ca <file>", "post: believe certificates of this authority, as PEM, in place of the public ones")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
[x] was seen to be right, [ ] was seen not to be, [?] is for a person. It ends with 1 where a box is open.

Examples:
  bun run checklist pre --cluster prod-example
  bun run checklist post --cluster prod-example --context prod-example
  bun run checklist post --cluster prod-example --context site --connect-to 192.0.2.10 --ca site-ca.pem`,
    )
    .action(async (when, { format, ...options }) => {
      if (when === "post" && options.context === undefined)
        throw new UsageError("post asks the cluster: name it with --context");
      if (when === "pre" && [options.context, options.connectTo, options.ca].some((one) => one !== undefined))
        throw new UsageError("--context, --connect-to and --ca go with post: pre asks nobody");
      const repository = await Repository.read(io.cwd, { env: io.env });
      named("cluster", options.cluster, repository.documents.clusters);
      const items = await (when === "pre" ? before : after)(io, repository, options);
      io.stdout.write(
        format === "json"
          ? `${JSON.stringify({ cluster: options.cluster, when, items }, null, 2)}\n`
          : checklistText(items, lookOf(io.stdout)),
      );
      done(items.some(({ state }) => state === "open") ? exitCode.findings : exitCode.done);
    }),
);

async function before(io: CommandIo, repository: Repository, { cluster }: ChecklistOptions): Promise<Item[]> {
  const progress = progressLine(io.stderr, "rendering");
  // Hosts and ranges are told apart from those of all clusters.
  const loaded = await loadFleet(repository, { selection: everything, progress: progress.update }).finally(
    progress.clear,
  );
  const { fleet, findings, notChecked } = judge(loaded);
  return boxesBefore(fleet, repository.documents.clusters.get(cluster)!.document, findings, notChecked);
}

async function after(io: CommandIo, repository: Repository, options: ChecklistOptions): Promise<Item[]> {
  const { cluster, connectTo, ca } = options;
  const { document } = repository.documents.clusters.get(cluster)!;
  const kubectl = new Kubectl((await findTools(io.env)).kubectl.program, options.context!, io.env);
  await kubectl.expectFingerprint(cluster, document.spec.fingerprint);
  const authorities = ca === undefined ? undefined : await readInput(io, ca);
  const progress = progressLine(io.stderr, "rendering");
  const selection = { clusters: [cluster], applications: [] };
  const { fleet } = await loadFleet(repository, { selection, progress: progress.update }).finally(progress.clear);
  const applications = fleet.applications.filter((application) => application.cluster === cluster);
  const live = await kubectl.applications();
  const hosts = publicHosts(fleet, cluster);
  return boxesAfter(fleet, document, applications, {
    live,
    orphans: orphansOf(live, applications).map(({ name }) => name),
    objectStores: await kubectl.all("objectstores.barmancloud.cnpg.io", "stores"),
    mongodbBackups: await kubectl.all("perconaservermongodbbackups.psmdb.percona.com", "stores"),
    answers: await Promise.all(hosts.map((host) => probe(host, { connectTo, authorities }))),
  });
}

if (import.meta.main) await main(run);
