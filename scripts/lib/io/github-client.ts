import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";

import { program } from "../core/company.ts";
import { ToolError } from "../core/errors.ts";
import { apiUrl, type GitHubRepository } from "./origin.ts";

type Env = Record<string, string | undefined>;

const Plugged = Octokit.plugin(retry, throttling);

export type Client = InstanceType<typeof Plugged>;

/** A client with the token of an environment, patient where GitHub asks for it. */
export function clientOf(env: Env): Client {
  const unit = Number(env["GITHUB_RETRY_SECONDS"] ?? "1");
  const patience = (retryAfter: number, _options: object, _client: object, count: number) =>
    count < 2 && retryAfter <= 60;
  return new Plugged({
    auth: env["GITHUB_TOKEN"],
    baseUrl: apiUrl(env),
    userAgent: program,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    retry: { retryAfterBaseValue: unit * 1000 },
    throttle: {
      retryAfterBaseValue: unit * 1000,
      onRateLimit: patience,
      onSecondaryRateLimit: patience,
    },
  });
}

/** Does some work with GitHub; what fails says what it was about. */
export async function explaining<T>(at: GitHubRepository, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ToolError(`${what} on ${at.owner}/${at.repo}: ${sentence(error)}`);
  }
}

/** What GitHub's refusal means, and what to do; never the token or the address that was asked. */
export function sentence(error: unknown): string {
  const { status, message, response } = error as {
    status?: number;
    message?: string;
    response?: { headers?: Record<string, string>; data?: { errors?: { message?: string }[] } };
  };
  // Octokit says 500 of a request that never got an answer.
  if (status === undefined || response === undefined)
    return `GitHub can't be reached (${message?.split("\n")[0] ?? "no word"})`;
  const headers = response?.headers ?? {};
  const reset = headers["x-ratelimit-remaining"] === "0" ? headers["x-ratelimit-reset"] : undefined;
  if (reset !== undefined)
    return `its limit of requests is reached until ${new Date(Number(reset) * 1000).toISOString().slice(0, 19)}Z: try again then`;
  const details = response?.data?.errors?.map((entry) => entry.message).filter((text) => text !== undefined) ?? [];
  const said = details.length > 0 ? details.join("; ") : (message ?? "").split(" - http")[0]!;
  switch (status) {
    case 401:
      return "the token is wrong or has expired: set GITHUB_TOKEN to another";
    case 403:
      return `the token may not do that (${said}): it needs contents and pull requests, both to write`;
    case 404:
      return "there is no such repository or branch, or the token may not see it";
    case 409:
      return `it changed meanwhile (${said}): try again`;
    case 422:
      return `GitHub refuses it: ${said}`;
    default:
      return `GitHub answers ${status} (${said})${status >= 500 ? ": GitHub is unavailable, try again later" : ""}`;
  }
}

function nothing(): void {
  // Octokit's own log would name addresses and headers.
}
