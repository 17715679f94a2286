import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { utcNow } from "./lib/core/clock.ts";
import { heldIdentities } from "./lib/io/identities.ts";
import { tenantFacts } from "./lib/repo/layout.ts";
import { tenantKeyChanges } from "./lib/secret/keys.ts";
import { checkPlacement, placementChange } from "./lib/tenant/place.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Changes which clusters a tenant is on. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("place-tenant")
      .description("Place a tenant on one more cluster, move it to another, or route its hosts elsewhere.")
      .argument("<id>", "a tenant")
      .option("--cluster <name>", "the cluster to place it on")
      .option("--from <name>", "the cluster it moves away from, with its files, and its hosts if they are routed there")
      .option("--routes", "route its hosts to --cluster", false)
      .option("--leave <name>", "take it off this cluster; its hosts have to be routed elsewhere"),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run place-tenant contoso --cluster staging-eu1            one more placement
  bun run place-tenant contoso --cluster staging-eu1 --routes   its hosts are routed there
  bun run place-tenant contoso --leave prod-eu1                 and it is not there any more
  bun run place-tenant contoso --cluster staging-eu1 --from prod-eu1   all at once

A cluster whose residency is not the tenant's is refused. Files of the placement move; data does not: copy it between the first
step and the second. Its private key is encrypted for the new cluster: SOPS_AGE_KEY_FILE has to hold it, or the recovery key,
if anything is encrypted to it.`,
    )
    .action(async (id, options) => {
      const placement = checkPlacement(id, options);
      done(
        await write(io, options, async (repository) => {
          const { changes, title, leaves } = placementChange(repository, placement);
          const identities = await heldIdentities(io.env);
          const keys = await tenantKeyChanges(repository, repository.with(changes), id, identities, utcNow());
          if (keys.some(({ path }) => path === tenantFacts(id)))
            io.stderr.write(
              `${id} gets a new key: nothing is encrypted to the one it had, and nobody here holds that\n`,
            );
          return {
            changes: mergeChanges(changes, keys),
            selection: { clusters: [placement.cluster], applications: [] },
            next: `commit it and open a pull request${leaves ? "; once it is merged, bun run reap lists what remains on the old cluster" : ""}`,
            title,
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
