import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import { mergeChanges } from "../lib/core/change.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import type { Omission } from "../lib/core/finding.ts";
import { loadFleet } from "../lib/fleet/load.ts";
import { missingSecrets } from "../lib/fleet/references.ts";
import { everything } from "../lib/fleet/selection.ts";
import { heldIdentities } from "../lib/io/identities.ts";
import { secretRulesFile } from "../lib/repo/layout.ts";
import { newKeys } from "../lib/secret/adopt.ts";
import { generateSecrets } from "../lib/secret/generate.ts";
import { encryptNew } from "../lib/secret/secrets.ts";
import { carrierTexts } from "../lib/secret/tenant-key-delivery.ts";
import { clustersOf } from "../lib/tenant/lookup.ts";
import { type WriteOptions, writerOptions } from "../lib/write/options.ts";
import { write } from "../lib/write/write.ts";

export const generateCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("generate")
      .description(
        `Generate Secrets that are referred to and missing, by the rules of ${secretRulesFile}; needs no key`,
      )
      .option("--all", "make new keys and new values for everything, for whoever adopts this repository", false),
  ).action(async ({ all, ...options }) => {
    if (all && (options.dryRun || options.pr))
      throw new UsageError("--all shows the keys it makes once: --dry-run and --pr do not go with it");
    done(all ? await generateAll(io) : await generateMissing(io, options));
  });

/** Values for every Secret that is referred to and not there. */
async function generateMissing(io: CommandIo, options: WriteOptions): Promise<ExitCode> {
  let omitted: Omission[] = [];
  const code = await write(io, options, async (repository) => {
    const { fleet } = await loadFleet(repository);
    const identities = await heldIdentities(io.env);
    const generated = await generateSecrets(fleet, missingSecrets(fleet), utcNow(), identities);
    ({ omitted } = generated);
    return {
      changes: generated.changes,
      selection: everything,
      next: "commit it; bun run secrets audit names what is pending",
      title: "feat(clusters): generate missing secrets",
    };
  });
  return report(io, omitted, code);
}

/** For an adopter: keys of its own for everybody, and every generated value anew. Private keys go to stdout, once. */
async function generateAll(io: CommandIo): Promise<ExitCode> {
  let omitted: Omission[] = [];
  let kept: Awaited<ReturnType<typeof newKeys>>["kept"] = [];
  const code = await write(io, { dryRun: false, quiet: true }, async (repository) => {
    const keys = await newKeys(repository);
    ({ kept } = keys);
    const seen = repository.with(keys.changes);
    const carriers = [...keys.tenants].flatMap(([tenant, key]) => [
      ...carrierTexts(tenant, clustersOf(seen, tenant), key),
    ]);
    const changes = mergeChanges(keys.changes, await encryptNew(seen, new Map(carriers), utcNow()));
    const { fleet } = await loadFleet(repository.with(changes));
    const generated = await generateSecrets(fleet, missingSecrets(fleet), utcNow());
    ({ omitted } = generated);
    const next = "keep the private keys where only their owners read them: they are shown this once; then commit";
    return {
      changes: mergeChanges(changes, generated.changes),
      selection: everything,
      next,
      title: "feat(clusters): new keys and secrets",
    };
  });
  if (code === exitCode.done)
    for (const { owner, key } of kept) io.stdout.write(`# ${owner}\n# public key: ${key.recipient}\n${key.identity}\n`);
  return report(io, omitted, code);
}

function report({ stderr }: CommandIo, omitted: readonly Omission[], code: ExitCode): ExitCode {
  for (const { what, reason } of omitted) stderr.write(`not generated: ${what}: ${reason}\n`);
  return code === exitCode.done && omitted.length > 0 ? exitCode.findings : code;
}
