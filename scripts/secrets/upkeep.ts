import type { CommandIo } from "../lib/command/io.ts";
import { mergeChanges } from "../lib/core/change.ts";
import { daysAgo, utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode } from "../lib/core/errors.ts";
import type { Omission } from "../lib/core/finding.ts";
import { everything } from "../lib/fleet/selection.ts";
import { ageIdentities } from "../lib/io/identities.ts";
import { rotateSecrets } from "../lib/secret/rotate.ts";
import { secretFiles, syncSecrets } from "../lib/secret/secrets.ts";
import { carryChanges } from "../lib/secret/tenant-key-delivery.ts";
import { write, type WriteOptions } from "../lib/write/write.ts";

/** Wraps data keys for those the facts name now, and brings tenants' keys to the clusters that lack them. */
export async function sync(io: CommandIo, files: readonly string[], options: WriteOptions): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) => {
    const synced = await syncSecrets(content, files.length === 0 ? secretFiles(content) : files, identities);
    const tenants = files.length === 0 ? [...content.documents.tenants.keys()].toSorted() : [];
    const changes = mergeChanges(synced, await carryChanges(content, content, tenants, identities, utcNow()));
    return {
      changes,
      selection: everything,
      next: "commit it",
      title: "fix(clusters): encrypt secrets to those the facts name",
    };
  });
}

export async function rotate(
  io: CommandIo,
  files: readonly string[],
  { values, olderThan, ...options }: WriteOptions & { values: boolean; olderThan?: number | undefined },
): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  let left: Omission[] = [];
  const code = await write(io, options, async (content) => {
    const before = olderThan === undefined ? undefined : daysAgo(olderThan);
    const chosen = files.length === 0 ? secretFiles(content) : files;
    const rotated = await rotateSecrets(content, chosen, identities, {
      values,
      lenient: files.length === 0,
      before,
      now: utcNow(),
    });
    ({ left } = rotated);
    const next = values ? "commit it, and set the new values where they are checked (stores)" : "commit it";
    return {
      changes: rotated.changes,
      selection: everything,
      next,
      title: `feat(clusters): rotate ${values ? "secrets" : "data keys"}`,
    };
  });
  if (code === exitCode.done)
    for (const { what, reason } of left) io.stderr.write(`left as it was: ${what}: ${reason}\n`);
  return code;
}
