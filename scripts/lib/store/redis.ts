import { createHash } from "node:crypto";

import type { JsonObject } from "../core/json.ts";
import type { Account } from "./account.ts";
import { besideStores } from "./object.ts";

/** The file of a user in its Secret: redis.conf includes all of them. */
export const userFile = ({ name }: Pick<Account, "name">) => `${name}.conf`;

/**
 * What a user of Redis may: everything but to administer, on its own keys and channels. Neither what names the keys and
 * channels of others, which holds their sessions' ids, nor what empties the scripts that all share. Source: Redis 7, ACL.
 */
export const accessOf = ({ data }: Pick<Account, "data">) =>
  [`~${data}*`, `&${data}*`, "+@all", ...withheld.map((name) => `-${name}`)].join(" ");

const withheld = [
  "@admin",
  "@dangerous",
  "scan",
  "randomkey",
  "pubsub",
  "client|tracking",
  "function",
  "script|flush",
  "script|kill",
];

/** What redis.conf includes of a user: the hash of its password, never the password. */
export function redisUser(account: Pick<Account, "user" | "data">, password: string): string {
  const hash = createHash("sha256").update(password).digest("hex");
  return `user ${account.user} on #${hash} ${accessOf(account)}\n`;
}

/**
 * Mounts the users' files into Redis, beside the object that the operator makes it of. Source: redis-operator 0.26,
 * spec.storage.volumeMount.
 */
export function redisPatch(accounts: readonly Account[]): JsonObject {
  const sources = accounts.map((account) => ({
    secret: { name: account.copy, items: [{ key: "user.conf", path: userFile(account) }] },
  }));
  const volumeMount = {
    mountPath: [{ name: "users", mountPath: "/etc/redis/users", readOnly: true }],
    volume: [{ name: "users", projected: { sources } }],
  };
  const spec = { storage: { volumeMount } };
  return besideStores("redis.redis.opstreelabs.in/v1beta2", "RedisReplication", "redis", { spec });
}
