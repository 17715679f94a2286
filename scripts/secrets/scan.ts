import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { type Finding, sortFindings } from "../lib/core/finding.ts";
import { blobsSince, stagedBlobs } from "../lib/io/git.ts";
import { isPublishedKeyFile } from "../lib/repo/layout.ts";
import { findingsText } from "../lib/report/validation.ts";
import { plaintextProblems } from "../lib/secret/plaintext.ts";

export const scanCommand = (io: CommandIo, done: Done) =>
  new Command("scan")
    .description("Look for plaintext in what is staged, or in every commit since a revision")
    .option("--staged", "what a commit made now would add", false)
    .option("--since <revision>", "every commit from there to HEAD, with what was removed again")
    .action(async (options) => done(await scan(io, options)));

/** Looks for plaintext in what is staged, or in every commit since a revision: one that was taken away again is public too. */
async function scan(
  io: CommandIo,
  { staged, since }: { staged: boolean; since?: string | undefined },
): Promise<ExitCode> {
  if (staged === (since !== undefined)) throw new UsageError("give either --staged or --since REVISION");
  const blobs = since === undefined ? await stagedBlobs(io.cwd) : await blobsSince(io.cwd, since);
  const findings = blobs
    // Whether one may be there is the question of the rule published-key.
    .filter(({ path }) => !isPublishedKeyFile(path))
    .flatMap(({ path, text, commit }) =>
      plaintextProblems(path, text).map(({ line, message, fix }): Finding => ({
        rule: "plaintext-secret",
        severity: "error",
        file: path,
        line,
        message: commit === undefined ? message : `${message}, in the commit ${commit.slice(0, 12)}`,
        fix: commit === undefined ? fix : `${fix}; rewrite the branch so that the commit is not merged`,
      })),
    );
  io.stdout.write(findingsText(sortFindings(findings), io.stdout.isTTY));
  io.stderr.write(`${blobs.length} files looked into, ${findings.length} findings\n`);
  return findings.length > 0 ? exitCode.findings : exitCode.done;
}
