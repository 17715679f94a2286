import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import { days } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { mergeChanges } from "../lib/core/change.ts";
import { daysAgo, utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode } from "../lib/core/errors.ts";
import type { Omission } from "../lib/core/finding.ts";
import { everything } from "../lib/fleet/selection.ts";
import { ageIdentities } from "../lib/io/identities.ts";
import { secretRulesFile } from "../lib/repo/layout.ts";
import { rotateSecrets } from "../lib/secret/rotate.ts";
import { secretFiles, syncSecrets } from "../lib/secret/secrets.ts";
import { carryChanges } from "../lib/secret/tenant-key-delivery.ts";
import { type WriteOptions, writerOptions } from "../lib/write/options.ts";
import { write } from "../lib/write/write.ts";

export const syncCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("sync")
      .description("Wrap data keys for the recipients that the facts name now; whoever has read a value still knows it")
      .argument("[files...]", "encrypted files (all)"),
  ).action(async (files, options) => done(await sync(io, files, options)));

export const rotateCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("rotate")
      .description(
        "Encrypt with new data keys; with --values generate new values too: only new values lock somebody out",
      )
      .argument("[files...]", "encrypted files (all)")
      .option("--values", `new values for what a rule of ${secretRulesFile} generates`, false)
      .option(
        "--older-than <days>",
        "only files not changed for so many days; a second run goes on where it ended",
        days,
      ),
  ).action(async (files, options) => done(await rotate(io, files, options)));

/** Wraps data keys for those the facts name now, and brings tenants' keys to the clusters that lack them. */
async function sync(io: CommandIo, files: readonly string[], options: WriteOptions): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) => {
    const synced = await syncSecrets({ content, identities }, files.length === 0 ? secretFiles(content) : files);
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

async function rotate(
  io: CommandIo,
  files: readonly string[],
  { values, olderThan, ...options }: WriteOptions & { values: boolean; olderThan?: number | undefined },
): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  let skipped: Omission[] = [];
  const code = await write(io, options, async (content) => {
    const before = olderThan === undefined ? undefined : daysAgo(olderThan);
    const chosen = files.length === 0 ? secretFiles(content) : files;
    const rotated = await rotateSecrets({ content, identities, now: utcNow() }, chosen, {
      values,
      lenient: files.length === 0,
      before,
    });
    ({ skipped } = rotated);
    const next = values ? "commit it, and set the new values where they are checked (stores)" : "commit it";
    return {
      changes: rotated.changes,
      selection: everything,
      next,
      title: `feat(clusters): rotate ${values ? "secrets" : "data keys"}`,
    };
  });
  if (code === exitCode.done) for (const { what, reason } of skipped) io.stderr.write(`skipped: ${what}: ${reason}\n`);
  return code;
}
