import { readFile } from "node:fs/promises";
import path from "node:path";

import { Command, Option } from "@commander-js/extra-typings";

import type { CommandIo } from "./lib/command/io.ts";
import { collect, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { utcNow } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { isObject, objectAt, stringAt } from "./lib/core/json.ts";
import { readRepository, type Repository } from "./lib/fleet/repository.ts";
import { heldIdentities } from "./lib/io/identities.ts";
import type { Tenant } from "./lib/model/generated.ts";
import { withoutListings } from "./lib/repo/kustomization.ts";
import { codeownersFile } from "./lib/repo/layout.ts";
import { tenantKeyChanges } from "./lib/secret/keys.ts";
import { findCluster, newTenant } from "./lib/tenant/new-tenant.ts";
import { parseFeatures, parsePairs, parseRate } from "./lib/tenant/options.ts";
import { refuseDifferences, write } from "./lib/write/write.ts";
import { parseYaml } from "./lib/yaml/parse.ts";

const plans = ["business", "enterprise", "starter"] as const;
const isolations = ["database", "dedicated", "schema"] as const;
const residencies = ["eu", "us"] as const;
const recoveryPoints = ["15m", "1h", "24h"] as const;

/** Onboards a customer: its facts, and both halves of each placement. */
export const run = runnable((io, done) =>
  new Command("new-tenant")
    .description("Onboard a customer: its facts, and on each cluster its grant and its placement.")
    .argument("<id>", "lower-case letters, digits and single hyphens; it never changes")
    .option("--cluster <name>", "place it on this cluster (can be repeated)", collect, [])
    .option("--routes <cluster>", "the cluster its hosts lead to (the first that can serve them)")
    .option("--display-name <text>", "its name for people")
    .option("--owner <handle>", "GitHub team or user that reviews its half, @org/team (can be repeated)", collect, [])
    .option("--contact <kind=address>", "technical, security or billing (can be repeated)", collect, [])
    .addOption(new Option("--plan <plan>", "quota class").choices(plans).default("starter" as const))
    .addOption(new Option("--isolation <kind>", "how it is kept apart").choices(isolations).default("schema" as const))
    .addOption(
      new Option("--residency <place>", "where its data may lie (where its first cluster is)").choices(residencies),
    )
    .addOption(new Option("--ring <number>", "its place in the order of changes").argParser(Number).default(1))
    .addOption(
      new Option("--recovery-point <time>", "data it may lose at most").choices(recoveryPoints).default("24h" as const),
    )
    .option("--host <name>", "a public name of it (ID.tenantDomain of the environment; can be repeated)", collect, [])
    .option("--feature <name=bool>", "a feature flag (can be repeated)", collect, [])
    .option("--limit <name=number>", "a limit; agents is always one (can be repeated)", collect, [])
    .option("--rate <number/unit>", "requests to its hosts, like 600/minute", "600/minute")
    .option("--locale <tag>", "language of its users", "en")
    .option("--timezone <name>", "time zone of its users", "UTC")
    .option("--from <file>", "take the facts from a Tenant document instead of options")
    .option("--dry-run", "print the files and write nothing", false)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Examples:
  bun run new-tenant umbrella --display-name "Umbrella Ltd" --owner @murima2025/umbrella \\
    --contact technical=it@umbrella.example --limit agents=20 --cluster prod-eu1
  bun run new-tenant umbrella --from umbrella.yaml --cluster prod-eu1 --dry-run

At a terminal it asks for what is missing. Writes all files or none, and only what bun run validate accepts; repeating it
changes nothing.`,
    )
    .action(async (id, options) => {
      const given = options.from === undefined ? undefined : await tenantFrom(path.resolve(io.cwd, options.from), id);
      const settings = { locale: options.locale, timezone: options.timezone };
      const asked = given === undefined ? await ask(io, options) : options;
      done(
        await write(io, options, async (repository) => {
          const ageRecipient = repository.documents.tenants.get(id)?.document.spec.ageRecipient;
          const spec = {
            ...(ageRecipient === undefined ? {} : { ageRecipient }),
            ...(given ?? specOf(asked, repository)),
          };
          const { cluster: clusters, routes } = asked;
          const planned = newTenant(repository, { id, spec, clusters, routes, settings });
          const changes = withoutListings(repository, planned);
          refuseDifferences(
            repository.tree,
            changes.filter((change) => change.path !== codeownersFile),
          );
          // All of its clusters: whether they hold one more, and whether it is apart, is seen only there.
          const selection = { clusters, applications: [] };
          const seen = await readRepository(io.cwd, io.env, true, changes);
          const keys = await tenantKeyChanges(repository, seen, id, await heldIdentities(io.env), utcNow());
          const next = "commit it and open a pull request; its key is with its clusters, encrypted";
          return { changes: mergeChanges(changes, keys), selection, next, title: `feat(tenants): onboard ${id}` };
        }),
      );
    }),
);

interface Facts {
  cluster: string[];
  routes?: string | undefined;
  displayName?: string | undefined;
  owner: string[];
  contact: string[];
  plan: Tenant["spec"]["plan"];
  isolation: Tenant["spec"]["isolation"];
  residency?: Tenant["spec"]["residency"] | undefined;
  ring: number;
  recoveryPoint: Tenant["spec"]["recoveryPoint"];
  host: string[];
  feature: string[];
  limit: string[];
  rate: string;
}

/** Asks a person for what has to be said and was not. */
async function ask(io: CommandIo, options: Facts): Promise<Facts> {
  const missing: string[] = [];
  const answer = async (given: string | undefined, option: string, question: string) => {
    if (given !== undefined) return given;
    const said = io.stdin.isTTY ? (await io.stdin.ask(`${question}: `)).trim() : "";
    if (said === "") missing.push(option);
    return said;
  };
  const displayName = await answer(options.displayName, "--display-name", "Name for people");
  const technical = await answer(options.contact[0], "--contact technical=ADDRESS", "Address of its technicians");
  const owner = await answer(options.owner[0], "--owner", "GitHub team that reviews its half (@org/team)");
  const agents = await answer(
    options.limit.find((limit) => limit.startsWith("agents=")),
    "--limit agents=NUMBER",
    "Seats of its agents",
  );
  const cluster = await answer(options.cluster[0], "--cluster", "Cluster");
  if (missing.length > 0) throw new UsageError(`what is missing: ${missing.join(", ")}`);
  return {
    ...options,
    displayName,
    contact: options.contact.length > 0 ? options.contact : [`technical=${technical}`],
    owner: options.owner.length > 0 ? options.owner : [owner],
    limit: agents.startsWith("agents=") ? options.limit : [...options.limit, `agents=${agents}`],
    cluster: options.cluster.length > 0 ? options.cluster : [cluster],
  };
}

function specOf(options: Facts, repository: Repository) {
  const residency = options.residency ?? findCluster(repository, options.cluster[0]!).spec.residency;
  if (residency === undefined) throw new UsageError("--residency is missing: its cluster promises none");
  const features = parseFeatures(options.feature);
  return {
    displayName: options.displayName ?? "",
    owners: options.owner as [string, ...string[]],
    contacts: parsePairs("--contact", options.contact) as unknown as Tenant["spec"]["contacts"],
    plan: options.plan,
    isolation: options.isolation,
    residency,
    ring: options.ring,
    recoveryPoint: options.recoveryPoint,
    hosts: options.host.length === 0 ? undefined : (options.host as Tenant["spec"]["hosts"]),
    ...(features === undefined ? {} : { features }),
    limits: parsePairs("--limit", options.limit) as Tenant["spec"]["limits"],
    rateLimit: parseRate(options.rate),
    state: "active" as const,
  };
}

/** The spec of a Tenant document. Whether it keeps to its schema is judged once it is in its place. */
async function tenantFrom(file: string, id: string): Promise<Tenant["spec"]> {
  const parsed = parseYaml(await readFile(file));
  if ("problems" in parsed) {
    const { message, line, fix } = parsed.problems[0]!;
    throw new UsageError(`${file}:${line ?? 1} ${message}: ${fix}`);
  }
  const { data } = parsed.source;
  if (!isObject(data) || stringAt(data, "kind") !== "Tenant") throw new UsageError(`${file} holds no Tenant`);
  const name = stringAt(data, "metadata", "name");
  if (name !== undefined && name !== id) throw new UsageError(`${file} is about ${name}, not about ${id}`);
  return objectAt(data, "spec") as unknown as Tenant["spec"];
}

if (import.meta.main) await main(run);
