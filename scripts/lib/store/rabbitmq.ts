import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores, kept, wave } from "./object.ts";

/** The vhost of the services that all tenants share, and the exchange of each: stores.rabbitmq of the service chart. */
export interface Broker {
  vhost: string;
  exchange: string;
  /** The cluster that an operator runs, or the Secret with the address of a managed broker. */
  reference: { name: string } | { connectionSecret: { name: string } };
}

/** The vhost of an account: a tenant's own copies have one of their own. */
export const vhostOf = ({ tenant }: Account, { vhost }: Broker) =>
  tenant === undefined ? vhost : `tenant_${tenant.replaceAll("-", "_")}`;

/**
 * Vhosts, their exchange, users and what they may, as the messaging topology operator makes them. A user makes and reads
 * queues that begin with its service's name, and publishes to the exchange, which nobody else can change.
 * Source: messaging-topology-operator, api/v1beta1; RabbitMQ, access control.
 */
export function rabbitmqObjects(accounts: readonly Account[], broker: Broker): JsonObject[] {
  // The shared one first, whatever it is called.
  const vhosts = [...new Set(accounts.map((account) => vhostOf(account, broker)))].toSorted(
    (a, b) => Number(a !== broker.vhost) - Number(b !== broker.vhost) || (a < b ? -1 : 1),
  );
  return [
    ...vhosts.flatMap((vhost) => [
      topologyObject("Vhost", vhost, 1, broker, { name: vhost, defaultQueueType: "quorum", deletionPolicy: "retain" }),
      topologyObject("Exchange", `${vhost}-${broker.exchange}`, 2, broker, {
        name: broker.exchange,
        vhost,
        type: "topic",
        durable: true,
        autoDelete: false,
      }),
    ]),
    ...accounts.flatMap((account) => [
      topologyObject("User", account.name, 1, broker, { importCredentialsSecret: { name: account.copy } }),
      topologyObject("Permission", account.name, 3, broker, {
        userReference: { name: account.name },
        vhost: vhostOf(account, broker),
        permissions: permissionsOf(account, broker),
      }),
    ]),
  ];
}

/** Regular expressions, as RabbitMQ reads them. To bind a queue is to write to it and to read the exchange. */
export function permissionsOf({ data }: Account, { exchange }: Broker) {
  const queues = `^${escape(data)}`;
  const both = `${queues}|${matchExactly(exchange)}`;
  return { configure: queues, write: both, read: both };
}

/** The regular expression of one name. */
export const matchExactly = (name: string) => `^${escape(name)}$`;

const escape = (text: string) => text.replaceAll(".", "\\.");

/** What the operator makes in a broker, in the order of waves. */
export function topologyObject(
  kind: string,
  name: string,
  when: number,
  { reference }: Broker,
  spec: JsonObject,
): JsonObject {
  const body = { spec: { ...spec, rabbitmqClusterReference: reference } };
  return besideStores("rabbitmq.com/v1beta1", kind, name.replaceAll("_", "-"), body, { ...kept, ...wave(when) });
}
