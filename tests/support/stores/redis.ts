/** Real Redis and Sentinel on loopback, set up as the operator's image does, in a folder that goes with them. */
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { type Daemon, freePorts, startDaemon, waitFor } from "../../../scripts/lib/io/daemon.ts";
import type { CertificateFiles } from "./authority.ts";

export const redisServer = Bun.which("redis-server");

export interface RedisSetup {
  folder: string;
  name: string;
  certificate: CertificateFiles;
  adminPassword: string;
}

export interface RedisServer extends AsyncDisposable {
  port: number;
  config: string;
  client(user: string, password: string): Promise<Bun.RedisClient>;
  /** Ends it at once and starts it again, as a container that died. */
  restart(): Promise<void>;
}

/**
 * Source: OT-CONTAINER-KIT/redis, entrypoint.sh of 18 July 2025: what it appends to redis.conf, in this order; a copy
 * is given its data at once, not after five seconds. */
const redisConf = ({ folder, name, certificate, adminPassword }: RedisSetup, port: number, additional: string) =>
  `bind 127.0.0.1
masterauth ${adminPassword}
requirepass ${adminPassword}
protected-mode yes
save 900 1
save 300 10
save 60 10000
appendonly yes
appendfilename "appendonly-${name}.aof"
appenddirname "${name}"
dbfilename "${name}.rdb"
dir ${folder}
port 0
tls-port ${port}
${tls(certificate)}repl-diskless-sync-delay 0
include ${additional}
`;

const tls = ({ ca, cert, key }: CertificateFiles) => `tls-cert-file ${cert}
tls-key-file ${key}
tls-ca-cert-file ${ca}
tls-auth-clients optional
tls-replication yes
`;

export async function startRedis(setup: RedisSetup, additional: string, master?: RedisServer): Promise<RedisServer> {
  const [port] = (await freePorts(1)) as [number];
  const config = path.join(setup.folder, `${setup.name}.conf`);
  const start = async (text: string) => {
    await writeFile(config, text);
    return await started(setup, [redisServer!, config], port);
  };
  // The operator makes a server the copy of another once it runs.
  const text = redisConf(setup, port, additional);
  let daemon = await start(text);
  const server: RedisServer = {
    port,
    config,
    client: (user, password) => redisClient(setup, port, user, password),
    // The operator's image writes redis.conf anew: what was rewritten went with the container.
    async restart() {
      await daemon.stop();
      daemon = await start(text);
    },
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
  if (master !== undefined) {
    const admin = await server.client("default", setup.adminPassword);
    await admin.send("REPLICAOF", ["127.0.0.1", String(master.port)]);
    admin.close();
  }
  return server;
}

/** Sentinel over one master. Source: redis-operator 0.26, internal/agent/bootstrap/sentinel. */
export async function startSentinel(setup: RedisSetup, master: RedisServer): Promise<RedisServer> {
  const [port] = (await freePorts(1)) as [number];
  const config = path.join(setup.folder, `${setup.name}.conf`);
  await writeFile(
    config,
    `bind 127.0.0.1
port 0
tls-port ${port}
${tls(setup.certificate)}dir ${setup.folder}
requirepass ${setup.adminPassword}
sentinel monitor murima 127.0.0.1 ${master.port} 1
sentinel auth-pass murima ${setup.adminPassword}
sentinel down-after-milliseconds murima 1000
`,
  );
  const daemon = await started(setup, [redisServer!, config, "--sentinel"], port);
  return {
    port,
    config,
    client: (user, password) => redisClient(setup, port, user, password),
    restart: () => Promise.reject(new Error("Sentinel is not started anew here")),
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}

async function started(setup: RedisSetup, command: [string, ...string[]], port: number): Promise<Daemon> {
  const { folder, name } = setup;
  const daemon = startDaemon(name, command, { log: path.join(folder, `${name}.log`), env: {}, cwd: folder });
  try {
    const answers = async () => {
      const client = await redisClient(setup, port, "default", setup.adminPassword);
      try {
        return (await client.send("PING", [])) === "PONG";
      } finally {
        client.close();
      }
    };
    await waitFor(`${name} on port ${port}`, answers, [daemon], 10_000);
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return daemon;
}

async function redisClient({ certificate }: RedisSetup, port: number, user: string, password: string) {
  const ca = await Bun.file(certificate.ca).text();
  const client = new Bun.RedisClient(`rediss://${user}:${password}@localhost:${port}`, {
    autoReconnect: false,
    connectionTimeout: 5000,
    maxRetries: 0,
    tls: { ca },
  });
  await client.connect();
  return client;
}
