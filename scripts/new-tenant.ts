import { Command, Option } from "@commander-js/extra-typings";

import { ask } from "./lib/command/ask.ts";
import { collect, localeOf, timezoneOf } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { utcNow } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { readChecks } from "./lib/fleet/knowledge.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { choicesOf } from "./lib/io/choices.ts";
import { heldIdentities } from "./lib/io/identities.ts";
import { readInput } from "./lib/io/user-path.ts";
import { nameProblem } from "./lib/model/names.ts";
import { withoutListings } from "./lib/repo/kustomization.ts";
import { codeownersFile } from "./lib/repo/layout.ts";
import { tenantKeyChanges } from "./lib/secret/keys.ts";
import { questionsOf, specFrom, specOf, withAnswers } from "./lib/tenant/new-tenant-options.ts";
import { findCluster, newTenant } from "./lib/tenant/new-tenant.ts";
import { tenantLines } from "./lib/write/confirm.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { writerOptions } from "./lib/write/options.ts";
import { refuseDifferences } from "./lib/write/preview.ts";
import { write } from "./lib/write/write.ts";

const plans = choicesOf("Tenant", "spec", "plan");
const isolations = choicesOf("Tenant", "spec", "isolation");
const residencies = choicesOf("Tenant", "spec", "residency");
const recoveryPoints = choicesOf("Tenant", "spec", "recoveryPoint");

/** Onboards a customer: its facts, and a grant and a placement on each of its clusters. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("new-tenant")
      .description("Onboard a customer: its facts, and a grant and a placement on each of its clusters.")
      .argument("[id]", "lower-case letters, digits and single hyphens; it never changes")
      .option("--cluster <name>", "place it on this cluster (can be repeated)", collect, [])
      .option("--routes <cluster>", "the cluster that serves its hosts (the first that can)")
      .option("--display-name <text>", "its name for people")
      .option(
        "--owner <handle>",
        "GitHub team or user that reviews its files, @org/team (can be repeated)",
        collect,
        [],
      )
      .option("--contact <kind=address>", "technical, security or billing (can be repeated)", collect, [])
      .addOption(new Option("--plan <plan>", "quota class (starter)").choices(plans))
      .addOption(new Option("--isolation <kind>", "how it is isolated (schema)").choices(isolations))
      .addOption(
        new Option("--residency <place>", "where its data may be stored (where its first cluster is)").choices(
          residencies,
        ),
      )
      .addOption(new Option("--ring <number>", "its place in the order of rollouts").argParser(ringOf).default(1))
      .addOption(
        new Option("--recovery-point <time>", "how much data it may lose at most")
          .choices(recoveryPoints)
          .default("1h" as const),
      )
      .option("--recovery-reason <text>", "why that is more than its environment allows")
      .option("--host <name>", "public host name (ID.tenantDomain of the environment; can be repeated)", collect, [])
      .option("--feature <name=bool>", "a feature flag (can be repeated)", collect, [])
      .option("--limit <name=number>", "a limit; agents is required (can be repeated)", collect, [])
      .option("--rate <number/unit>", "requests to its hosts, like 600/minute", "600/minute")
      .option("--locale <tag>", "language of its users", localeOf, "en")
      .option("--timezone <name>", "time zone of its users", timezoneOf, "UTC")
      .addOption(
        new Option("--from <file>", "take the facts from a Tenant document, or from standard input with -").conflicts([
          "displayName",
          "owner",
          "contact",
          "plan",
          "isolation",
          "residency",
          "ring",
          "recoveryPoint",
          "recoveryReason",
          "host",
          "feature",
          "limit",
          "rate",
        ]),
      ),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run new-tenant umbrella --display-name "Umbrella Ltd" --owner @murima2025/umbrella \\
    --contact technical=it@umbrella.example --limit agents=20 --cluster prod-example
  bun run new-tenant umbrella --from umbrella.yaml --cluster prod-example --dry-run

At a terminal it asks for what is missing. It writes all files or none, and only what bun run validate accepts; repeating it
changes nothing.`,
    )
    .action(async (given, options) => {
      const file = options.from;
      const text = file === undefined ? undefined : await readInput(io, file);
      const { answers: said, asked: isAsked } = await ask(io, {
        id: { option: "the tenant's id", text: "Id of the tenant", given, check: nameProblem },
        ...(text === undefined
          ? questionsOf(options, () => Repository.read(io.cwd, { env: io.env }))
          : ({} as ReturnType<typeof questionsOf>)),
      });
      const { id, ...answers } = said;
      const asked = text === undefined ? withAnswers(options, answers) : options;
      if (asked.cluster.length === 0) throw new UsageError("--cluster is missing: name the cluster to place it on");
      const check = (await readChecks()).documents.Tenant;
      const settings = { locale: options.locale, timezone: options.timezone };
      done(
        await write(io, options, async (repository) => {
          const ageRecipient = repository.documents.tenants.get(id)?.document.spec.ageRecipient;
          const spec = {
            ...(ageRecipient === undefined ? {} : { ageRecipient }),
            ...(text === undefined
              ? specOf(repository, asked)
              : specFrom({ file: file!, text, id }, findCluster(repository, asked.cluster[0]!).spec.residency, check)),
          };
          const { cluster: clusters, routes } = asked;
          const planned = newTenant(repository, { id, spec, clusters, routes, settings });
          const changes = withoutListings(repository, planned);
          refuseDifferences(
            repository.tree,
            changes.filter((change) => change.path !== codeownersFile),
          );
          const identities = await heldIdentities(io.env);
          const keys = await tenantKeyChanges(repository, repository.with(changes), id, identities, utcNow());
          return {
            changes: mergeChanges(changes, keys),
            // All of its clusters: capacity and isolation are judged over everything that runs there.
            selection: { clusters, applications: [] },
            next: "commit it and open a pull request; its private key is encrypted for its clusters",
            confirm: isAsked ? (fleet) => tenantLines(fleet, id) : undefined,
            title: `feat(tenants): onboard ${id}`,
          };
        }),
      );
    }),
);

if (import.meta.main) await main(run);
