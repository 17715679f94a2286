import type { JsonObject } from "../core/json.ts";
import { secretsOf } from "../secret/sops-secret.ts";
import { keyed } from "./made.ts";

export const sopsSecret = (resource: JsonObject): JsonObject[] =>
  secretsOf(resource).map(({ name, keys }) => keyed("Secret", name, ...keys));
