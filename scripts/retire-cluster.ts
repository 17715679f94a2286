import { Command } from "@commander-js/extra-typings";

import { type LastBackup, retire } from "./lib/cluster/retire.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { fieldsOf } from "./lib/core/fields.ts";
import { everything } from "./lib/fleet/selection.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Takes clusters out of the fleet, with evidence of what is kept of their data. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("retire-cluster")
      .description("Take a cluster out of the fleet: a record of it stays, with the last backup of each store.")
      .argument("<name...>", "the cluster; for a hybrid deployment both halves")
      .option("--reason <text>", "why it goes")
      .option(
        "--backup <fields>",
        "the last backup of a store: cluster=C,store=S,backup=NAME,time=UTC,until=DAY (can be repeated)",
        collect,
        [],
      )
      .option("--date <day>", "the day of it, YYYY-MM-DD (today)"),
  )
    .addHelpText(
      "after",
      `
Refused: a cluster with customers, one half of a hybrid deployment, one whose stores another uses, and in an environment that
promises recovery a store with data whose last backup is not named.

Example:
  bun run retire-cluster prod-example --reason "its customers moved to prod-other" \\
    --backup cluster=prod-example,store=postgresql,backup=prod-example-final,time=2026-11-20T02:00:00Z,until=2027-02-28

Nothing is deleted in the cluster: its own Argo CD finds nothing to read, and leaves what runs. Then docs/runbooks/retire-cluster.md.`,
    )
    .action(async (names, { reason, backup, date, ...options }) => {
      if (reason === undefined) throw new UsageError("--reason is missing: say why it goes");
      const on = date ?? today();
      const given = backup.map((text) => fieldsOf("--backup", text, ["cluster", "store", "backup", "time", "until"]));
      const stranger = given.find(({ cluster }) => !names.includes(cluster));
      if (stranger !== undefined)
        throw new UsageError(`--backup names ${stranger.cluster}, which is not one of ${names.join(", ")}`);
      const backups = new Map(
        names.map((name) => [
          name,
          given
            .filter(({ cluster }) => cluster === name)
            .map(({ store, backup: own, time, until }) => ({ store, backup: own, time, until }) as LastBackup)
            .toSorted((a, b) => (a.store < b.store ? -1 : 1)),
        ]),
      );
      done(
        await write(io, options, (repository) => ({
          changes: retire(repository, names, { reason, on, backups }),
          selection: everything,
          next: "commit it and open a pull request, with the label deletions-are-meant; then docs/runbooks/retire-cluster.md",
          title: `feat(clusters): ${names.join(" and ")} ${names.length > 1 ? "are" : "is"} no more`,
        })),
      );
    }),
);

if (import.meta.main) await main(run);
