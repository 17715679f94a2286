import { Command, Option } from "@commander-js/extra-typings";

import { givenFrom } from "./lib/cluster/given.ts";
import { newClusterQuestions, servicesBy } from "./lib/cluster/new-cluster-options.ts";
import { planNewClusters } from "./lib/cluster/new-cluster-plan.ts";
import { ask } from "./lib/command/ask.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { readChecks } from "./lib/fleet/knowledge.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { choicesOf } from "./lib/io/choices.ts";
import { readSchema } from "./lib/io/schemas.ts";
import { readInput } from "./lib/io/user-path.ts";
import { lazily } from "./lib/model/schema.ts";
import { documentKinds } from "./lib/repo/document-kinds.ts";
import { infrastructureSchema } from "./lib/repo/layout.ts";
import { type Identity, newIdentity } from "./lib/secret/age-wrapping.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

const models = choicesOf("Cluster", "spec", "model");
const providers = choicesOf("Cluster", "spec", "provider");
const residencies = choicesOf("Cluster", "spec", "residency");

/** Brings a cluster of one of the models into the fleet. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("new-cluster")
      .description(
        "Bring a cluster of one of the four models into the fleet: its facts, its parts, its key, its secrets.",
      )
      .argument("<name...>", "its name, which never changes; for a hybrid deployment the names of both halves")
      .option("--environment <name>", "the environment it belongs to")
      .addOption(new Option("--model <model>", "how customers use it").choices(models))
      .addOption(new Option("--provider <provider>", "who runs its machines (by its model)").choices(providers))
      .option("--region <name>", "where it is, as its provider says it")
      .addOption(new Option("--residency <place>", "where data kept there lies").choices(residencies))
      .option("--domain <name>", "names of its services are below it")
      .option("--ring <number>", "its place in the order of rollouts (the last of its environment)", ringOf)
      .option("--like <cluster>", "the cluster to take after where nothing is given (the nearest)")
      .option(
        "--service <name>",
        "a service that runs there (all; can be repeated); CLUSTER=NAME for one half of a hybrid deployment, whose other half runs the rest",
        collect,
        [],
      )
      .option(
        "--from <file>",
        "facts that are known, as in docs/models.md, or what terraform output -json cluster printed (can be repeated); CLUSTER=FILE for one half",
        collect,
        [],
      )
      .option(
        "--age-recipient <key>",
        "public key for its secrets, made elsewhere; CLUSTER=KEY for one half (can be repeated)",
        collect,
        [],
      ),
  )
    .addHelpText(
      "after",
      `
Examples:
  bun run new-cluster prod-eu2 --environment prod --model multi-tenant --region eu-central-1 --from cluster.json
  bun run new-cluster prod-umbrella --environment prod --model on-premises --from umbrella.yaml --dry-run
  bun run new-cluster prod-umbrella-cloud prod-umbrella-site --environment prod --model hybrid \\
    --service prod-umbrella-site=auth-service --service prod-umbrella-site=case-service --from cloud.yaml --from site.yaml

Address ranges are free ones of the fleet. A private key that is made here is shown once, on stdout. What it writes is what
bun run validate accepts; the next steps are in docs/runbooks/cluster-installation.md.`,
    )
    .action(async (names, options) => {
      const infrastructure = lazily(await readSchema(infrastructureSchema));
      const given = await Promise.all(
        options.from.map(async (text) => {
          const { name, value } = ofHalf(text, names);
          return givenFrom({ file: value, text: await readInput(io, value), name }, infrastructure);
        }),
      );
      const keys = new Map(
        options.ageRecipient.map((text) => {
          const { name = names[0]!, value } = ofHalf(text, names);
          return [name, value] as const;
        }),
      );
      const isShown = !options.dryRun && names.some((name) => !keys.has(name));
      if (isShown && options.format === "json")
        throw new UsageError(
          "--format json leaves no room for a private key on stdout: make it elsewhere, and give --age-recipient",
        );
      const { answers, asked } = await ask(
        io,
        newClusterQuestions(options, given, () => Repository.read(io.cwd, { env: io.env })),
      );
      const { environment, model } = answers;
      const checks = await readChecks();
      const schema = await readSchema(documentKinds.Cluster.schema);
      const made = new Map<string, Identity>();
      for (const name of names) if (!keys.has(name)) made.set(name, await newIdentity());
      let shown: readonly string[] = [];
      const code = await write(io, { ...options, quiet: isShown }, (repository) => {
        const plan = planNewClusters(repository, {
          names,
          wanted: { ...options, environment, model },
          services: servicesBy(options.service, names),
          given,
          recipients: new Map([...keys, ...[...made].map(([name, { recipient }]) => [name, recipient] as const)]),
          identities: made,
          check: checks.documents.Cluster,
          schema,
        });
        shown = plan.privateKeys;
        for (const line of plan.absent) io.stderr.write(`${line}\n`);
        const { title } = plan;
        return { ...plan, confirm: asked ? () => [title] : undefined };
      });
      if (code === exitCode.done && isShown)
        for (const name of shown) {
          const { recipient, identity } = made.get(name)!;
          io.stdout.write(`# key of the cluster ${name}\n# public key: ${recipient}\n${identity}\n`);
        }
      done(code);
    }),
);

/** NAME=VALUE for one of several clusters, or the value alone. */
function ofHalf(text: string, names: readonly string[]): { name?: string; value: string } {
  const name = names.find((one) => text.startsWith(`${one}=`));
  return name === undefined ? { value: text } : { name, value: text.slice(name.length + 1) };
}

if (import.meta.main) await main(run);
