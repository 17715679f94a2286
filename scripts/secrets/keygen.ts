import type { CommandIo } from "../lib/command/io.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { everything } from "../lib/fleet/selection.ts";
import { ageIdentities } from "../lib/io/identities.ts";
import { newIdentity } from "../lib/secret/age-wrapping.ts";
import { keyChanges, type KeyOwner } from "../lib/secret/keys.ts";
import { clustersOf } from "../lib/tenant/lookup.ts";
import { write } from "../lib/write/write.ts";

/**
 * A new key pair. The public half goes into the facts; the private half of a tenant to its clusters, encrypted, that of
 * anybody else to stdout.
 */
export async function keygen(io: CommandIo, { print, ...owner }: KeyOwner & { print: boolean }): Promise<ExitCode> {
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
