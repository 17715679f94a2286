import { Command, Option } from "@commander-js/extra-typings";

import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { UsageError } from "./lib/core/errors.ts";
import { choicesOf } from "./lib/io/choices.ts";
import { clustersOf } from "./lib/tenant/lookup.ts";
import { parsePairs, parseRate } from "./lib/tenant/options.ts";
import { updateTenant } from "./lib/tenant/update.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Changes what a tenant has: plan, hosts, flags, limits. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("update-tenant")
      .description("Change a tenant's plan, hosts, features, limits, contacts or owners; comments and order stay.")
      .argument("<id>", "a tenant")
      .option("--display-name <text>", "its name for people")
      .addOption(new Option("--plan <plan>", "quota class").choices(choicesOf("Tenant", "spec", "plan")))
      .option("--ring <number>", "its place in the order of changes", ringOf)
      .addOption(
        new Option("--recovery-point <time>", "data it may lose at most").choices(
          choicesOf("Tenant", "spec", "recoveryPoint"),
        ),
      )
      .option("--recovery-reason <text>", "why that is more than its environment allows; without text it goes")
      .option("--rate <number/unit>", "requests to its hosts, like 600/minute")
      .option("--contact <kind=address>", "technical, security or billing; without address it goes", collect, [])
      .option("--feature <name=bool>", "a feature flag; without a value it goes", collect, [])
      .option("--limit <name=number>", "a limit; without a number it goes", collect, [])
      .option("--add-host <name>", "a further public name", collect, [])
      .option("--remove-host <name>", "a public name it has no more", collect, [])
      .option("--add-owner <handle>", "a further reviewer of its half", collect, [])
      .option("--remove-owner <handle>", "a reviewer no more", collect, []),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run update-tenant umbrella --plan business --limit agents=100
  bun run update-tenant umbrella --feature VIDEO_CALLS_ENABLED=true --add-host help.umbrella.example

Isolation and residency can't be changed: data would have to move. Onboard another tenant, move the data, offboard the old one.`,
    )
    .action(async (id, options) => {
      const update = {
        displayName: options.displayName,
        plan: options.plan,
        ring: options.ring,
        recoveryPoint: options.recoveryPoint,
        recoveryReason: options.recoveryReason,
        rateLimit: options.rate === undefined ? undefined : parseRate(options.rate),
        contacts: parsePairs("--contact", options.contact),
        features: parsePairs("--feature", options.feature),
        limits: parsePairs("--limit", options.limit),
        addHosts: options.addHost,
        removeHosts: options.removeHost,
        addOwners: options.addOwner,
        removeOwners: options.removeOwner,
      };
      const isEmpty = (value: unknown) => value === undefined || Object.keys(value as object).length === 0;
      if (
        Object.values(update).every((value) => typeof value !== "number" && typeof value !== "string" && isEmpty(value))
      )
        throw new UsageError("say what to change: --plan, --ring, --limit, --feature, --add-host or another option");
      done(
        await write(io, options, (repository) => {
          const changes = updateTenant(repository, id, update);
          // Quotas are judged against what its cluster has, so all of it is looked at.
          const selection = { clusters: clustersOf(repository, id), applications: [] };
          return {
            changes,
            selection,
            next: "commit it and open a pull request",
            title: `feat(tenants): update ${id}`,
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
