/** Redis as it is rendered, run: who reads and writes what. Skipped, and counted so, where there is no redis-server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { listAt, objectAt, stringAt, stringsAt } from "../../scripts/lib/core/json.ts";
import { waitFor } from "../../scripts/lib/io/daemon.ts";
import { redisPatch } from "../../scripts/lib/store/redis.ts";
import { cluster } from "../support/fleet.ts";
import { repository } from "../support/repository.ts";
import { objectsOf, sampleValidation } from "../support/sample.ts";
import { authority, issue } from "../support/stores/authority.ts";
import { type StoreReader, storeReaders } from "../support/stores/readers.ts";
import { type RedisServer, redisServer, type RedisSetup, startRedis, startSentinel } from "../support/stores/redis.ts";

const isMissing = redisServer === null || Bun.which("openssl") === null;
const adminPassword = "of-the-operator";

const resources = new AsyncDisposableStack();
let readers: Map<string, StoreReader>;
let setup: (name: string) => RedisSetup;
let additional: string;
let master: RedisServer;

/** The ConfigMap of a cluster whose Redis an operator runs, and the users of one that has a tenant's copies. */
beforeAll(async () => {
  if (isMissing) return;
  const validation = await sampleValidation([cluster.onPremises, cluster.sharedUs]);
  readers = storeReaders(validation, cluster.sharedUs, "redis");
  const { root } = resources.use(await repository());
  const find = (kind: string, name: string) =>
    objectsOf(validation, kind).find(({ object }) => object.id.name === name)!.object.object;
  const spec = objectAt(find("Certificate", "redis-server"), "spec");
  const dnsNames = [...stringsAt(spec, "dnsNames"), "localhost"];
  const certificate = await issue(root, { ...spec, dnsNames }, await authority(root, "ca"));
  setup = (name) => ({ folder: root, name, certificate, adminPassword });
  await mkdir(path.join(root, "users"));
  const config = objectAt(find("ConfigMap", "redis-config"), "data");
  for (const name of Object.keys(config)) {
    const own = stringAt(config, name)!
      .replaceAll("/etc/redis/users/", `${root}/users/`)
      .replaceAll("/etc/redis/external.conf.d/", `${root}/`);
    await writeFile(path.join(root, name), own);
  }
  additional = path.join(root, "redis-additional.conf");
  await writeUsers(path.join(root, "users"));
  master = resources.use(await startRedis(setup("redis-0"), additional));
});
afterAll(() => resources.disposeAsync());

/** Where the projected volume puts the key of each Secret. */
async function writeUsers(folder: string) {
  const accounts = [...readers.values()].map(({ account }) => account);
  const [volume] = listAt(redisPatch(accounts), "spec", "storage", "volumeMount", "volume");
  for (const source of listAt(volume, "projected", "sources")) {
    const { secret } = [...readers.values()].find(
      ({ account }) => account.copy === stringAt(source, "secret", "name"),
    )!;
    for (const item of listAt(source, "secret", "items"))
      await writeFile(path.join(folder, stringAt(item, "path")!), secret[stringAt(item, "key")!]!);
  }
}

/** As the service logs in: its user as the chart says it, its password out of the Secret. */
async function as<T>(name: string, use: (client: Bun.RedisClient) => Promise<T>, server = master): Promise<T> {
  const { told, secret } = readers.get(name)!;
  const client = await server.client(told["REDIS_USER"]!, secret["password"]!);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

async function asAdmin<T>(use: (client: Bun.RedisClient) => Promise<T>, server = master): Promise<T> {
  const client = await server.client("default", adminPassword);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const prefixOf = (name: string) => readers.get(name)!.told["REDIS_KEY_PREFIX"]!;

/** OK, or what Redis said. */
const answer = (client: Bun.RedisClient, command: string, ...args: string[]) =>
  client.send(command, args).then(
    () => "OK",
    (error: Error) => error.message.slice(0, "NOPERM".length),
  );

describe.skipIf(isMissing)("each reader has keys of its own", () => {
  test("a service and a tenant's copy of it are among them", () => {
    expect([...readers.keys()]).toEqual(expect.arrayContaining(["case-service", "tenant-soylent-case-service"]));
  });

  test("it reads and writes under the prefix that it is told, and is refused everybody else's", async () => {
    for (const name of readers.keys()) {
      const found = await as(name, async (client) => {
        const rows: string[][] = [];
        for (const owner of readers.keys()) {
          const key = `${prefixOf(owner)}session`;
          rows.push([
            owner,
            await answer(client, "SET", key, name),
            await answer(client, "GET", key),
            await answer(client, "DEL", key),
            await answer(client, "PUBLISH", key, "x"),
          ]);
        }
        return rows;
      });
      const all = (word: string) => [word, word, word, word];
      expect(found).toEqual([...readers.keys()].map((owner) => [owner, ...all(owner === name ? "OK" : "NOPERM")]));
    }
  });

  test("what is nobody's is refused, and so is a script that reaches further than its keys", async () => {
    const found = await as("case-service", async (client) => [
      await answer(client, "SET", "session", "x"),
      await answer(client, "GET", "case-service"),
      await client.send("EVAL", ["return redis.call('GET', 'auth-service:session')", "0"]).catch(String),
    ]);
    expect(found).toEqual(["NOPERM", "NOPERM", expect.stringMatching(/can't access at least one of the keys/)]);
  });

  test("nobody learns what others have, or takes away what all use", async () => {
    const leaks = [
      ["SCAN", "0"],
      ["RANDOMKEY"],
      ["PUBSUB", "CHANNELS"],
      ["CLIENT", "TRACKING", "ON", "BCAST"],
      ["FUNCTION", "FLUSH"],
      ["FUNCTION", "LIST"],
      ["SCRIPT", "FLUSH"],
      ["SCRIPT", "KILL"],
    ] as const;
    const found = await as("case-service", async (client) => {
      const rows: string[][] = [];
      for (const [command, ...args] of leaks) rows.push([command, ...args, await answer(client, command, ...args)]);
      return rows;
    });
    expect(found).toEqual(leaks.map((leak) => [...leak, "NOPERM"]));
  });

  test("nobody administers, looks at all keys, or makes a user", async () => {
    const dangerous = [
      ["KEYS", "*"],
      ["FLUSHALL"],
      ["FLUSHDB"],
      ["CONFIG", "GET", "requirepass"],
      ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
      ["ACL", "LIST"],
      ["ACL", "SETUSER", "x", "on", "nopass", "+@all", "~*"],
      ["REPLICAOF", "NO", "ONE"],
      ["SHUTDOWN", "NOSAVE"],
      ["MONITOR"],
      ["SAVE"],
      ["MODULE", "LIST"],
      ["CLIENT", "KILL", "TYPE", "normal"],
    ] as const;
    for (const name of readers.keys()) {
      const found = await as(name, async (client) => {
        const rows: string[][] = [];
        for (const [command, ...args] of dangerous) rows.push([command, await answer(client, command, ...args)]);
        return rows;
      });
      expect(found).toEqual(dangerous.map(([command]) => [command, "NOPERM"]));
    }
  });
});

describe.skipIf(isMissing)("who gets in", () => {
  const refused = (user: string, password: string) =>
    master.client(user, password).then(
      () => "in",
      () => "refused",
    );

  test("nobody with another's password, and no service with the operator's", async () => {
    const [one, two] = [...readers.values()] as [StoreReader, StoreReader];
    expect(await refused(one.account.user, two.secret["password"]!)).toBe("refused");
    expect(await refused(one.account.user, adminPassword)).toBe("refused");
    for (const { secret } of readers.values()) expect(await refused("default", secret["password"]!)).toBe("refused");
  });

  test("no file of a user holds a password", async () => {
    for (const { secret } of readers.values()) {
      expect(secret["user.conf"]).not.toContain(secret["password"]!);
    }
  });
});

describe.skipIf(isMissing)("what is written stays", () => {
  test("nothing is evicted, memory has an end, and every change goes to the log", async () => {
    const settings = ["maxmemory-policy", "appendonly", "appendfsync"];
    const found = await asAdmin(async (client) => {
      const rows: unknown[] = [];
      for (const name of settings)
        rows.push(Object.values((await client.send("CONFIG", ["GET", name])) as object).at(-1));
      const memory = (await client.send("CONFIG", ["GET", "maxmemory"])) as object;
      return { rows, isLimited: Number(Object.values(memory).at(-1)) > 0 };
    });
    expect(found).toEqual({ rows: ["noeviction", "yes", "everysec"], isLimited: true });
  });

  test("a full Redis refuses to write and keeps what it has", async () => {
    await as("case-service", (client) => client.send("SET", ["case-service:kept", "x"]));
    await asAdmin((client) => client.send("CONFIG", ["SET", "maxmemory", "1"]));
    const found = await as("case-service", async (client) => [
      await client.send("SET", ["case-service:more", "x"]).catch((error: Error) => error.message.slice(0, 3)),
      await client.send("GET", ["case-service:kept"]),
    ]);
    await asAdmin((client) => client.send("CONFIG", ["SET", "maxmemory", "0"]));
    expect(found).toEqual(["OOM", "x"]);
  });

  test("copies follow, Sentinel makes one the master, and a server that starts anew knows its users", async () => {
    await using stack = new AsyncDisposableStack();
    const copy = stack.use(await startRedis(setup("redis-1"), additional, master));
    const sentinel = stack.use(await startSentinel(setup("sentinel"), master));
    const get = (server: RedisServer) =>
      as("case-service", (client) => client.send("GET", ["case-service:moved"]), server);
    await as("case-service", (client) => client.send("SET", ["case-service:moved", "x"]));
    await waitFor("the copy", async () => (await get(copy)) === "x", [], 10_000);
    const other = await as("auth-service", (client) => answer(client, "GET", "case-service:moved"), copy);
    expect(other).toBe("NOPERM");

    // It is refused until Sentinel has heard of the copy.
    const failover = () => asAdmin((client) => client.send("SENTINEL", ["FAILOVER", "murima"]), sentinel);
    await waitFor("Sentinel", async () => (await failover()) === "OK", [], 15_000);
    const write = () => as("case-service", (client) => client.send("SET", ["case-service:moved", "y"]), copy);
    await waitFor("another master", async () => (await write()) === "OK", [], 15_000);

    // Sentinel has Redis write its settings down, users among them, which are in their files as well.
    await waitFor("what is rewritten", async () => (await readFile(copy.config, "utf8")).includes("\nuser "), [], 5000);
    await copy.restart();
    expect(await get(copy)).toBe("y");
  }, 60_000);
});
