/**
 * Issue 17: what renders for PostgreSQL by its operator, in a real PostgreSQL. Skipped, and counted so, where there is none.
 * Not played: synchronous copies and the pooler, which is pgbouncer; its clients' names are.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import { cluster } from "../support/fleet.ts";
import { databaseSql, inOrder, roleSql } from "../support/stores/postgresql-accounts.ts";
import { overridden } from "../support/stores/postgresql-files.ts";
import { group, operatorServer } from "../support/stores/postgresql-operator.ts";
import { leftBehind, newFolder, psql, removeFolder, type Server } from "../support/stores/postgresql-server.ts";
import { hasPostgresql } from "../support/stores/programs.ts";
import { environmentOf, libpq, type Rendered, rendered } from "../support/stores/rendered.ts";

type Client = Record<string, string>;

describe.skipIf(!hasPostgresql)("PostgreSQL by its operator", () => {
  let objects: Rendered;
  let server: Server;
  let ours: string;
  let foreign: string;

  const left: Server[] = [];
  let kept = new AsyncDisposableStack();

  beforeAll(async () => {
    await using building = new AsyncDisposableStack();
    objects = (await rendered([cluster.onPremises])).get(cluster.onPremises)!;
    const folder = building.adopt(await newFolder(), removeFolder);
    const own = objects.one("Cluster", "postgresql", group);
    const started = await operatorServer(folder, objects, own, { archive_command: "true" });
    server = building.use(started.server);
    left.push(server);
    ({ ours, foreign } = started.ca);
    for (const role of inOrder(objects.all("DatabaseRole"))) {
      const secret = stringAt(role, "spec", "passwordSecret", "name")!;
      await server.asSuperuser(roleSql(role, passwordOf(secret)));
    }
    for (const database of objects.all("Database")) await server.asSuperuser(databaseSql(database));
    kept = building.move();
  }, 120_000);

  afterAll(async () => {
    await kept.disposeAsync();
    expect(leftBehind(left)).toEqual([]);
  });

  /** Of a Secret, as whoever makes it would: each another. */
  const passwordOf = (secret: string) => `it's ${secret}`;

  const service = (name: string): Client => {
    const plain = objectAt(objects.one("ConfigMap", `${name}-env`), "data") as Client;
    const deployment = objects.one("Deployment", name);
    const container = objectAt(deployment, "spec", "template", "spec", "containers", 0);
    return libpq({ ...plain, ...environmentOf(container, passwordOf) }, { port: server.port, ca: ours });
  };

  const migration = (name: string): Client => {
    const job = objects.one("Job", `${name}-migration`);
    const container = objectAt(job, "spec", "template", "spec", "containers", 0);
    return libpq(environmentOf(container, passwordOf), { port: server.port, ca: ours });
  };

  const refused = async (client: Client, sql: string) => {
    const { code, stderr } = await psql(client, sql);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringMatching(/ERROR|FATAL|error/)]);
    expect(code).not.toBe(0);
    return stderr;
  };

  test("the server has every parameter of the Cluster, but those that are named", async () => {
    const own = objects.one("Cluster", "postgresql", group);
    const stated = objectAt(own, "spec", "postgresql", "parameters") as Client;
    expect(Object.keys(stated)).toContain("archive_timeout");
    const names = Object.keys(stated).filter((name) => !Object.hasOwn(overridden, name));
    const has = await server.asSuperuser(
      `SELECT json_object_agg(name, setting) FROM pg_file_settings WHERE applied AND name = ANY('{${names.join(",")}}')`,
    );
    expect(JSON.parse(has)).toEqual(Object.fromEntries(names.map((name) => [name, stated[name]])));
    expect(await server.asSuperuser("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL")).toBe("");
  });

  test("a migration makes a table; its service reads and writes it, and changes nothing of it", async () => {
    const table = "CREATE TABLE cases (id serial PRIMARY KEY, title text)";
    expect(await psql(migration("case-service"), table)).toEqual({ code: 0, stdout: "", stderr: "" });
    const own = service("case-service");
    const written = await psql(
      own,
      "INSERT INTO cases (title) VALUES ('one'), ('two'); UPDATE cases SET title = 'three' WHERE id = 2;" +
        "DELETE FROM cases WHERE id = 1; SELECT id, title FROM cases",
    );
    expect(written).toEqual({ code: 0, stdout: "2|three", stderr: "" });
    for (const sql of ["ALTER TABLE cases ADD COLUMN x int", "DROP TABLE cases", "TRUNCATE cases"])
      expect(await refused(own, sql)).toMatch(/must be owner|permission denied/);
    for (const sql of ["CREATE TABLE mine (id int)", "CREATE SCHEMA mine"])
      expect(await refused(own, sql)).toContain("permission denied");
    // The next migration goes on where this one was.
    expect((await psql(migration("case-service"), "ALTER TABLE cases ADD COLUMN closed bool")).code).toBe(0);
  });

  test("no user of one service gets into the database of another, nor into one of nobody", async () => {
    for (const own of [service("case-service"), migration("case-service")]) {
      const others = ["auth_service", "postgres", "template1"];
      for (const PGDATABASE of others) {
        const said = await refused({ ...own, PGDATABASE }, "SELECT 1");
        expect(said).toContain(`pg_hba.conf rejects connection for host "127.0.0.1", user "${own["PGUSER"]}"`);
      }
    }
    expect((await psql(service("auth-service"), "SELECT 1")).stdout).toBe("1");
  });

  test("nobody becomes another by SET ROLE, and no role makes roles or databases", async () => {
    for (const sql of ["SET ROLE auth_service", "SET ROLE postgres", "CREATE ROLE other", "CREATE DATABASE other"])
      expect(await refused(migration("case-service"), sql)).toContain("permission denied");
  });

  test("a wrong password, and another's, are refused", async () => {
    const { PGPASSWORD } = service("auth-service");
    for (const password of ["wrong", PGPASSWORD!])
      expect(await refused({ ...service("case-service"), PGPASSWORD: password }, "SELECT 1")).toContain(
        "password authentication failed",
      );
  });

  test("nobody gets in without TLS", async () => {
    expect(await refused({ ...service("case-service"), PGSSLMODE: "disable" }, "SELECT 1")).toContain("no encryption");
  });

  test("a client refuses a server whose certificate another authority signed", async () => {
    expect(await refused({ ...service("case-service"), PGSSLROOTCERT: foreign }, "SELECT 1")).toContain(
      "certificate verify failed",
    );
  });

  test("a client refuses a name that the certificate does not carry", async () => {
    expect(await refused({ ...service("case-service"), PGHOST: "postgresql.murima.svc" }, "SELECT 1")).toContain(
      'does not match host name "postgresql.murima.svc"',
    );
  });

  test("services and migrations reach it by names that the certificate does carry, and say verify-full", async () => {
    for (const client of ["auth-service", "case-service"].flatMap((name) => [service(name), migration(name)])) {
      expect(client["PGSSLMODE"]).toBe("verify-full");
      expect(await psql(client, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).toEqual({
        code: 0,
        stdout: "TLSv1.3",
        stderr: "",
      });
    }
  });
});
