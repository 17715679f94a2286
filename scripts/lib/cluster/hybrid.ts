import { UsageError } from "../core/errors.ts";
import { at, isObject, type JsonObject } from "../core/json.ts";
import { merged } from "./draft.ts";

/** One half of a hybrid deployment, before its facts say so. */
export interface Half {
  name: string;
  spec: JsonObject;
  services: readonly string[];
}

/**
 * The two halves of a hybrid deployment, each with what it has to know of the other: its name, where its gateway answers,
 * which services are there, and which stores both have. Browsers reach the half that runs what answers them.
 */
export function peered([first, second]: readonly [Half, Half], sharedStores: readonly string[]): [Half, Half] {
  for (const half of [first, second])
    if (half.services.length === 0)
      throw new UsageError(
        `${half.name} runs no service: say which with --service ${half.name}=NAME, the other half runs the rest`,
      );
  const sender = [first, second].find(({ spec }) => at(spec, "stores", "mode") === "operator");
  const stores = storesOf(sharedStores, sender?.name);
  const half = (own: Half, other: Half): Half => {
    const peer: JsonObject = {
      cluster: other.name,
      domain: other.spec["domain"] ?? "",
      nodes: at(other.spec, "cidrs", "nodes") ?? "",
      services: [...other.services],
      ...(other.services.includes("frontend") ? { public: true } : {}),
      ...(Object.keys(stores).length === 0 ? {} : { stores }),
    };
    const given = own.spec["peer"];
    return { ...own, spec: { ...own.spec, peer: isObject(given) ? merged(peer, given) : peer } };
  };
  return [half(first, second), half(second, first)];
}

/** Nothing crosses but events, from the side whose broker an operator runs: only it can be told to send. */
function storesOf(shared: readonly string[], sender: string | undefined): JsonObject {
  return Object.fromEntries(
    shared.map((store): [string, JsonObject] => [
      store,
      store === "rabbitmq" && sender !== undefined
        ? { link: "shovel", from: sender, reason: "events of one side's services reach the other's; nothing goes back" }
        : { link: "none", reason: "services of each side keep what is theirs, and ask each other for the rest" },
    ]),
  );
}
