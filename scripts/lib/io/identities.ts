import { readFile } from "node:fs/promises";

import { ToolError } from "../core/errors.ts";

/**
 * Private age keys of the person or machine, as sops finds them: SOPS_AGE_KEY holds some, SOPS_AGE_KEY_FILE names a file
 * of them. Never an argument: those can be read by everybody on the machine.
 */
export async function ageIdentities(env: Record<string, string | undefined>): Promise<string[]> {
  const identities = await heldIdentities(env);
  if (identities.length === 0)
    throw new ToolError(
      "no private key was given: set SOPS_AGE_KEY_FILE to a file of age keys, or SOPS_AGE_KEY to one",
    );
  return identities;
}

/** The same where none will do as well. */
export async function heldIdentities(env: Record<string, string | undefined>): Promise<string[]> {
  const file = env["SOPS_AGE_KEY_FILE"];
  const texts = [env["SOPS_AGE_KEY"] ?? ""];
  if (file !== undefined && file !== "") {
    try {
      texts.push(await readFile(file, "utf8"));
    } catch (error) {
      throw new ToolError(
        `SOPS_AGE_KEY_FILE names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  }
  return texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("AGE-SECRET-KEY-"));
}
