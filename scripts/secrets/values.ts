import path from "node:path";

import type { CommandIo } from "../lib/command/io.ts";
import type { Change } from "../lib/core/change.ts";
import { utcNow } from "../lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "../lib/core/errors.ts";
import { readRepository } from "../lib/fleet/repository.ts";
import { everything } from "../lib/fleet/selection.ts";
import { editInMemory } from "../lib/io/editor.ts";
import { ageIdentities, heldIdentities } from "../lib/io/identities.ts";
import { runSops } from "../lib/io/sops.ts";
import { ForeignKeyError, NoKeyError } from "../lib/secret/cipher.ts";
import { decryptSecret, editSecret, encryptSecret, setSecret } from "../lib/secret/secrets.ts";
import { write, type WriteOptions, type WritePlan } from "../lib/write/write.ts";

const plan = (changes: Change[], title: string, next = "commit it"): WritePlan => ({
  title,
  changes,
  selection: everything,
  next,
});

const scopeOf = (file: string) => file.split("/")[0]!;
const nameOf = (file: string) => path.posix.basename(file, ".sops.yaml");

/** A new encrypted file out of standard input. */
export async function encrypt(io: CommandIo, file: string, options: WriteOptions): Promise<ExitCode> {
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
export async function decrypt(io: CommandIo, file: string, force: boolean): Promise<ExitCode> {
  if (!io.stdout.isTTY && !force)
    throw new UsageError(
      "the output is no terminal: a redirection would put plaintext on a disk (--force if it does not)",
    );
  const content = await readRepository(io.cwd, io.env, true);
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

export async function edit(io: CommandIo, file: string, options: WriteOptions): Promise<ExitCode> {
  const identities = await ageIdentities(io.env);
  return write(io, options, async (content) =>
    plan(
      await editSecret(content, file, identities, (clear) => editInMemory(clear, io.env), utcNow()),
      `fix(${scopeOf(file)}): edit ${nameOf(file)}`,
    ),
  );
}

/** Sets one value from standard input, or takes it away. One line break at the end is the terminal's, not the value's. */
export async function set(
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
