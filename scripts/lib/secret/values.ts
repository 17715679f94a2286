import { generateKeyPairSync, randomBytes, randomInt } from "node:crypto";

import type { SecretRules } from "../model/generated.ts";
import type { Documents } from "../repo/documents.ts";
import { redisUser } from "../store/redis.ts";
import type { Half } from "./accounts.ts";

export type SecretRule = SecretRules["spec"]["rules"][number];
export type ValueRule = SecretRule["keys"][string];

/** The rule that makes a Secret: the first whose names fit. */
export function secretRuleOf({ secretRules }: Documents, name: string): SecretRule | undefined {
  return secretRules?.document.spec.rules.find(({ names }) => names.some((pattern) => fits(pattern, name)));
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${parts.join("[a-z0-9.-]+")}$`).test(name);
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Whose values are made, and which of them are known already: passwords of the other half of an account. */
export interface ValueOwner {
  /** Whom a user name in it is made of. */
  reader: string;
  half?: Half | undefined;
  known: Map<string, string>;
}

/** All values of a Secret by its rule. What is made of an account is known from then on. */
export function makeValues({ keys }: SecretRule, { reader, half, known }: ValueOwner): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, rule] of Object.entries(keys)) {
    if (rule.store === true && half?.isCopy !== true) continue;
    values[key] = (rule.make === "password" ? known.get(key) : undefined) ?? makeValue(rule, reader);
    if (rule.make === "password") known.set(key, values[key]);
  }
  for (const [key, { make }] of Object.entries(keys))
    if (make === "redis-user" && key in values) values[key] = redisUser(half!.account, values["password"]!);
  return values;
}

/** One value by its rule. Passwords are letters and digits alone: they stand in URLs and shells without quoting. */
function makeValue(rule: ValueRule, reader: string): string {
  switch (rule.make) {
    case "fixed":
      return rule.value!;
    case "given":
      return rule.placeholder!;
    case "key":
      return randomBytes(rule.length ?? 32).toString("base64");
    case "password":
      return Array.from({ length: rule.length ?? 40 }, () => letters[randomInt(letters.length)]).join("");
    case "private-key":
      return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    case "reader":
      return reader.replaceAll("-", "_");
    case "redis-user":
      return "";
  }
}

/** Whether rotate --values makes a value anew: not what somebody brings, nothing that is no secret, not what the rule keeps. */
export function isRenewable({ make, keep }: ValueRule): boolean {
  return keep === undefined && make !== "given" && !isPublic(make);
}

/** Names, and what stands in the rule itself. */
export const isPublic = (make: ValueRule["make"]) => make === "reader" || make === "fixed";
