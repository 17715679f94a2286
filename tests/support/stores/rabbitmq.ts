/** A real broker on loopback with an epmd of its own, in a folder that goes with it. */
import path from "node:path";

import amqp, { type ChannelModel } from "amqplib";

import type { JsonObject } from "../../../scripts/lib/core/json.ts";
import { freePorts, startDaemon, waitFor } from "../../../scripts/lib/io/daemon.ts";
import { repository } from "../repository.ts";

/** Debian's own; the one on PATH changes its user and keeps everything below /var. */
const program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const epmd = Bun.which("epmd");
export const isRabbitmqMissing = epmd === null || !(await Bun.file(program).exists());

const plugins = ["rabbitmq_management", "rabbitmq_shovel", "rabbitmq_shovel_management"];
/** Of the broker itself: what operators are. */
const admin = "guest:guest";

export interface Broker extends AsyncDisposable {
  port: number;
  /** Takes away every vhost and user but its own, then makes these: what the operator does one by one. */
  load(definitions: JsonObject): Promise<void>;
  connect(user: string, password: string, vhost: string): Promise<ChannelModel>;
  /** Asks the management API; undefined where it has nothing to say. */
  ask(method: "DELETE" | "GET" | "POST" | "PUT", address: string, body?: JsonObject): Promise<unknown>;
}

export async function startBroker(name: string): Promise<Broker> {
  await using stack = new AsyncDisposableStack();
  const [port, management, distribution, names] = (await freePorts(4)) as [number, number, number, number];
  const { root } = stack.use(
    await repository({
      "rabbitmq.conf": `listeners.tcp.1 = 127.0.0.1:${port}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${management}
log.console = false
`,
      enabled_plugins: `[${plugins.join(",")}].\n`,
    }),
  );
  const file = (own: string) => path.join(root, own);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: root,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    ERL_EPMD_PORT: String(names),
    RABBITMQ_CONF_ENV_FILE: file("none.conf"),
    RABBITMQ_CONFIG_FILE: file("rabbitmq.conf"),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_ENABLED_PLUGINS_FILE: file("enabled_plugins"),
    RABBITMQ_LOG_BASE: file("log"),
    RABBITMQ_MNESIA_BASE: file("mnesia"),
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_PID_FILE: file("pid"),
    // The script becomes the broker, and no shell stands between us.
    RUNNING_UNDER_SYSTEMD: "true",
  };
  const start = (own: string, command: [string, ...string[]]) => {
    const daemon = startDaemon(own, command, { log: file(`${own}.log`), env, cwd: root });
    stack.defer(() => daemon.stop());
    return daemon;
  };
  // In the foreground: Erlang would start one that stays.
  const mapper = start("epmd", [epmd!, "-address", "127.0.0.1", "-port", String(names)]);
  const listens = async () => {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port: names, socket: { data: () => {} } });
    socket.end();
    return true;
  };
  await waitFor("epmd", listens, [mapper], 5000);
  const server = start(name, [program]);

  const ask: Broker["ask"] = async (method, address, body) => {
    const response = await fetch(`http://127.0.0.1:${management}/api/${address}`, {
      method,
      headers: { authorization: `Basic ${btoa(admin)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  };
  await waitFor(name, async () => (await ask("GET", "overview")) !== undefined, [server, mapper], 30_000);
  const moved = stack.move();
  return {
    port,
    ask,
    async load(definitions) {
      for (const { name: vhost } of (await ask("GET", "vhosts")) as { name: string }[])
        if (vhost !== "/") await ask("DELETE", `vhosts/${vhost}`);
      for (const { name: user } of (await ask("GET", "users")) as { name: string }[])
        if (user !== "guest") await ask("DELETE", `users/${user}`);
      await ask("POST", "definitions", definitions);
    },
    connect: (user, password, vhost) => amqp.connect(`amqp://${user}:${password}@127.0.0.1:${port}/${vhost}`),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
