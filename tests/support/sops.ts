import { existsSync } from "node:fs";
import path from "node:path";

/** Real sops: GITOPS_SOPS, PATH, or where go install puts it. Tests that need it say so and are counted as skipped. */
export const sopsProgram: string | undefined = [
  process.env["GITOPS_SOPS"],
  Bun.which("sops") ?? undefined,
  path.join(process.env["HOME"] ?? "", "go/bin/sops"),
].find((program) => program !== undefined && existsSync(program));

/** Runs sops with one private key; its answer, or what it said instead. */
export async function sops(
  argv: readonly string[],
  identity: string,
  input?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([sopsProgram!, ...argv], {
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", SOPS_AGE_KEY: identity },
    stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
    cwd: "/",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
}
