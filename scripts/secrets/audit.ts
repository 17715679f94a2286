import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import { days } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { daysAgo } from "../lib/core/clock.ts";
import { type ExitCode, exitCode } from "../lib/core/errors.ts";
import { sortFindings } from "../lib/core/finding.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { everything } from "../lib/fleet/selection.ts";
import { heldIdentities } from "../lib/io/identities.ts";
import { findingsText } from "../lib/report/validation.ts";
import { verifySecrets } from "../lib/secret/audit.ts";
import { secretFiles } from "../lib/secret/secrets.ts";
import { validate } from "../lib/validate/validate.ts";

/** Rules about secrets; of dangling references those to Secrets. */
const rules = new Set([
  "plaintext-secret",
  "published-key",
  "secret-unread",
  "sops-file",
  "sops-provider",
  "tenant-key",
]);

export const auditCommand = (io: CommandIo, done: Done) =>
  new Command("audit")
    .description("Check everything about secrets: what can be seen without keys; with keys every value and MAC")
    .option("--max-age <days>", "list files that were not changed for so many days", days, 365)
    .action(async ({ maxAge }) => done(await auditAll(io, maxAge)));

/** Everything there is to say about the fleet's secrets, and what could not be said. */
async function auditAll(io: CommandIo, maxAge: number): Promise<ExitCode> {
  const validation = await validate(await Repository.read(io.cwd, { env: io.env }), { selection: everything });
  const seen = validation.findings.filter(
    ({ rule, message }) => rules.has(rule) || (rule === "dangling-reference" && /\bSecret /.test(message)),
  );
  const flawed = new Set(seen.map(({ file }) => file));
  const identities = await heldIdentities(io.env);
  const { findings, verified, unopened, pending, old } = await verifySecrets(
    validation.fleet,
    secretFiles(validation.fleet).filter((file) => !flawed.has(file)),
    identities,
    daysAgo(maxAge),
  );
  const all = sortFindings([...seen, ...findings]);
  io.stdout.write(findingsText(all, io.stdout.isTTY));
  for (const { file, names } of pending) io.stdout.write(`pending  ${file}: ${names.join(", ")}\n`);
  for (const { file, since } of old) io.stdout.write(`old      ${file}: not changed since ${since}\n`);
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const values = pending.reduce((sum, { names }) => sum + names.length, 0);
  io.stdout.write(
    `${count(secretFiles(validation.fleet).length, "encrypted file")}, ${count(all.length, "finding")}, ${count(values, "value")} pending, ${count(old.length, "file")} older than ${maxAge} days\n`,
  );
  const notLooked = validation.fleet.applications.filter(({ notRendered }) => notRendered !== undefined).length;
  io.stdout.write(
    `opened, with every value and the MAC: ${verified}; not opened: ${unopened.length} (${identities.length === 0 ? "no key was given" : "no key for them"})${flawed.size > 0 ? `; not opened for their findings: ${[...flawed].filter((file) => file?.endsWith(".sops.yaml")).length}` : ""}${notLooked > 0 ? `; Applications not rendered: ${notLooked}` : ""}\n`,
  );
  return all.length > 0 ? exitCode.findings : exitCode.done;
}
