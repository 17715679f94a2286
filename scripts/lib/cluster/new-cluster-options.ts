import { UsageError } from "../core/errors.ts";
import { stringAt } from "../core/json.ts";
import { deploymentModels } from "../model/deployment-model.ts";
import type { Content } from "../repo/content.ts";
import { offeredEnvironments } from "../repo/offered.ts";
import type { Given } from "./given.ts";

interface NewClusterOptions {
  environment?: string | undefined;
  model?: string | undefined;
}

/** What has to be known before anything follows, with what options and files say already. */
export function newClusterQuestions(
  { environment, model }: NewClusterOptions,
  given: readonly Given[],
  read: () => Promise<Pick<Content, "documents">>,
) {
  const said = (key: string) => given.map(({ spec }) => stringAt(spec, key)).find((value) => value !== undefined);
  return {
    environment: {
      option: "--environment",
      text: "Environment",
      given: environment ?? said("environment"),
      choices: async () => offeredEnvironments(await read()),
    },
    model: { option: "--model", text: "Model", given: model ?? said("model"), choices: offeredModels },
  };
}

const offeredModels = () =>
  Object.entries(deploymentModels).map(([value, { tenants, machines }]) => ({
    value,
    about: `${tenants === "one" ? "one customer" : "many customers"}, machines are ${machines === "by half" ? "the platform's and the customer's" : `the ${machines}'s`}`,
  }));

/** Which services were named for which of the new clusters. */
export function servicesBy(options: readonly string[], names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const option of options) {
    const [first, second] = option.split("=");
    const cluster = second === undefined ? names[0]! : first!;
    if (!names.includes(cluster))
      throw new UsageError(
        `--service ${option}: ${cluster} is none of the new clusters, which are ${names.join(", ")}`,
      );
    if (second === undefined && names.length > 1)
      throw new UsageError(`--service ${option}: say on which half, like --service ${names[1]}=${option}`);
    found.set(cluster, [...(found.get(cluster) ?? []), second ?? first!]);
  }
  return found;
}
