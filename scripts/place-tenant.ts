import { Command } from "@commander-js/extra-typings";

import { ask } from "./lib/command/ask.ts";
import type { CommandIo } from "./lib/command/io.ts";
import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { utcNow } from "./lib/core/clock.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { heldIdentities } from "./lib/io/identities.ts";
import { tenantFacts } from "./lib/repo/layout.ts";
import { offeredClusters, offeredTenants } from "./lib/repo/offered.ts";
import { tenantKeyChanges } from "./lib/secret/keys.ts";
import { clustersOf } from "./lib/tenant/lookup.ts";
import { checkPlacement, placementChange } from "./lib/tenant/place.ts";
import { tenantLines } from "./lib/write/confirm.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Changes which clusters a tenant is on. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("place-tenant")
      .description("Place a tenant on one more cluster, move it to another, or route its hosts elsewhere.")
      .argument("[id]", "a tenant")
      .option("--cluster <name>", "the cluster to place it on")
      .option("--from <name>", "the cluster it moves away from, with its files, and its hosts if they are routed there")
      .option("--routes", "route its hosts to --cluster", false)
      .option("--leave <name>", "take it off this cluster; its hosts have to be routed elsewhere"),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run place-tenant umbrella --cluster staging-example            one more placement
  bun run place-tenant umbrella --cluster staging-example --routes   its hosts are routed there
  bun run place-tenant umbrella --leave prod-example                 and it is not there any more
  bun run place-tenant umbrella --cluster staging-example --from prod-example   all at once

A cluster whose residency is not the tenant's is refused. Files of the placement move; data does not: copy it between the first
step and the second. Its private key is encrypted for the new cluster: SOPS_AGE_KEY_FILE has to hold it, or the recovery key,
if anything is encrypted to it.`,
    )
    .action(async (given, options) => {
      const { id, asked, ...said } = await askForPlacement(io, given, options);
      const placement = checkPlacement(id, said);
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
            confirm: asked ? (fleet) => [title, ...tenantLines(fleet, id)] : undefined,
          };
        }),
      );
    }),
);

interface PlacementOptions {
  cluster?: string | undefined;
  from?: string | undefined;
  leave?: string | undefined;
  routes: boolean;
}

/** What a person wants, asked for where no option says it: who, and then what of it. */
async function askForPlacement(io: CommandIo, given: string | undefined, options: PlacementOptions) {
  const read = () => Repository.read(io.cwd, { env: io.env });
  const who = await ask(io, {
    id: { option: "the tenant's id", text: "Tenant", given, choices: async () => offeredTenants(await read()) },
  });
  const { id } = who.answers;
  const { cluster, leave } = options;
  if (cluster !== undefined || leave !== undefined || !io.stdin.isTTY) return { id, asked: who.asked, ...options };
  const content = await read();
  const placed = clustersOf(content, id);
  const all = offeredClusters(content);
  const here = all.filter(({ value }) => placed.includes(value));
  const { answers } = await ask(io, {
    what: {
      option: "--cluster or --leave",
      text: `${id} is on ${placed.join(", ") || "no cluster"}`,
      given: undefined,
      choices: () => [
        { value: "place", about: "on one more cluster" },
        { value: "move", about: "to another cluster, with its files and hosts" },
        { value: "routes", about: "lead its hosts to a cluster that it is on" },
        { value: "leave", about: "take it off a cluster" },
      ],
    },
  });
  const { what } = answers;
  const choices = what === "place" || what === "move" ? all.filter(({ value }) => !placed.includes(value)) : here;
  const where = await ask(io, {
    cluster: { option: "--cluster", text: "Cluster", given: undefined, choices: () => choices },
    from: {
      option: "--from",
      text: "From",
      given: what !== "move" ? "" : placed.length === 1 ? placed[0] : undefined,
      choices: () => here,
    },
  });
  const { cluster: chosen, from } = where.answers;
  return {
    id,
    asked: true,
    cluster: what === "leave" ? undefined : chosen,
    from: from === "" ? undefined : from,
    leave: what === "leave" ? chosen : undefined,
    routes: what === "routes",
  };
}

if (import.meta.main) await main(run);
