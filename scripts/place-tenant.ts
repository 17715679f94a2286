import { Command } from "@commander-js/extra-typings";

import { dryRunOption, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { utcNow } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { readRepository } from "./lib/fleet/repository.ts";
import { heldIdentities } from "./lib/io/identities.ts";
import { tenantKeyChanges } from "./lib/secret/keys.ts";
import { leaveCluster, placeTenant } from "./lib/tenant/place.ts";
import { write } from "./lib/write/write.ts";

/** Changes where a tenant is. */
export const run = runnable((io, done) =>
  new Command("place-tenant")
    .description("Place a tenant on one more cluster, move it to another, or lead its hosts elsewhere.")
    .argument("<id>", "a tenant")
    .option("--cluster <name>", "the cluster it is to be on")
    .option("--from <name>", "the cluster it leaves: its half, and its hosts if they lead there, move along")
    .option("--routes", "lead its hosts to --cluster", false)
    .option("--leave <name>", "take it from this cluster; its hosts have to lead elsewhere")
    .addOption(dryRunOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Examples:
  bun run place-tenant contoso --cluster staging-eu1            one more placement
  bun run place-tenant contoso --cluster staging-eu1 --routes   its hosts lead there
  bun run place-tenant contoso --leave prod-eu1                 and it is not there any more
  bun run place-tenant contoso --cluster staging-eu1 --from prod-eu1   all at once

A cluster whose data lies elsewhere than the tenant wants is refused. Data does not move with it: copy it between the first step and the second. Files of the placement do.
Its private key goes along: SOPS_AGE_KEY_FILE has to lead to it (the recovery key will do) if anything is encrypted to it.`,
    )
    .action(async (id, options) => {
      const { cluster, from, routes, leave } = options;
      if ((cluster === undefined) === (leave === undefined))
        throw new UsageError("say where it goes (--cluster) or what it leaves (--leave), one of both");
      if (cluster !== undefined && cluster === from) throw new UsageError(`it can't move from ${from} to itself`);
      done(
        await write(io, options, async (repository) => {
          const changes =
            leave === undefined
              ? placeTenant(repository, { tenant: id, cluster: cluster!, from, routes })
              : leaveCluster(repository, id, leave);
          const clusters = [cluster ?? leave!];
          const next =
            leave !== undefined || from !== undefined
              ? "commit it and open a pull request; once it is merged, bun run reap lists what is left on the old cluster"
              : "commit it and open a pull request";
          const seen = await readRepository(io.cwd, io.env, true, changes);
          const keys = await tenantKeyChanges(repository, seen, id, await heldIdentities(io.env), utcNow());
          const title = `feat(tenants): ${leave === undefined ? `place ${id} on ${cluster}` : `take ${id} from ${leave}`}`;
          return { changes: mergeChanges(changes, keys), selection: { clusters, applications: [] }, next, title };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
