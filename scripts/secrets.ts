import { Command } from "@commander-js/extra-typings";

import { findingsText } from "./lib/command/report.ts";
import { main, runnable } from "./lib/command/run.ts";
import { write } from "./lib/command/write.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { editInMemory } from "./lib/io/editor.ts";
import { ageIdentities } from "./lib/io/identities.ts";
import { auditSecrets } from "./lib/secret/audit.ts";
import { keyChanges } from "./lib/secret/keys.ts";
import { newIdentity } from "./lib/secret/recipients.ts";
import {
  decryptSecret,
  editSecret,
  encryptSecret,
  rotateSecrets,
  secretFiles,
  setSecret,
  syncSecrets,
} from "./lib/secret/secrets.ts";
import { readRepository } from "./lib/validate/read.ts";

const all = { clusters: [], applications: [] };

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
  bun run --silent secrets keygen --tenant northwind > ~/northwind.agekey
  bun run secrets encrypt tenants/northwind/prod-eu1/database.sops.yaml < database.yaml
  export SOPS_AGE_KEY_FILE=~/northwind.agekey
  bun run secrets edit tenants/northwind/prod-eu1/database.sops.yaml
  printf %s "$PASSWORD" | bun run secrets set tenants/northwind/prod-eu1/database.sops.yaml spec.secrets.0.stringData.password
  bun run secrets audit`,
    );
  secrets
    .command("keygen")
    .description("Make a key pair: the public half goes into the facts, the private half to stdout, once")
    .option("--cluster <name>", "for the secrets of a cluster")
    .option("--environment <name>", "the recovery key of an environment: keep it offline")
    .option("--tenant <name>", "for the placements of a tenant")
    .action(async (owner) => {
      if (Object.keys(owner).length !== 1) throw new UsageError("name one of --cluster, --environment and --tenant");
      const { identity, recipient } = await newIdentity();
      const code = await write(io, { dryRun: false, quiet: true }, async (fleet) => ({
        changes: await keyChanges(fleet, owner, recipient, () => ageIdentities(io.env)),
        selection: all,
        next: "keep the private key where only its owner reads it: it is shown this once",
      }));
      if (code === exitCode.done) io.stdout.write(`# public key: ${recipient}\n${identity}\n`);
      done(code);
    });
  secrets
    .command("encrypt")
    .description("Encrypt a SopsSecret from standard input into a new file; its place says for whom")
    .argument("<file>", "tenants/TENANT/CLUSTER/NAME.sops.yaml")
    .action(async (file) => {
      const clear = await io.stdin.text();
      done(
        await write(io, { dryRun: false }, async (fleet) => ({
          changes: await encryptSecret(fleet, file, clear, now()),
          selection: all,
          next: "commit it; forget the text it came from",
        })),
      );
    });
  secrets
    .command("decrypt")
    .description("Print a file in the clear: to a terminal, or with --force to anything")
    .argument("<file>", "an encrypted file")
    .option("--force", "print it to a file or a program as well", false)
    .action(async (file, { force }) => {
      if (!io.stdout.isTTY && !force)
        throw new UsageError(
          "the output is no terminal: a redirection would put plaintext on a disk (--force if it does not)",
        );
      const fleet = await readRepository(io.cwd, io.env, true);
      io.stdout.write(await decryptSecret(fleet, file, await ageIdentities(io.env)));
      done(exitCode.done);
    });
  secrets
    .command("edit")
    .description("Open a file in your editor, in memory; what you leave alone keeps its bytes")
    .argument("<file>", "an encrypted file")
    .action(async (file) => {
      const identities = await ageIdentities(io.env);
      done(
        await write(io, { dryRun: false }, async (fleet) => ({
          changes: await editSecret(fleet, file, identities, (clear) => editInMemory(clear, io.env), now()),
          selection: all,
          next: "commit it",
        })),
      );
    });
  for (const name of ["set", "unset"] as const) {
    secrets
      .command(name)
      .description(name === "set" ? "Set one value, from standard input" : "Take one value away")
      .argument("<file>", "an encrypted file")
      .argument("<path>", "keys and list positions, with dots: spec.secrets.0.stringData.password")
      .action(async (file, path) => {
        const identities = await ageIdentities(io.env);
        const value = name === "set" ? (await io.stdin.text()).replace(/\n$/, "") : undefined;
        const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
        done(
          await write(io, { dryRun: false }, async (fleet) => ({
            changes: await setSecret(fleet, file, identities, keys, value, now()),
            selection: all,
            next: "commit it",
          })),
        );
      });
  }
  for (const name of ["sync", "rotate"] as const) {
    secrets
      .command(name)
      .description(
        name === "sync"
          ? "Encrypt data keys to those the facts name now; it takes nothing back from who has read it"
          : "Encrypt with a new data key; change the values as well if somebody should know them no more",
      )
      .argument("[files...]", "all encrypted files if none are named")
      .action(async (files) => {
        const identities = await ageIdentities(io.env);
        done(
          await write(io, { dryRun: false }, async (fleet) => {
            const chosen = files.length === 0 ? secretFiles(fleet) : files;
            const changes =
              name === "sync"
                ? await syncSecrets(fleet, chosen, identities)
                : await rotateSecrets(fleet, chosen, identities, now());
            return { changes, selection: all, next: "commit it" };
          }),
        );
      });
  }
  secrets
    .command("audit")
    .description("Check every encrypted file: without keys what can be seen, with keys every value and MAC")
    .action(async () => {
      const fleet = await readRepository(io.cwd, io.env, true);
      const hasKeys = (io.env["SOPS_AGE_KEY_FILE"] ?? io.env["SOPS_AGE_KEY"] ?? "") !== "";
      const { findings, verified, unverified } = await auditSecrets(fleet, hasKeys ? await ageIdentities(io.env) : []);
      io.stdout.write(findingsText(findings, io.stdout.isTTY));
      io.stdout.write(
        `${secretFiles(fleet).length} encrypted files, ${findings.length} findings; the MAC of ${verified} verified, of ${unverified} not (no key for them)\n`,
      );
      done(findings.length > 0 ? exitCode.findings : exitCode.done);
    });
  return secrets;
});

/** UTC without a fraction, as SOPS authenticates it. */
function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

if (import.meta.main) await main(run);
