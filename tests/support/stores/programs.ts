/** Programs of a store on this machine, and the account that they run as. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Where Debian keeps the servers, a folder a major version: they are on no PATH. */
const debian = "/usr/lib/postgresql";

/** The folder of postgres, initdb and their like: that on the PATH, or Debian's newest. */
export function postgresqlPrograms(): string | undefined {
  const onPath = Bun.which("postgres");
  if (onPath !== null) return path.dirname(onPath);
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => path.join(debian, version, "bin"))
    .find((folder) => existsSync(`${folder}/postgres`));
}

const needed = ["openssl", "psql", "setpriv"];
/** What is needed to start a server, to give it certificates, and to connect to it. */
export const hasPostgresql = postgresqlPrograms() !== undefined && needed.every((name) => Bun.which(name) !== null);
export const hasBarman = Bun.which("barman-cloud-backup") !== null;

/** PostgreSQL does not run as root: there, the account that Debian's package makes is used. */
export const serverUser = process.getuid?.() === 0 ? "postgres" : (Bun.env["USER"] ?? "postgres");

/** A command as the server's account; it ends with this process, however that ends. */
export function asServer(command: readonly string[]): string[] {
  const account = process.getuid?.() === 0 ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
  return ["setpriv", ...account, "--pdeathsig=INT", "--", ...command];
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, in an environment of its own. */
export async function runProgram(
  command: readonly string[],
  env: Record<string, string> = {},
  cwd = "/",
): Promise<Ran> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

/** The same, where nothing goes on without it. */
export async function mustRun(...args: Parameters<typeof runProgram>): Promise<string> {
  const { code, stdout, stderr } = await runProgram(...args);
  if (code !== 0) throw new Error(`${args[0].join(" ")} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

/** A folder that the server's account owns and can reach, wherever this process' own temporary files are. */
export const serverFolder = () => mustRun(asServer(["mktemp", "--directory"]));

/** A port that nobody listens on. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
