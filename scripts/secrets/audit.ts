import { Command, Option } from "@commander-js/extra-typings";

import { type CommandIo, lookOf } from "../lib/command/io.ts";
import { days } from "../lib/command/options.ts";
import type { Done } from "../lib/command/run.ts";
import { daysAgo } from "../lib/core/clock.ts";
import { type ExitCode, exitCode } from "../lib/core/errors.ts";
import { sortFindings } from "../lib/core/finding.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { everything } from "../lib/fleet/selection.ts";
import { heldIdentities } from "../lib/io/identities.ts";
import { type Audit, auditText } from "../lib/report/audit.ts";
import { verifySecrets } from "../lib/secret/audit.ts";
import { secretFiles } from "../lib/secret/secrets.ts";
import { validate } from "../lib/validate/validate.ts";
import { formatOption } from "./format.ts";

/** Rules about secrets. */
const rules = new Set([
  "plaintext-secret",
  "published-key",
  "secret-unread",
  "sops-file",
  "sops-provider",
  "tenant-key",
  "tenant-secret",
]);

/** Rules about objects of every kind: those of their findings that are about Secrets. */
const ofObjects = new Set(["dangling-reference", "duplicate-object"]);

const failures = ["pending", "empty", "old", "unopened"] as const;

interface AuditOptions {
  maxAge: number;
  failOn: readonly (typeof failures)[number][];
  format: "text" | "json";
}

export const auditCommand = (io: CommandIo, done: Done) =>
  new Command("audit")
    .description("Check everything about secrets: what can be seen without keys; with keys every value and MAC")
    .option("--max-age <days>", "list files that were not changed for so many days", days, 365)
    .addOption(
      new Option(
        "--fail-on <what...>",
        "end with 1 where there are values pending or empty, or files old or not opened",
      )
        .choices(failures)
        .default([] as (typeof failures)[number][]),
    )
    .addOption(formatOption())
    .action(async (options) => done(await audit(io, options)));

/** Everything there is to say about the fleet's secrets, and what could not be said. */
async function audit(io: CommandIo, { maxAge, failOn, format }: AuditOptions): Promise<ExitCode> {
  const validation = await validate(await Repository.read(io.cwd, { env: io.env }), { selection: everything });
  const seen = validation.findings.filter(
    ({ rule, message }) => rules.has(rule) || (ofObjects.has(rule) && /\bSecret /.test(message)),
  );
  const flawed = new Set(seen.map(({ file }) => file));
  const identities = await heldIdentities(io.env);
  const files = secretFiles(validation.fleet);
  const verification = await verifySecrets(
    { content: validation.fleet, identities },
    files.filter((file) => !flawed.has(file)),
    daysAgo(maxAge),
  );
  const found: Audit = {
    ...verification,
    findings: sortFindings([...seen, ...verification.findings]),
    files: files.length,
    keys: identities.length,
    flawed: files.filter((file) => flawed.has(file)).length,
    notRendered: validation.fleet.applications.filter(({ notRendered }) => notRendered !== undefined).length,
  };
  io.stdout.write(
    format === "json" ? `${JSON.stringify(found, null, 2)}\n` : auditText(found, maxAge, lookOf(io.stdout).colour),
  );
  const isFailed = found.findings.length > 0 || failOn.some((what) => found[what].length > 0);
  return isFailed ? exitCode.findings : exitCode.done;
}
