import path from "node:path";

import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import type { Change } from "../lib/core/change.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { everything } from "../lib/fleet/selection.ts";
import { editInMemory } from "../lib/io/editor.ts";
import { ageIdentities, heldIdentities } from "../lib/io/identities.ts";
import { runSops } from "../lib/io/sops.ts";
import { ForeignKeyError, NoKeyError } from "../lib/secret/cipher.ts";
import { secretFileForms } from "../lib/secret/recipients.ts";
import { decryptSecret, editSecret, encryptSecret, setSecret } from "../lib/secret/secrets.ts";
import { proposalOptions, type WriteOptions } from "../lib/write/options.ts";
import { write, type WritePlan } from "../lib/write/write.ts";

export const encryptCommand = (io: CommandIo, done: Done) =>
  proposalOptions(
    new Command("encrypt")
      .description("Encrypt a SopsSecret from standard input into a new file; its path decides who can read it")
      .argument("<file>", secretFileForms),
  ).action(async (file, options) => done(await encrypt(io, file, { dryRun: false, ...options })));

export const decryptCommand = (io: CommandIo, done: Done) =>
  new Command("decrypt")
    .description("Print a file in the clear, to a terminal only")
    .argument("<file>", "an encrypted file")
    .option("--force", "print it to a file or a program as well", false)
    .action(async (file, { force }) => done(await decrypt(io, file, force)));

export const editCommand = (io: CommandIo, done: Done) =>
  proposalOptions(
    new Command("edit")
      .description("Open a file in your editor, in memory; what you do not change keeps its bytes")
      .argument("<file>", "an encrypted file"),
  ).action(async (file, options) => done(await edit(io, file, { dryRun: false, ...options })));

export const setCommand = (io: CommandIo, done: Done, name: "set" | "unset") =>
  proposalOptions(
    new Command(name)
      .description(name === "set" ? "Set one value, from standard input" : "Remove one value")
      .argument("<file>", "an encrypted file")
      .argument("<value>", "SECRET/KEY, or keys and positions with dots: spec.secrets.0.stringData.password"),
  ).action(async (file, target, options) => done(await set(io, file, target, name, { dryRun: false, ...options })));

const plan = (changes: Change[], title: string, next = "commit it"): WritePlan => ({
  title,
  changes,
  selection: everything,
  next,
});

const scopeOf = (file: string) => file.split("/")[0]!;
const nameOf = (file: string) => path.posix.basename(file, ".sops.yaml");

/** A new encrypted file out of standard input. */
async function encrypt(io: CommandIo, file: string, options: WriteOptions): Promise<ExitCode> {
  const clear = await io.stdin.text();
  return write(io, options, async (content) =>
    plan(
      await encryptSecret(content, file, clear, utcNow()),
      `feat(${scopeOf(file)}): add ${nameOf(file)}`,
      "commit it; forget the text it came from",
    ),
  );
}

/** A file in the clear, on stdout. What only the sops program can open, it is asked to. */
async function decrypt(io: CommandIo, file: string, force: boolean): Promise<ExitCode> {
  if (!io.stdout.isTTY && !force)
    throw new UsageError(
      "the output is no terminal: a redirection would put plaintext on a disk (--force if it does not)",
    );
  const content = await Repository.read(io.cwd, { env: io.env });
  const identities = await heldIdentities(io.env);
  try {
    io.stdout.write(await decryptSecret(content, file, identities));
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    // Without any key it is the key that is missing, not a fault of the file.
    if (cause instanceof NoKeyError && identities.length === 0) await ageIdentities(io.env);
    if (!(cause instanceof ForeignKeyError)) throw error;
    io.stdout.write(await runSops(["decrypt", file], io, cause.message));
  }
  return exitCode.done;
}

async function edit(io: CommandIo, file: string, options: WriteOptions): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) =>
    plan(
      await editSecret(content, file, identities, (clear) => editInMemory(clear, io.env), utcNow()),
      `fix(${scopeOf(file)}): edit ${nameOf(file)}`,
    ),
  );
}

/** Sets one value from standard input, or takes it away. One line break at the end is the terminal's, not the value's. */
async function set(
  io: CommandIo,
  file: string,
  target: string,
  how: "set" | "unset",
  options: WriteOptions,
): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  const value = how === "set" ? (await io.stdin.text()).replace(/\n$/, "") : undefined;
  return write(io, options, async (content) =>
    plan(
      await setSecret(content, file, identities, target, value, utcNow()),
      `fix(${scopeOf(file)}): ${how} ${target}`,
    ),
  );
}
