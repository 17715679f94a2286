/**
 * Issue 17: a PostgreSQL restored to a moment, beside the one that lost its rows, by barman-cloud, which the plugin runs. Skipped,
 * and counted so, where PostgreSQL or barman is missing. FULL=1 waits for archive_timeout, as after a server that was lost;
 * otherwise the log is switched.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import { cluster } from "../support/fleet.ts";
import { full } from "../support/repository.ts";
import { archiveOf, type Barman, barman, recoveryParameters } from "../support/stores/barman.ts";
import { restoring } from "../support/stores/overlays.ts";
import { group, operatorServer } from "../support/stores/postgresql-operator.ts";
import { leftBehind, newFolder, removeFolder, type Server, writeOwned } from "../support/stores/postgresql-server.ts";
import { asServer, hasBarman, hasPostgresql, mustRun, serverFolder } from "../support/stores/programs.ts";
import { type Rendered, rendered } from "../support/stores/rendered.ts";
import { type ObjectServer, objectServer } from "../support/stores/s3.ts";

const readAll = "SELECT id, title FROM cases ORDER BY id";

describe.skipIf(!hasPostgresql || !hasBarman)("PostgreSQL to a moment", () => {
  let kept = new AsyncDisposableStack();
  let store: ObjectServer;
  let server: Server;
  let tool: Barman;
  const seconds: Record<string, number> = {};
  const left: Server[] = [];

  const objectsOf = async (edit?: Parameters<typeof rendered>[1]): Promise<Rendered> =>
    (await rendered([cluster.onPremises], edit)).get(cluster.onPremises)!;
  const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const done = await work;
    seconds[what] = (performance.now() - started) / 1000;
    return done;
  };
  const withBarman = (command: readonly string[], { folder, port }: Pick<Server, "folder" | "port">) =>
    mustRun(asServer(command), { ...store.credentials, PGHOST: folder, PGPORT: String(port) }, folder);

  beforeAll(async () => {
    await using building = new AsyncDisposableStack();
    const objects = await objectsOf();
    const own = objects.one("Cluster", "postgresql", group);
    const objectStore = objects.one("ObjectStore", "postgresql");
    store = building.use(await objectServer(barman(objectStore, "", "").bucket));
    tool = barman(objectStore, archiveOf(own, "writes"), store.url);
    const folder = building.adopt(await newFolder(), removeFolder);
    const started = await operatorServer(folder, objects, own, { archive_command: tool.archive }, store.credentials);
    server = building.use(started.server);
    left.push(server);
    kept = building.move();
  }, 120_000);

  afterAll(async () => {
    await kept.disposeAsync();
    expect(leftBehind(left)).toEqual([]);
  });

  /** Waits until the log that holds a position is archived; says when that was. A failure of the archive ends it at once. */
  async function archived(position: string): Promise<string> {
    for (;;) {
      const [done, failed, at] = (
        await server.asSuperuser(
          `SELECT coalesce(last_archived_wal >= pg_walfile_name('${position}'), false), failed_count, last_archived_time FROM pg_stat_archiver`,
        )
      ).split("|");
      if (failed !== "0") throw new Error(`the archive refuses: ${server.log()}`);
      if (done === "t") return at!;
      await Bun.sleep(100);
    }
  }

  test("what an ObjectStore asks for and barman 3.4 can't do is named, nothing else is left out", () => {
    expect(tool.unplayed).toEqual(["wal.compression zstd", "data.compression snappy"]);
    for (const flags of [tool.archive, tool.backup.join(" ")]) expect(flags).toContain("--encryption AES256");
  });

  test(
    "all rows are deleted, and come back as they were at a moment",
    async () => {
      await server.asSuperuser("CREATE TABLE cases (id int PRIMARY KEY, title text)");
      await server.asSuperuser("INSERT INTO cases SELECT n, md5(n::text) FROM generate_series(1, 10000) n");
      // A base backup begins with a checkpoint that takes its time; this leaves it little to write.
      await server.asSuperuser("CHECKPOINT");
      await timed("backup", withBarman(tool.backup, server));
      // After the base backup: these come out of the log alone.
      await server.asSuperuser("INSERT INTO cases SELECT n, md5(n::text) FROM generate_series(10001, 20000) n");
      const rows = await server.asSuperuser(readAll);
      expect(rows.split("\n")).toHaveLength(20_000);
      const moment = await server.asSuperuser(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'",
      );
      await server.asSuperuser("DELETE FROM cases");
      const position = await server.asSuperuser("SELECT pg_current_wal_lsn()");
      if (!full) await server.asSuperuser("SELECT pg_switch_wal()");
      const archivedAt = await archived(position);
      expect(await server.asSuperuser("SELECT count(*) FROM cases")).toBe("0");

      // As a person restores it: the component, and the moment.
      const objects = await objectsOf(restoring(cluster.onPremises, moment));
      const restored = objects.one("Cluster", "postgresql-restored", group);
      expect(stringAt(restored, "spec", "bootstrap", "recovery", "recoveryTarget", "targetTime")).toBe(moment);
      await using second = await timed("restore", startRestored(objects, restored));
      expect(await second.server.asSuperuser(readAll)).toBe(rows);
      // The old one still is what it was, and its archive is its own.
      expect(await server.asSuperuser("SELECT count(*) FROM cases")).toBe("0");
      expect(archiveOf(restored, "writes")).not.toBe(archiveOf(restored, "reads"));

      const promised = await server.asSuperuser("SHOW archive_timeout");
      const achieved = (Date.parse(archivedAt) - Date.parse(moment.replace("+00", "Z"))) / 1000;
      expect(achieved).toBeLessThan(330);
      process.stderr.write(
        `recovery point: ${achieved.toFixed(1)} s until the log of the moment was archived, promised ${promised}` +
          ` (${full ? "by archive_timeout" : "the log was switched"}); backup ${seconds["backup"]!.toFixed(1)} s,` +
          ` restore ${seconds["restore"]!.toFixed(1)} s, of 20000 rows\n`,
      );
    },
    full ? 480_000 : 120_000,
  );

  /** What the operator does for a Cluster that is bootstrapped by recovery: base backup, then the log up to its target. */
  async function startRestored(objects: Rendered, restored: JsonObject): Promise<AsyncDisposable & { server: Server }> {
    await using building = new AsyncDisposableStack();
    const folder = building.adopt(await serverFolder(), removeFolder);
    const objectStore = objects.one("ObjectStore", "postgresql");
    const source = barman(objectStore, archiveOf(restored, "reads"), store.url);
    const { backups_list: backups } = JSON.parse(await withBarman(source.list, server)) as {
      backups_list: { backup_id: string }[];
    };
    await withBarman(source.restore(backups.at(-1)!.backup_id, `${folder}/data`), { folder, port: 0 });
    await writeOwned(folder, `${folder}/data/recovery.signal`, "");
    const { archive } = barman(objectStore, archiveOf(restored, "writes"), store.url);
    const parameters = { ...recoveryParameters(restored, source), archive_command: archive };
    const started = await operatorServer(folder, objects, restored, parameters, store.credentials);
    building.use(started.server);
    left.push(started.server);
    const all = building.move();
    return { server: started.server, [Symbol.asyncDispose]: () => all.disposeAsync() };
  }
});
