/** A real PostgreSQL on loopback, in a folder that goes with it. */
import { existsSync } from "node:fs";
import { chown, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { type Parameters } from "./postgresql-files.ts";
import { asServer, freePort, mustRun, postgresqlPrograms, type Ran, runProgram, serverFolder } from "./programs.ts";

export interface Files {
  parameters: Parameters;
  hba: string;
  ident: string;
}

export interface Server extends AsyncDisposable {
  folder: string;
  data: string;
  port: number;
  pid: number;
  /** All that it has logged. */
  log(): string;
  /** SQL by the superuser, on the socket as the operator's instance manager sends it. */
  asSuperuser(sql: string, database?: string): Promise<string>;
  stop(): Promise<void>;
}

/** Makes the folder of a server, its cluster of databases initialised as the operator does: checksums, UTF8. */
export async function newFolder(): Promise<string> {
  await using building = new AsyncDisposableStack();
  const folder = building.adopt(await serverFolder(), removeFolder);
  const initialise = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-sync"];
  await mustRun(asServer([program("initdb"), ...initialise, `--pgdata=${folder}/data`]));
  building.move();
  return folder;
}

/** What of servers that have ended is still there: folders and processes. */
export const leftBehind = (servers: readonly Server[]): string[] =>
  servers.flatMap(({ folder, pid }) => [folder, `/proc/${pid}`]).filter((place) => existsSync(place));

export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** Starts it; env reaches the commands that it runs itself. */
export async function startServer(
  folder: string,
  { parameters, hba, ident }: Files,
  env: Record<string, string> = {},
): Promise<Server> {
  const data = path.join(folder, "data");
  const port = freePort();
  const own = { listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: folder };
  const settings = Object.entries({ ...parameters, ...own }).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  await writeOwned(folder, path.join(data, "pg_hba.conf"), hba);
  await writeOwned(folder, path.join(data, "pg_ident.conf"), ident);
  await writeOwned(folder, path.join(data, "postgresql.conf"), settings.join(""));
  const child = Bun.spawn(asServer([program("postgres"), "-D", data]), {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let said = "";
  const { promise: ready, resolve, reject } = Promise.withResolvers<undefined>();
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) {
      said += decoder.decode(chunk, { stream: true });
      if (said.includes("database system is ready to accept connections")) resolve(undefined);
    }
    // It has ended: late, this says nothing any more.
    reject(new Error(`PostgreSQL did not start: ${said}`));
  })();
  const stop = async () => {
    if (child.exitCode !== null) return;
    // A fast shutdown: connections are ended, what is committed is written.
    child.kill("SIGINT");
    await child.exited;
    await read;
  };
  await ready;
  return {
    folder,
    data,
    port,
    pid: child.pid,
    log: () => said,
    asSuperuser: (sql, database = "postgres") =>
      mustRun(asServer([client(), "-XAtq", "--set=ON_ERROR_STOP=1", `--command=${sql}`]), {
        PGHOST: folder,
        PGPORT: String(port),
        PGUSER: "postgres",
        PGDATABASE: database,
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const program = (name: string) => path.join(postgresqlPrograms()!, name);
/** That beside the server: Debian's wrapper on the PATH looks for servers of its own. */
export const client = () => (existsSync(program("psql")) ? program("psql") : "psql");

const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;

/** Writes a file that belongs to whom the folder belongs to. */
export async function writeOwned(folder: string, file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  await giveTo(folder, file);
}

/** Gives a file to whom the folder belongs to. */
export async function giveTo(folder: string, file: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
}

/** Connects as a program with libpq would whose settings are these. */
export function psql(env: Record<string, string>, sql: string): Promise<Ran> {
  return runProgram([client(), "-XAtq", "--set=ON_ERROR_STOP=1", `--command=${sql}`], {
    PGCONNECT_TIMEOUT: "10",
    ...env,
  });
}
