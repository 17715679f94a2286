/**
 * RabbitMQ as it is rendered, run: who makes, reads and sends what, and the link of a hybrid deployment. Skipped, and
 * counted so, where there is no broker.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { ChannelModel } from "amqplib";

import type { JsonObject } from "../../scripts/lib/core/json.ts";
import { waitFor } from "../../scripts/lib/io/daemon.ts";
import { makeValues, secretRuleOf } from "../../scripts/lib/secret/values.ts";
import { storeChanges } from "../../scripts/lib/store/generated.ts";
import { validate, type Validation } from "../../scripts/lib/validate/validate.ts";
import { changedFleet } from "../support/changed-fleet.ts";
import { clusterFacts } from "../support/findings.ts";
import { cluster } from "../support/fleet.ts";
import { definitionsOf, type Secrets, shovelParameter } from "../support/stores/definitions.ts";
import { attempt, type Inbox, openInbox, publish } from "../support/stores/messages.ts";
import { type Broker, isRabbitmqMissing, startBroker } from "../support/stores/rabbitmq.ts";
import { type StoreReader, storeReaders } from "../support/stores/readers.ts";

const refused = 403;

const resources = new AsyncDisposableStack();
let one: Broker;
let other: Broker;
beforeAll(async () => {
  if (isRabbitmqMissing) return;
  const started = await Promise.allSettled([startBroker("one"), startBroker("other")]);
  for (const result of started) if (result.status === "fulfilled") resources.use(result.value);
  for (const result of started) if (result.status === "rejected") throw result.reason;
  [one, other] = started.map((result) => (result as PromiseFulfilledResult<Broker>).value) as [Broker, Broker];
}, 60_000);
afterAll(() => resources.disposeAsync());

/** What the store's Application of a cluster renders. */
const rendered = ({ fleet }: Validation, name: string): JsonObject[] =>
  fleet.applications.find(({ id }) => id === `${name}/store-rabbitmq`)!.objects.map(({ object }) => object);

const secretsOf = (readers: ReadonlyMap<string, StoreReader>): [string, Record<string, string>][] =>
  [...readers.values()].map(({ account, secret }) => [account.copy, secret]);

/** As a service logs in: its user and vhost as the chart says them, its password out of the Secret. */
const connectAs = (broker: Broker, { told, secret }: StoreReader, vhost = told["RABBITMQ_VHOST"]!) =>
  broker.connect(told["RABBITMQ_USER"]!, secret["password"]!, vhost);

describe.skipIf(isRabbitmqMissing)("services and a tenant's copies on one broker", () => {
  let readers: Map<string, StoreReader>;
  let shared: ChannelModel;
  let copy: ChannelModel;
  let inbox: Inbox;
  const named = (name: string) => readers.get(name)!;

  beforeAll(async () => {
    const validation = await changedSharedUs();
    readers = storeReaders(validation, cluster.sharedUs, "rabbitmq");
    await one.load(definitionsOf(rendered(validation, cluster.sharedUs), new Map(secretsOf(readers))));
    shared = await connectAs(one, named("case-service"));
    copy = await connectAs(one, named("tenant-soylent-case-service"));
    inbox = await openInbox(shared, named("case-service").told);
  }, 60_000);
  afterAll(async () => {
    await shared?.close();
    await copy?.close();
  });

  test("a service makes a quorum queue under its own prefix and gets what another publishes", async () => {
    const publisher = await connectAs(one, named("auth-service"));
    await publish(publisher, "events", "user.created", "from auth-service");
    expect(await inbox.until("from auth-service")).toEqual(["from auth-service"]);
    await publisher.close();
    const queue = (await one.ask("GET", `queues/murima/${inbox.queue}`)) as { type: string };
    expect(queue.type).toBe("quorum");
  });

  test("it makes, binds, reads, purges and deletes no queue of another's", async () => {
    const stranger = await connectAs(one, named("auth-service"));
    const { queue } = inbox;
    const found = {
      declare: await attempt(stranger, (channel) => channel.assertQueue("case-service.more")),
      unprefixed: await attempt(stranger, (channel) => channel.assertQueue("auth-service-inbox")),
      bind: await attempt(stranger, (channel) => channel.bindQueue(queue, "events", "#")),
      read: await attempt(stranger, (channel) => channel.consume(queue, () => {})),
      get: await attempt(stranger, (channel) => channel.get(queue)),
      purge: await attempt(stranger, (channel) => channel.purgeQueue(queue)),
      delete: await attempt(stranger, (channel) => channel.deleteQueue(queue)),
      send: await attempt(stranger, (channel) => Promise.resolve(channel.sendToQueue(queue, Buffer.from("x")))),
      own: await attempt(stranger, (channel) => channel.assertQueue("auth-service.own")),
    };
    await stranger.close();
    const { own, ...foreign } = found;
    expect(own).toBe("done");
    expect(foreign).toEqual(Object.fromEntries(Object.keys(foreign).map((key) => [key, refused])) as typeof foreign);
  });

  test("the exchange stays, and nobody makes another", async () => {
    for (const name of ["case-service", "auth-service"]) {
      const connection = await connectAs(one, named(name));
      expect([
        await attempt(connection, (channel) => channel.deleteExchange("events")),
        await attempt(connection, (channel) => channel.assertExchange("more", "topic")),
        await attempt(connection, (channel) => channel.bindExchange("amq.topic", "events", "#")),
      ]).toEqual([refused, refused, refused]);
      await connection.close();
    }
  });

  test("what a tenant's copy sends, the shared service never sees; nor the other way", async () => {
    const own = await openInbox(copy, named("tenant-soylent-case-service").told);
    await publish(copy, "events", "case.created", "of the tenant");
    await publish(shared, "events", "case.created", "of all");
    expect(await inbox.until("of all")).not.toContain("of the tenant");
    expect(await own.until("of the tenant")).toEqual(["of the tenant"]);
  });

  test("nobody opens the vhost of others", async () => {
    for (const reader of readers.values()) {
      for (const { told } of readers.values()) {
        const vhost = told["RABBITMQ_VHOST"]!;
        const isOwn = vhost === reader.told["RABBITMQ_VHOST"];
        const opened = await connectAs(one, reader, vhost).then(
          (connection) => connection.close().then(() => "opened"),
          () => "refused",
        );
        expect([reader.account.name, vhost, opened]).toEqual([
          reader.account.name,
          vhost,
          isOwn ? "opened" : "refused",
        ]);
      }
      const root = connectAs(one, reader, "%2F");
      expect(
        await root.then(
          () => "opened",
          () => "refused",
        ),
      ).toBe("refused");
    }
  });

  /** auth-service takes part in events as well. */
  async function changedSharedUs(): Promise<Validation> {
    const repository = await changedFleet([cluster.sharedUs], (files) =>
      files.edit("apps/services/auth-service/values.yaml", "  stores:\n", "  stores:\n    - rabbitmq\n"),
    );
    return await validate(repository.with(storeChanges(repository)));
  }
});

describe.skipIf(isRabbitmqMissing)("the link of a hybrid deployment", () => {
  const [site, cloud] = [cluster.hybridSite, cluster.hybrid];
  let shovel: ReturnType<typeof shovelParameter>;
  let onPremises: { connection: ChannelModel; inbox: Inbox };
  let inCloud: { connection: ChannelModel; inbox: Inbox };

  /** case-service runs on premises, api-gateway in the cloud; both take part in events, and a shovel joins their brokers. */
  async function hybrid(): Promise<Validation> {
    const repository = await changedFleet([site, cloud], async (files) => {
      await files.edit("apps/services/api-gateway/values.yaml", "  stores:\n", "  stores:\n    - rabbitmq\n");
      const declared = `    stores:\n      rabbitmq:\n        link: shovel\n        from: ${site}\n        reason: events of cases reach the cloud\n`;
      for (const name of [site, cloud])
        await files.edit(clusterFacts(name), "    stores:\n      redis:", `${declared}      redis:`);
    });
    return await validate(repository.with(storeChanges(repository)));
  }

  beforeAll(async () => {
    const validation = await hybrid();
    const make = (name: string) =>
      makeValues(secretRuleOf(validation.fleet.documents, name)!, { reader: name, known: new Map() });
    const [sender, receiver] = [make("peer-link"), make("peer-link")];
    // What somebody brings: the receiver's address, with its password.
    const { username, password } = receiver as { username: string; password: string };
    const uris = {
      ...make("peer-link-uris"),
      destUri: `amqp://${username}:${password}@127.0.0.1:${other.port}/murima`,
    };

    const load = async (broker: Broker, name: string, service: string, link: [string, Record<string, string>][]) => {
      const readers = storeReaders(validation, name, "rabbitmq");
      const secrets: Secrets = new Map([...secretsOf(readers), ...link]);
      const objects = rendered(validation, name);
      await broker.load(definitionsOf(objects, secrets));
      const reader = readers.get(service)!;
      const connection = await connectAs(broker, reader);
      return { objects, secrets, side: { connection, inbox: await openInbox(connection, reader.told) } };
    };
    const sending = await load(one, site, "case-service", [
      ["peer-link", sender],
      ["peer-link-uris", uris],
    ]);
    const receiving = await load(other, cloud, "api-gateway", [["peer-link", receiver]]);
    onPremises = sending.side;
    inCloud = receiving.side;
    const shovels = [...sending.objects, ...receiving.objects].filter(({ kind }) => kind === "Shovel");
    expect(shovels).toHaveLength(1);
    shovel = shovelParameter(shovels[0]!, sending.secrets);
    await start();
  }, 60_000);
  afterAll(async () => {
    await onPremises?.connection.close();
    await inCloud?.connection.close();
  });

  const start = async () => {
    await one.ask("PUT", shovel.address, { value: shovel.value });
    const isRunning = async () =>
      ((await one.ask("GET", "shovels")) as { state: string }[]).some(({ state }) => state === "running");
    await waitFor("the shovel", isRunning, [], 15_000);
  };

  test("what is published on premises is in the cloud, once", async () => {
    await publish(onPremises.connection, "events", "case.created", "first");
    await publish(onPremises.connection, "events", "case.closed", "second");
    expect(await inCloud.inbox.until("second")).toEqual(["first", "second"]);
    expect(await onPremises.inbox.until("second")).toEqual(["first", "second"]);
  });

  test("what is published in the cloud stays there, and nothing goes in a circle", async () => {
    await publish(inCloud.connection, "events", "case.seen", "of the cloud");
    await publish(onPremises.connection, "events", "case.created", "third");
    expect(await inCloud.inbox.until("third")).toEqual(["first", "second", "of the cloud", "third"]);
    expect(await onPremises.inbox.until("third")).toEqual(["first", "second", "third"]);
  });

  test("without the shovel nothing arrives, and it waits; with it again it does", async () => {
    await one.ask("DELETE", shovel.address);
    await publish(onPremises.connection, "events", "case.created", "while away");
    await publish(inCloud.connection, "events", "case.seen", "meanwhile");
    const isWaiting = async () => (await onPremises.inbox.channel.checkQueue("peer-link")).messageCount === 1;
    await waitFor("the message in the queue of the link", isWaiting, [], 10_000);
    expect(await inCloud.inbox.until("meanwhile")).not.toContain("while away");
    await start();
    expect((await inCloud.inbox.until("while away")).filter((text) => text === "while away")).toHaveLength(1);
  });

  test("the user of the link may send there, and nothing else", async () => {
    const uri = new URL(shovel.value["dest-uri"] as string);
    const link = await other.connect(uri.username, uri.password, "murima");
    const found = [
      await attempt(link, (channel) => channel.assertQueue("api-gateway.more")),
      await attempt(link, (channel) => channel.get(inCloud.inbox.queue)),
      await attempt(link, (channel) => channel.purgeQueue(inCloud.inbox.queue)),
      await attempt(link, (channel) => channel.deleteExchange("events")),
    ];
    await link.close();
    expect(found).toEqual([refused, refused, refused, refused]);
  });
});
