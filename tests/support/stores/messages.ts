/** What services do with a broker, and what it says. */
import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";

import { waitFor } from "../../../scripts/lib/io/daemon.ts";

/** done, or the code with which the broker closed the channel. */
export async function attempt(
  connection: ChannelModel,
  use: (channel: ConfirmChannel) => Promise<unknown>,
): Promise<number | "done"> {
  const channel = await connection.createConfirmChannel();
  const closed = new Promise<never>((_resolve, reject) => {
    channel.on("error", reject);
  });
  closed.catch(() => {});
  try {
    await Promise.race([use(channel).then(() => channel.waitForConfirms()), closed]);
    await channel.close();
    return "done";
  } catch (error) {
    const { code } = error as { code?: number };
    if (code === undefined) throw error;
    return code;
  }
}

/** Publishes, and waits until the broker has it. */
export async function publish(connection: ChannelModel, exchange: string, key: string, text: string): Promise<void> {
  const channel = await connection.createConfirmChannel();
  channel.publish(exchange, key, Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
  await channel.close();
}

export interface Inbox {
  channel: Channel;
  queue: string;
  texts: string[];
  /** Waits for a message; everything that was sent before it on the same way is there then, or never comes. */
  until(text: string): Promise<string[]>;
}

/** A quorum queue under a service's own prefix that gets everything that is published. */
export async function openInbox(connection: ChannelModel, told: Record<string, string>): Promise<Inbox> {
  const channel = await connection.createChannel();
  const queue = `${told["RABBITMQ_QUEUE_PREFIX"]!}inbox`;
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue(queue, told["RABBITMQ_EXCHANGE"]!, "#");
  const texts: string[] = [];
  await channel.consume(queue, (message) => {
    if (message === null) return;
    texts.push(message.content.toString());
    channel.ack(message);
  });
  const until = async (text: string) => {
    await waitFor(`the message ${text}`, () => Promise.resolve(texts.includes(text)), [], 10_000);
    return texts;
  };
  return { channel, queue, texts, until };
}
