/**
 * Issue 17: the accounts of a provider's PostgreSQL, made by the Job that renders: real psql, its environment, an admin that
 * is no superuser. Skipped, and counted so, where there is no PostgreSQL.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import path from "node:path";

import { type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../scripts/lib/core/json.ts";
import { cluster } from "../support/fleet.ts";
import { authority, issue } from "../support/stores/authority.ts";
import { identFor } from "../support/stores/postgresql-files.ts";
import {
  client,
  giveTo,
  leftBehind,
  newFolder,
  psql,
  removeFolder,
  type Server,
  startServer,
  writeOwned,
} from "../support/stores/postgresql-server.ts";
import { hasPostgresql, mustRun, type Ran, runProgram, serverUser } from "../support/stores/programs.ts";
import { environmentOf, libpq, type Rendered, rendered } from "../support/stores/rendered.ts";

type Env = Record<string, string>;

const admin = { username: "provider_admin", password: "of the provider" };

/** As a provider's server: TLS for everybody, any role to any database that lets it in. */
const hba = "local all all peer map=local\nhostssl all all all scram-sha-256\n";

/** One managed server, and what its cluster renders. */
interface Managed extends AsyncDisposable {
  server: Server;
  objects: Rendered;
  ca: string;
  /** Runs the Job, with passwords that end so. */
  runJob(suffix?: string): Promise<Ran>;
}

async function managed(objects: Rendered): Promise<Managed> {
  await using building = new AsyncDisposableStack();
  const folder = building.adopt(await newFolder(), removeFolder);
  const ca = await authority(folder, "provider");
  const container = objectAt(objects.one("Job", "postgresql-accounts"), "spec", "template", "spec", "containers", 0);
  const host = stringAt(
    listAt(container, "env").find((entry) => stringAt(entry, "name") === "PGHOST"),
    "value",
  )!;
  const { cert, key } = await issue(folder, { dnsNames: [host], usages: ["server auth"] }, ca);
  await giveTo(folder, key);
  const server = building.use(
    await startServer(folder, {
      parameters: {
        ssl: "on",
        ssl_cert_file: cert,
        ssl_key_file: key,
        shared_buffers: "64MB",
        log_statement: "none",
        log_min_duration_statement: "1000",
      },
      hba,
      ident: identFor(serverUser),
    }),
  );
  await server.asSuperuser(`CREATE ROLE ${admin.username} LOGIN CREATEROLE CREATEDB PASSWORD '${admin.password}'`);
  const mounts = { "/etc/postgresql-accounts/accounts.sql": `${folder}/accounts.sql`, "/etc/murima-trust/ca.crt": ca };
  const sql = stringAt(objects.one("ConfigMap", "postgresql-accounts"), "data", "accounts.sql")!;
  await writeOwned(folder, mounts["/etc/postgresql-accounts/accounts.sql"], sql);
  const here = (text: string) => Object.entries(mounts).reduce((all, [from, to]) => all.replace(from, to), text);
  const runJob = (suffix = "") => {
    const secret = (name: string, key: string) =>
      name === "postgresql-admin" ? admin[key as keyof typeof admin] : passwordOf(name) + suffix;
    const env = Object.fromEntries(
      Object.entries(environmentOf(container, secret)).map(([name, value]) => [name, here(value)]),
    );
    const [program, ...options] = stringsAt(container, "command");
    expect(program).toBe("psql");
    return runProgram([client(), ...options.map(here)], { ...env, ...onLoopback(server) });
  };
  const all = building.move();
  return { server, objects, ca, runJob, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

const onLoopback = ({ port }: Server) => ({ PGHOSTADDR: "127.0.0.1", PGPORT: String(port) });
const passwordOf = (secret: string) => `it's "${secret}" \\ %s`;

/** Whatever a run of the Job could have changed, but the salt of a password. */
const stateOf = ({ server }: Managed) =>
  server.asSuperuser(
    "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles ORDER BY 1;" +
      "SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members ORDER BY 1, 2;" +
      "SELECT datname, datdba::regrole, datacl FROM pg_database ORDER BY 1",
  );

const passed = (stdout = "") => ({ code: 0, stdout, stderr: "" });

describe.skipIf(!hasPostgresql)("PostgreSQL by a provider", () => {
  let us: Managed;
  let eu: Managed;
  const left: Server[] = [];
  let kept = new AsyncDisposableStack();

  beforeAll(async () => {
    await using building = new AsyncDisposableStack();
    const objects = await rendered([cluster.shared, cluster.sharedUs]);
    us = building.use(await managed(objects.get(cluster.sharedUs)!));
    eu = building.use(await managed(objects.get(cluster.shared)!));
    left.push(us.server, eu.server);
    for (const one of [us, eu]) expect(await one.runJob()).toEqual(passed());
    kept = building.move();
  }, 120_000);

  afterAll(async () => {
    await kept.disposeAsync();
    expect(leftBehind(left)).toEqual([]);
  });

  /** A service of a namespace, or its migration, with what its chart tells it. */
  const clientOf = ({ objects, server, ca }: Managed, namespace: string, service: string, role = ""): Env => {
    const one = (kind: string, name: string) => {
      const found = objects.all(kind).filter((object) => isIn(object, namespace, name));
      expect(found).toHaveLength(1);
      return found[0]!;
    };
    const workload = role === "" ? one("Deployment", service) : one("Job", `${service}-${role}`);
    const container = objectAt(workload, "spec", "template", "spec", "containers", 0);
    const plain = role === "" ? (objectAt(one("ConfigMap", `${service}-env`), "data") as Env) : {};
    const prefix = namespace === "murima" ? "" : `${namespace}-`;
    // The copy of a Secret beside the store has the namespace in its name.
    const env = { ...plain, ...environmentOf(container, (secret) => passwordOf(prefix + secret)) };
    return { ...libpq(env, { port: server.port, ca }) };
  };
  const isIn = (object: JsonObject, namespace: string, name: string) =>
    stringAt(object, "metadata", "namespace") === namespace && stringAt(object, "metadata", "name") === name;

  const ownCopy = "tenant-soylent";

  test("each migration makes tables, which its own service reads and writes, and changes nothing of", async () => {
    for (const namespace of ["murima", ownCopy]) {
      const sql = `CREATE TABLE cases (id serial, title text); INSERT INTO cases (title) VALUES ('of ${namespace}')`;
      expect(await psql(clientOf(us, namespace, "case-service", "migration"), sql)).toEqual(passed());
      const own = clientOf(us, namespace, "case-service");
      expect(await psql(own, "INSERT INTO cases (title) VALUES ('more'); SELECT title FROM cases ORDER BY id")).toEqual(
        passed(`of ${namespace}\nmore`),
      );
      for (const change of [
        "DROP TABLE cases",
        "ALTER TABLE cases ADD x int",
        "CREATE TABLE x (id int)",
        "TRUNCATE cases",
      ])
        expect((await psql(own, change)).stderr).toMatch(/must be owner|permission denied/);
    }
  });

  test("a tenant's own copies and the shared services don't get into each other's databases", async () => {
    const readers = ["murima", ownCopy].flatMap((namespace) =>
      ["auth-service", "case-service"].flatMap((service) => [
        clientOf(us, namespace, service),
        clientOf(us, namespace, service, "migration"),
      ]),
    );
    const databases = [...new Set(readers.map(({ PGDATABASE }) => PGDATABASE!))];
    expect(databases).toHaveLength(4);
    for (const reader of readers)
      for (const PGDATABASE of databases) {
        const { code, stderr } = await psql({ ...reader, PGDATABASE }, "SELECT 1");
        if (PGDATABASE === reader["PGDATABASE"]) expect([code, stderr]).toEqual([0, ""]);
        else expect(stderr).toContain(`permission denied for database "${PGDATABASE}"`);
      }
  });

  test("a tenant of isolation database owns its database, and sees no other", async () => {
    const plain = clientOf(eu, "murima", "case-service");
    const tenant = "tenant_stark";
    const own = { ...plain, PGUSER: tenant, PGDATABASE: tenant, PGPASSWORD: passwordOf("tenant-stark-postgresql") };
    expect(await psql(own, "CREATE TABLE cases (id int); INSERT INTO cases VALUES (1); SELECT id FROM cases")).toEqual(
      passed("1"),
    );
    for (const PGDATABASE of ["auth_service", "case_service"])
      expect((await psql({ ...own, PGDATABASE }, "SELECT 1")).stderr).toContain("permission denied for database");
    expect((await psql({ ...plain, PGDATABASE: tenant }, "SELECT 1")).stderr).toContain(
      "permission denied for database",
    );
  });

  test("running it again changes nothing, and keeps what is in the databases", async () => {
    const own = clientOf(us, ownCopy, "case-service", "migration");
    expect(await psql(own, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)")).toEqual(passed());
    const before = await stateOf(us);
    expect(before).toContain("tenant_soylent_case_service_migration");
    expect(await us.runJob()).toEqual(passed());
    expect(await stateOf(us)).toBe(before);
    expect(await psql(own, "SELECT count(*) FROM kept")).toEqual(passed("2"));
    expect(await psql(clientOf(us, ownCopy, "case-service"), "SELECT count(*) FROM kept")).toEqual(passed("2"));
  });

  test("the admin is left in no role of a service: it can't read what they keep", async () => {
    const own = { ...clientOf(us, "murima", "case-service"), PGUSER: admin.username, PGPASSWORD: admin.password };
    expect((await psql(own, "SELECT 1")).stderr).toContain("permission denied for database");
  });

  test("a password that was changed is taken, and the old one is not", async () => {
    const old = clientOf(eu, "murima", "auth-service");
    expect(await eu.runJob(" new")).toEqual(passed());
    expect((await psql(old, "SELECT 1")).stderr).toContain("password authentication failed");
    expect(await psql({ ...old, PGPASSWORD: `${old["PGPASSWORD"]} new` }, "SELECT 1")).toEqual(passed("1"));
    expect(await eu.runJob()).toEqual(passed());
    expect(await psql(old, "SELECT 1")).toEqual(passed("1"));
  });

  test("a role that the admin may not change stops the Job before its password is sent", async () => {
    await eu.server.asSuperuser("ALTER ROLE auth_service SUPERUSER");
    const { code, stderr } = await eu.runJob();
    await eu.server.asSuperuser("ALTER ROLE auth_service NOSUPERUSER");
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/accounts\.sql:\d+: ERROR: {2}(must be superuser|permission denied)/),
    ]);
    expect(eu.server.log()).toContain("STATEMENT:  ALTER ROLE auth_service");
    expect(eu.server.log()).not.toContain("auth-service-postgresql");
  });

  test("no password is in the server's log, nor in any process' arguments, nor in what the Job prints", async () => {
    const processes: string[] = [];
    const job = us.runJob();
    const look = async () => {
      processes.push(await mustRun(["ps", "-eo", "args"]));
      return undefined;
    };
    while ((await Promise.race([job, look()])) === undefined);
    expect(processes.join("\n")).toContain("--file=");
    const sql = await Bun.file(path.join(us.server.folder, "accounts.sql")).text();
    const { stdout, stderr } = await job;
    // Every password has the name of its Secret in it.
    for (const text of [us.server.log(), eu.server.log(), stdout, stderr, sql, ...processes])
      expect(text).not.toMatch(/-postgresql(-migration)?"/);
  });
});
