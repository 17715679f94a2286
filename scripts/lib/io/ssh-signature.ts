import { stat } from "node:fs/promises";
import path from "node:path";

import { LayoutError } from "../bundle/layout.ts";
import { ToolError, UsageError } from "../core/errors.ts";
import { temporaryFolder, writeWhole } from "./files.ts";
import { definedOf, run } from "./process.ts";

/** What a signature is about: one for something else that the same key signs is none of a bundle. */
const namespace = "bundle@gitops.murima2025.com";

/**
 * Signs some bytes with an SSH key, as git signs commits. The key is a file, or the public half of one that an agent holds;
 * ssh-keygen reads it, nothing of it comes here.
 */
export async function signBytes(
  bytes: Uint8Array,
  key: string,
  env: Record<string, string | undefined>,
): Promise<string> {
  if ((await stat(key).catch(() => undefined)) === undefined)
    throw new UsageError(`there is no key ${key} to sign with`);
  return withFile(bytes, async (file) => {
    const { exitCode, stderr } = await run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace, file], {
      env: definedOf(env),
    });
    if (exitCode !== 0) throw new ToolError(`ssh-keygen could not sign with ${key}: ${lineOf(stderr)}`);
    return Bun.file(`${file}.sig`).text();
  });
}

/** Whose key signed some bytes, by a file of allowed signers; an error where it is nobody's of it. */
export async function signerOf(bytes: Uint8Array, signature: Uint8Array, signers: string): Promise<string> {
  if ((await stat(signers).catch(() => undefined)) === undefined)
    throw new UsageError(`there is no file ${signers} of allowed signers`);
  return withFile(signature, async (file) => {
    const signer = await run(["ssh-keygen", "-Y", "find-principals", "-s", file, "-f", signers]);
    const [principal] = signer.stdout.split("\n");
    if (signer.exitCode !== 0 || principal === undefined || principal === "")
      throw new LayoutError(`is signed by a key that ${signers} does not allow`);
    const command = [
      "ssh-keygen",
      "-Y",
      "verify",
      "-f",
      signers,
      "-I",
      principal,
      "-n",
      namespace,
      "-s",
      file,
    ] as const;
    const verified = await run([...command], { input: new TextDecoder().decode(bytes) });
    if (verified.exitCode !== 0)
      throw new LayoutError(`has a signature that is not of its index (${lineOf(verified.stdout + verified.stderr)})`);
    return principal;
  });
}

/** ssh-keygen reads files: one that is there for as long as the work takes. */
async function withFile<T>(bytes: Uint8Array, work: (file: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder("signature");
  try {
    const file = path.join(folder.path, "bytes");
    await writeWhole(file, bytes);
    return await work(file);
  } finally {
    await folder.remove();
  }
}

const lineOf = (text: string) => text.trim().split("\n").at(-1) ?? "";
