import { Command } from "@commander-js/extra-typings";

import { type CommandIo, lookOf } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { type Finding, sortFindings } from "../lib/core/finding.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { type Blob, blobsSince, stagedBlobs } from "../lib/io/git.ts";
import { isPublishedKeyFile } from "../lib/repo/layout.ts";
import { findingsText } from "../lib/report/validation.ts";
import { plaintextProblems, textOfBytes } from "../lib/secret/plaintext.ts";
import { publishes } from "../lib/secret/published.ts";
import { formatOption } from "./format.ts";

interface ScanOptions {
  staged: boolean;
  since?: string | undefined;
  format: "text" | "json";
}

export const scanCommand = (io: CommandIo, done: Done) =>
  new Command("scan")
    .description(
      "Look for plaintext in every file that is staged, or that any commit since a revision added or changed",
    )
    .option("--staged", "what a commit made now would add", false)
    .option("--since <revision>", "every commit from there to HEAD, with what a later one removed again")
    .addOption(formatOption())
    .action(async (options) => done(await scan(io, options)));

/** A file that was not looked into, and why. */
interface Unseen {
  file: string;
  reason: string;
  commit?: string;
}

/** Looks for plaintext in what is staged, or in every commit since a revision: one that was removed again is public too. */
async function scan(io: CommandIo, { staged, since, format }: ScanOptions): Promise<ExitCode> {
  if (staged === (since !== undefined)) throw new UsageError("give either --staged or --since REVISION");
  const blobs = since === undefined ? await stagedBlobs(io.cwd) : await blobsSince(io.cwd, since);
  const isPublished = await publishedIn(io, blobs);
  const found: Finding[] = [];
  const unseen: Unseen[] = [];
  for (const { path, bytes, reason = "binary", commit } of blobs) {
    const text = bytes === undefined ? undefined : textOfBytes(bytes);
    if (text === undefined) unseen.push({ file: path, reason, ...(commit === undefined ? {} : { commit }) });
    else
      for (const { line, message, fix } of plaintextProblems(path, text, isPublished))
        found.push({
          rule: "plaintext-secret",
          severity: "error",
          file: path,
          line,
          message: commit === undefined ? message : `${message}, in the commit ${commit.slice(0, 12)}`,
          fix: commit === undefined ? fix : `${fix}; rewrite the branch so that the commit is not merged`,
        });
  }
  const findings = sortFindings(found);
  const looked = blobs.length - unseen.length;
  if (format === "json")
    io.stdout.write(`${JSON.stringify({ findings, filesLookedInto: looked, notLookedInto: unseen }, null, 2)}\n`);
  else {
    io.stdout.write(findingsText(findings, lookOf(io.stdout).colour));
    for (const { file, reason } of unseen) io.stderr.write(`not looked into: ${JSON.stringify(file)} (${reason})\n`);
  }
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const others = unseen.length === 0 ? "" : `, ${count(unseen.length, "file")} not looked into`;
  io.stderr.write(`${count(looked, "file")} looked into${others}, ${count(findings.length, "finding")}\n`);
  return findings.length > 0 ? exitCode.findings : exitCode.done;
}

/** Which clusters may publish their key: the facts are read only where a file claims to be one. */
async function publishedIn(io: CommandIo, blobs: readonly Blob[]): Promise<(cluster: string) => boolean> {
  if (!blobs.some(({ path }) => isPublishedKeyFile(path))) return () => false;
  const { documents } = await Repository.read(io.cwd, { env: io.env });
  return (cluster) => publishes(documents, cluster);
}
