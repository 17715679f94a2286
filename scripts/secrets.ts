import { Command } from "@commander-js/extra-typings";

import { prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { UsageError } from "./lib/core/errors.ts";
import { auditAll } from "./secrets/audit.ts";
import { generateAll, generateMissing } from "./secrets/generate.ts";
import { keygen } from "./secrets/keygen.ts";
import { scan } from "./secrets/scan.ts";
import { rotate, sync } from "./secrets/upkeep.ts";
import { decrypt, edit, encrypt, set } from "./secrets/values.ts";

const days = (option: string) => (text: string) => {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`${option} takes a number of days`);
  return Number(text);
};

/** Encrypts, opens and changes secrets in the format of SOPS, without sops. */
export const run = runnable((io, done) => {
  const secrets = new Command("secrets")
    .description(
      "Encrypt, read and change secrets: SOPS files that stock sops, the operator in the cluster and this read.",
    )
    .addHelpText(
      "after",
      `
Private keys come from SOPS_AGE_KEY_FILE or SOPS_AGE_KEY, values from standard input: never an argument. Plaintext is in no
file on a disk, in no log and in no message.

Examples:
  bun run secrets generate
  bun run secrets keygen --tenant northwind
  bun run secrets encrypt tenants/northwind/prod-eu1/channels.sops.yaml < channels.yaml
  export SOPS_AGE_KEY_FILE=clusters/dev-local/published.agekey
  bun run secrets edit clusters/dev-local/platform/secrets/auth-service.sops.yaml
  printf %s "$SECRET" | bun run secrets set clusters/dev-local/platform/secrets/auth-service.sops.yaml auth-service-oauth-google/clientSecret
  bun run secrets audit`,
    );
  secrets
    .command("keygen")
    .description(
      "Make a key pair: the public half goes into the facts; a tenant's private half into its clusters' secrets, any other to stdout, once",
    )
    .option("--cluster <name>", "for the secrets of a cluster: bootstrap brings it there")
    .option("--environment <name>", "the recovery key of an environment: keep it offline")
    .option("--tenant <name>", "for the placements of a tenant")
    .option("--print", "show a tenant's private half as well", false)
    .action(async (options) => done(await keygen(io, options)));
  secrets
    .command("generate")
    .description("Make what is referred to and not there, by the rules of apps/secrets.yaml; needs no key")
    .option("--all", "keys of your own for everybody and every value anew: for who adopts this repository", false)
    .option("--dry-run", "only print what would be written", false)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .action(async ({ all, ...options }) => {
      if (all && (options.dryRun || options.pr))
        throw new UsageError("--all makes keys, which are shown once: it has no --dry-run and no --pr");
      done(all ? await generateAll(io) : await generateMissing(io, options));
    });
  secrets
    .command("encrypt")
    .description("Encrypt a SopsSecret from standard input into a new file; its place says for whom")
    .argument("<file>", "clusters/CLUSTER/platform/secrets/NAME.sops.yaml or tenants/TENANT/CLUSTER/NAME.sops.yaml")
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .action(async (file, options) => done(await encrypt(io, file, { dryRun: false, ...options })));
  secrets
    .command("decrypt")
    .description("Print a file in the clear: to a terminal, or with --force to anything")
    .argument("<file>", "an encrypted file")
    .option("--force", "print it to a file or a program as well", false)
    .action(async (file, { force }) => done(await decrypt(io, file, force)));
  secrets
    .command("edit")
    .description("Open a file in your editor, in memory; what you leave alone keeps its bytes")
    .argument("<file>", "an encrypted file")
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .action(async (file, options) => done(await edit(io, file, { dryRun: false, ...options })));
  for (const name of ["set", "unset"] as const)
    secrets
      .command(name)
      .description(name === "set" ? "Set one value, from standard input" : "Take one value away")
      .argument("<file>", "an encrypted file")
      .argument("<value>", "SECRET/KEY, or keys and positions with dots: spec.secrets.0.stringData.password")
      .addOption(prOption)
      .addOption(reviewerOption)
      .addOption(signOption)
      .action(async (file, target, options) => done(await set(io, file, target, name, { dryRun: false, ...options })));
  secrets
    .command("sync")
    .description("Encrypt data keys to those the facts name now; it takes nothing back from who has read it")
    .argument("[files...]", "all encrypted files if none are named")
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .action(async (files, options) => done(await sync(io, files, { dryRun: false, ...options })));
  secrets
    .command("rotate")
    .description("Encrypt with new data keys, and with --values make values anew: only that takes anything back")
    .argument("[files...]", "all encrypted files if none are named")
    .option("--values", "new values for what a rule of apps/secrets.yaml makes", false)
    .option(
      "--older-than <days>",
      "only files not changed for so many days: goes on where it ended",
      days("--older-than"),
    )
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .action(async (files, options) => done(await rotate(io, files, { dryRun: false, ...options })));
  secrets
    .command("audit")
    .description("Check all about secrets: without keys what can be seen, with keys every value and MAC")
    .option("--max-age <days>", "name files not changed for so many days", days("--max-age"), 365)
    .action(async ({ maxAge }) => done(await auditAll(io, maxAge)));
  secrets
    .command("scan")
    .description("Look for plaintext in what is staged, or in every commit since a revision")
    .option("--staged", "what a commit made now would add", false)
    .option("--since <revision>", "every commit from there to HEAD: what was taken away again as well")
    .action(async (options) => done(await scan(io, options)));
  return secrets;
});

if (import.meta.main) await main(run);
