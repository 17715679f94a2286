import path from "node:path";

import { Command, Option } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import type { Done } from "../lib/command/run.ts";
import type { Change } from "../lib/core/change.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { at } from "../lib/core/json.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { everything } from "../lib/fleet/selection.ts";
import { editInMemory, removeAbandonedEdits } from "../lib/io/editor.ts";
import { ageIdentities, heldIdentities } from "../lib/io/identities.ts";
import { runSops } from "../lib/io/sops.ts";
import { repositoryPath } from "../lib/io/user-path.ts";
import { ForeignKeyError, NoKeyError } from "../lib/secret/cipher.ts";
import { foreignAddresses } from "../lib/secret/metadata.ts";
import { secretFileForms } from "../lib/secret/recipients.ts";
import { type Allowed, decryptSecret, editSecret, encryptSecret, setSecret } from "../lib/secret/secrets.ts";
import { exampleOf } from "../lib/secret/sops-secret.ts";
import { type WriteOptions, writerOptions } from "../lib/write/options.ts";
import { write, type WritePlan } from "../lib/write/write.ts";

const emptyOption = () => new Option("--empty", "take an empty value as it is").default(false);

export const encryptCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("encrypt")
      .description("Encrypt a SopsSecret from standard input into a new file; its path decides who can read it")
      .argument("<file>", secretFileForms)
      .option("--example", "print a SopsSecret to start from, and do nothing else", false)
      .addOption(emptyOption()),
  ).action(async (file, options) => done(await encrypt(io, await repositoryPath(io, file), options)));

export const decryptCommand = (io: CommandIo, done: Done) =>
  new Command("decrypt")
    .description("Print a file in the clear, to a terminal only")
    .argument("<file>", "an encrypted file")
    .option("--force", "print it to a file or a program as well", false)
    .option("--sops", "let the sops program open what only it can (KMS, Vault), with your credentials for them", false)
    .action(async (file, options) => done(await decrypt(io, await repositoryPath(io, file), options)));

export const editCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("edit")
      .description("Open a file in your editor, in memory; what you do not change keeps its bytes")
      .argument("<file>", "an encrypted file")
      .addOption(emptyOption()),
  ).action(async (file, options) => done(await edit(io, await repositoryPath(io, file), options)));

const target = "SECRET/KEY, or keys and positions with dots: spec.secrets.0.stringData.password";

export const setCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("set")
      .description("Set one value, from standard input")
      .argument("<file>", "an encrypted file")
      .argument("<value>", target)
      .option("--new", "add a key that the Secret does not have yet", false)
      .addOption(emptyOption()),
  ).action(async (file, name, options) => {
    const value = (await io.stdin.text()).replace(/\n$/, "");
    done(await set(io, await repositoryPath(io, file), name, value, { added: options.new, ...options }));
  });

export const unsetCommand = (io: CommandIo, done: Done) =>
  writerOptions(
    new Command("unset")
      .description("Remove one value")
      .argument("<file>", "an encrypted file")
      .argument("<value>", target),
  ).action(async (file, name, options) =>
    done(await set(io, await repositoryPath(io, file), name, undefined, { added: false, empty: false, ...options })),
  );

const plan = (changes: Change[], title: string, next = "commit it"): WritePlan => ({
  title,
  changes,
  selection: everything,
  next,
});

const scopeOf = (file: string) => file.split("/")[0]!;
const nameOf = (file: string) => path.posix.basename(file, ".sops.yaml");

/** A new encrypted file out of standard input. */
async function encrypt(
  io: CommandIo,
  file: string,
  { example, empty, ...options }: WriteOptions & Allowed & { example: boolean },
): Promise<ExitCode> {
  if (example) {
    io.stdout.write(exampleOf(file));
    return exitCode.done;
  }
  const clear = await io.stdin.text();
  return write(io, options, async (content) =>
    plan(
      await encryptSecret({ content, now: utcNow() }, file, clear, { empty }),
      `feat(${scopeOf(file)}): add ${nameOf(file)}`,
      "commit it, and delete the text that it came from",
    ),
  );
}

/** A file in the clear, on stdout. What only the sops program can open, it is asked to, if the person says so. */
async function decrypt(
  io: CommandIo,
  file: string,
  { force, sops }: { force: boolean; sops: boolean },
): Promise<ExitCode> {
  if (!io.stdout.isTTY && !force)
    throw new UsageError(
      "the output is not a terminal: a redirection would put plaintext on a disk (--force if it does not)",
    );
  const content = await Repository.read(io.cwd, { env: io.env });
  const identities = await heldIdentities(io.env);
  try {
    io.stdout.write(await decryptSecret({ content, identities, now: utcNow() }, file));
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    // Without any key it is the key that is missing, not a fault of the file.
    if (cause instanceof NoKeyError && identities.length === 0) await ageIdentities(io.env);
    if (!(cause instanceof ForeignKeyError)) throw error;
    if (!sops) await confirmSops(io, file, cause.message, foreignAddresses(at(content.sources.data(file), "sops")));
    io.stdout.write(await runSops(["decrypt", file], io, cause.message));
  }
  return exitCode.done;
}

/** The file says where sops goes, with credentials of the person (VAULT_TOKEN, a cloud's account): they are asked first. */
async function confirmSops(io: CommandIo, file: string, reason: string, addresses: readonly string[]): Promise<void> {
  const where = addresses.length === 0 ? "" : ` at ${addresses.map((address) => JSON.stringify(address)).join(", ")}`;
  const sentence = `${file} ${reason}. sops would use your credentials${where}`;
  if (!io.stdin.isTTY) throw new UsageError(`${sentence}: --sops allows it`);
  if (!(await io.stdin.confirm(`${sentence}. Continue?`))) throw new UsageError("cancelled: sops was not asked");
}

async function edit(io: CommandIo, file: string, { empty, ...options }: WriteOptions & Allowed): Promise<ExitCode> {
  for (const folder of await removeAbandonedEdits())
    io.stderr.write(`removed ${folder}, which a killed secrets edit had not\n`);
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) => {
    const vault = { content, identities, now: utcNow() };
    const changes = await editSecret(vault, file, (clear) => editInMemory(clear, io.env), { empty });
    return plan(changes, `fix(${scopeOf(file)}): edit ${nameOf(file)}`);
  });
}

/** Sets one value, or takes it away. One line break at the end of what was read is the terminal's, not the value's. */
async function set(
  io: CommandIo,
  file: string,
  name: string,
  value: string | undefined,
  { added, empty, ...options }: WriteOptions & Allowed & { added: boolean },
): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) =>
    plan(
      await setSecret({ content, identities, now: utcNow() }, file, name, value, { added, empty }),
      `fix(${scopeOf(file)}): ${value === undefined ? "unset" : "set"} ${name}`,
    ),
  );
}
