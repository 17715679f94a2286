import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { everything } from "../lib/fleet/selection.ts";
import { ageIdentities } from "../lib/io/identities.ts";
import { newIdentity } from "../lib/secret/age-wrapping.ts";
import { keyChanges, type KeyOwner } from "../lib/secret/keys.ts";
import { clustersOf } from "../lib/tenant/lookup.ts";
import { write } from "../lib/write/write.ts";

export const keygenCommand = (io: CommandIo, done: Done) =>
  new Command("keygen")
    .description(
      "Make a key pair: the public half goes into the facts; a tenant's private half into its clusters' secrets, any other to stdout, once",
    )
    .option("--cluster <name>", "for the secrets of a cluster: bootstrap brings it there")
    .option("--environment <name>", "the recovery key of an environment: keep it offline")
    .option("--tenant <name>", "for the placements of a tenant")
    .option("--print", "show a tenant's private half as well", false)
    .action(async (options) => done(await keygen(io, options)));

/**
 * A new key pair. The public half goes into the facts; the private half of a tenant to its clusters, encrypted, that of
 * anybody else to stdout.
 */
async function keygen(io: CommandIo, { print, ...owner }: KeyOwner & { print: boolean }): Promise<ExitCode> {
  if (Object.values(owner).filter((name) => name !== undefined).length !== 1)
    throw new UsageError("name one of --cluster, --environment and --tenant");
  const key = await newIdentity();
  let isShown = print;
  const code = await write(io, { dryRun: false, quiet: true }, async (content) => {
    isShown ||= owner.tenant === undefined || clustersOf(content, owner.tenant).length === 0;
    const next = isShown
      ? "keep the private key where only its owner reads it: it is shown this once"
      : "commit it; the private key is in its clusters' secrets, and the recovery key opens those";
    const changes = await keyChanges(content, owner, key, () => ageIdentities(io.env), utcNow());
    const name = owner.cluster ?? owner.environment ?? owner.tenant;
    return { changes, selection: everything, next, title: `feat(clusters): a new key for ${name}` };
  });
  if (code === exitCode.done && isShown) io.stdout.write(`# public key: ${key.recipient}\n${key.identity}\n`);
  return code;
}
