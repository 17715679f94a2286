import { Database, type SQLQueryBindings } from "bun:sqlite";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import { program } from "../core/company.ts";

/** The user's folder for what can be made again. */
export function cacheFolder(env: Record<string, string | undefined>): string {
  const base = env["XDG_CACHE_HOME"] || path.join(env["HOME"] || homedir(), ".cache");
  return path.join(base, program);
}

/** What is used when GITOPS_CACHE_LIMIT says nothing. */
const usualLimit = 1024 ** 3;

/** Bytes that entries may take: GITOPS_CACHE_LIMIT, in MiB. */
export function cacheLimit(env: Record<string, string | undefined>): number {
  const named = Number(env["GITOPS_CACHE_LIMIT"] ?? "");
  return Number.isFinite(named) && named > 0 ? named * 1024 ** 2 : usualLimit;
}

/** Entries that wait to be written together: a transaction each would cost more than the render. */
const batch = 16 * 1024 ** 2;

const day = () => Math.floor(Date.now() / 86_400_000);

/**
 * Entries by the name of their content, in one SQLite file: two checkouts may use it at once. An entry that was cut short or
 * changed reads as absent, and a cache that can't be read or written only makes the next run slower. What was not used for the
 * longest time goes first when there is too much of it.
 */
export class Cache {
  readonly #folder: string;
  readonly #limit: number;
  #database: Database | undefined | null;
  readonly #pending = new Map<string, string>();
  readonly #used = new Set<string>();
  #size = 0;

  constructor(folder: string, limit = usualLimit) {
    this.#folder = folder;
    this.#limit = limit;
  }

  read(key: string): Promise<string | undefined> {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return Promise.resolve(pending);
    const row = this.#try((database) =>
      database
        .query<{ content: string; sum: string; used: number }, [string]>(
          "SELECT content, sum, used FROM entries WHERE key = ?",
        )
        .get(key),
    );
    if (row === undefined || row === null || row.sum !== sumOf(key, row.content)) return Promise.resolve(undefined);
    if (row.used < day()) this.#used.add(key);
    return Promise.resolve(row.content);
  }

  write(key: string, content: string): Promise<void> {
    this.#pending.set(key, content);
    this.#size += content.length;
    if (this.#size > batch) this.#flush();
    return Promise.resolve();
  }

  /** Writes what waits, notes what was used, and takes away what is too much. */
  keep(): Promise<void> {
    if (this.#pending.size > 0 || this.#used.size > 0) this.#flush();
    return Promise.resolve();
  }

  #flush(): void {
    const entries = [...this.#pending];
    const used = [...this.#used];
    this.#pending.clear();
    this.#used.clear();
    this.#size = 0;
    this.#try((database) => {
      database.transaction(() => {
        const insert = database.query<unknown, SQLQueryBindings[]>(
          "INSERT OR REPLACE INTO entries (key, content, sum, size, used) VALUES (?, ?, ?, ?, ?)",
        );
        for (const [key, content] of entries)
          insert.run(key, content, sumOf(key, content), key.length + content.length, day());
        const touch = database.query<unknown, SQLQueryBindings[]>("UPDATE entries SET used = ? WHERE key = ?");
        for (const key of used) touch.run(day(), key);
      })();
      prune(database, this.#limit);
    });
  }

  /** Undefined where there is no cache to be had. A file that is no database, or a broken one, is made anew. */
  #try<T>(action: (database: Database) => T): T | undefined {
    for (const isLast of [false, true]) {
      try {
        this.#database ??= open(this.#folder);
        return action(this.#database);
      } catch (error) {
        const isBroken = /malformed|not a database|no such (table|column)|has no column/.test((error as Error).message);
        if (isLast || !isBroken) return undefined;
        this.#database?.close();
        this.#database = undefined;
        for (const end of ["", "-wal", "-shm"]) rmSync(fileIn(this.#folder) + end, { force: true });
      }
    }
    return undefined;
  }
}

const fileIn = (folder: string) => path.join(folder, "cache.sqlite");

function open(folder: string): Database {
  mkdirSync(folder, { recursive: true });
  const database = new Database(fileIn(folder), { create: true });
  database.run("PRAGMA busy_timeout = 10000");
  database.run("PRAGMA auto_vacuum = INCREMENTAL");
  database.run("PRAGMA journal_mode = WAL");
  // A crash of the machine may lose the last entries, never the file.
  database.run("PRAGMA synchronous = NORMAL");
  database.run(
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, content TEXT NOT NULL, sum TEXT NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL)",
  );
  // How much there is, is asked at the end of every run.
  database.run("CREATE INDEX IF NOT EXISTS sizes ON entries (size)");
  takeIn(database, folder);
  return database;
}

/** Takes in the caches of other machines: files *.sqlite that were put beside this one, each once. */
function takeIn(database: Database, folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".sqlite") || name === "cache.sqlite") continue;
    const file = path.join(folder, name);
    database.run("ATTACH DATABASE ? AS other", [file]);
    try {
      database.run("INSERT OR IGNORE INTO entries SELECT key, content, sum, size, used FROM other.entries");
    } finally {
      database.run("DETACH DATABASE other");
    }
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  }
}

/** Down to four fifths, so that it is not done every time. */
function prune(database: Database, limit: number): void {
  const sum = () =>
    database.query<{ size: number | null }, []>("SELECT sum(size) AS size FROM entries").get()?.size ?? 0;
  let size = sum();
  if (size <= limit) return;
  const oldest = database.query<{ key: string; size: number }, []>(
    "SELECT key, size FROM entries ORDER BY used, rowid",
  );
  const remove = database.query<unknown, SQLQueryBindings[]>("DELETE FROM entries WHERE key = ?");
  database.transaction(() => {
    for (const entry of oldest.all()) {
      if (size <= limit * 0.8) break;
      remove.run(entry.key);
      size -= entry.size;
    }
  })();
  database.run("PRAGMA incremental_vacuum");
}

function sumOf(key: string, content: string): string {
  return Bun.hash(`${key}\n${content}`).toString(36);
}
