/** What the topology operator makes of its objects, as the file of definitions that RabbitMQ itself imports. */
import { type JsonObject, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";

/** Keys that the broker of Debian (3.10) does not have: left out of what it is given. */
const unknownTo310: Readonly<Record<string, readonly string[]>> = {
  // From 3.11. Services name the type of their queues.
  Vhost: ["defaultQueueType"],
  // Less than none is "no limit" from 4.0, and 3.10 has none by itself.
  Queue: ["x-delivery-limit"],
};

/** Of the operator, not of RabbitMQ. */
const ofTheOperator = [
  "rabbitmqClusterReference",
  "deletionPolicy",
  "importCredentialsSecret",
  "userReference",
  "uriSecret",
];

/** Secrets by name: of users, and of shovels. */
export type Secrets = ReadonlyMap<string, Record<string, string>>;

/** The names of keys where they are not those of the definitions. */
const renamed: Readonly<Record<string, string>> = {
  autoDelete: "auto_delete",
  destinationType: "destination_type",
  routingKey: "routing_key",
};

export function definitionsOf(objects: readonly JsonObject[], secrets: Secrets): JsonObject {
  const ofKind = (kind: string) => objects.filter((object) => object["kind"] === kind);
  const users = new Map(
    ofKind("User").map((object) => {
      const secret = secrets.get(stringAt(object, "spec", "importCredentialsSecret", "name") ?? "")!;
      return [
        stringAt(object, "metadata", "name"),
        { name: secret["username"]!, password: secret["password"]!, tags: "" },
      ];
    }),
  );
  const settings = (kind: string) => ofKind(kind).map((object) => settingsOf(kind, objectAt(object, "spec")));
  return {
    vhosts: settings("Vhost"),
    users: [...users.values()],
    permissions: ofKind("Permission").map((object) => ({
      user: users.get(stringAt(object, "spec", "userReference", "name"))!.name,
      vhost: stringAt(object, "spec", "vhost")!,
      ...objectAt(object, "spec", "permissions"),
    })),
    exchanges: settings("Exchange").map((own) => ({ ...own, internal: false, arguments: {} })),
    queues: settings("Queue").map(({ type, ...own }) => ({
      ...own,
      arguments: { ...settingsOf("Queue", objectAt(own, "arguments")), "x-queue-type": type! },
    })),
    bindings: settings("Binding").map((own) => ({ ...own, arguments: {} })),
  };
}

function settingsOf(kind: string, spec: JsonObject): JsonObject {
  const left = [...ofTheOperator, ...(unknownTo310[kind] ?? [])];
  return Object.fromEntries(
    Object.entries(spec).flatMap(([key, value]) => (left.includes(key) ? [] : [[renamed[key] ?? key, value]])),
  );
}

/**
 * A Shovel as a runtime parameter. Source: messaging-topology-operator, internal/shovel_definition.go; RabbitMQ, dynamic
 * shovels.
 */
export function shovelParameter(shovel: JsonObject, secrets: Secrets): { address: string; value: JsonObject } {
  const { name: _name, vhost: _vhost, ...settings } = settingsOf("Shovel", objectAt(shovel, "spec"));
  const [vhost, name] = ["vhost", "name"].map((key) => stringAt(shovel, "spec", key) ?? "");
  const uris = secrets.get(stringAt(shovel, "spec", "uriSecret", "name") ?? "")!;
  const kebab = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    address: `parameters/shovel/${vhost}/${name}`,
    value: {
      ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [kebab(key), value])),
      "src-uri": uris["srcUri"]!,
      "dest-uri": uris["destUri"]!,
    },
  };
}
