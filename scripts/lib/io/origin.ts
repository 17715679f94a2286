import { UsageError } from "../core/errors.ts";
import { run } from "./process.ts";

/** The remote that Argo CD pulls from, and that proposals go to. */
export const remote = "origin";

type Environment = Record<string, string | undefined>;

/** Where GitHub is asked: a server of one's own is named. */
export const apiUrl = (env: Environment) => env["GITHUB_API_URL"] ?? "https://api.github.com";

export interface GitHubRepository {
  owner: string;
  repo: string;
}

/** Owner and name of the remote's repository on GitHub; refused, with what to do, where it is somewhere else. */
export async function remoteRepository(root: string, env: Environment): Promise<GitHubRepository> {
  const found = repositoryOf(await remoteUrl(root), env);
  if (typeof found === "string") throw new UsageError(`the remote ${remote} is not on GitHub: ${found}`);
  return found;
}

export async function remoteUrl(root: string): Promise<string> {
  const { exitCode, stdout } = await run(["git", "-C", root, "remote", "get-url", remote]);
  if (exitCode !== 0) throw new UsageError(`there is no remote ${remote} to push to: git remote add ${remote} URL`);
  return stdout.trim();
}

/**
 * Who an address is on GitHub, or why it is nobody there. The last two parts of any path look like an owner and a name: a
 * proposal, and the token with it, would go to a repository of strangers.
 */
export function repositoryOf(url: string, env: Environment): GitHubRepository | string {
  const remedy = `git remote set-url ${remote} https://github.com/OWNER/NAME.git`;
  const address = addressOf(url);
  if (address === undefined) {
    const stated = split(env["GITHUB_REPOSITORY"] ?? "");
    return stated ?? `${url} is a folder: ${remedy}, or set GITHUB_REPOSITORY=OWNER/NAME where it stands for one there`;
  }
  const { host, path } = address;
  // SSH knows hosts by names of a person's own, so that nothing can be told from them.
  if (/^https?:/i.test(url) && host !== "github.com" && !isElsewhere(env))
    return `${host} is another host: ${remedy}, or set GITHUB_API_URL if it is a GitHub server of your own`;
  return split(path.replace(/^\/|(?:\.git)?\/?$/g, "")) ?? `${url} has no owner and name: ${remedy}`;
}

/** The host and path that an address names; undefined for a folder of this machine. */
function addressOf(url: string): { host: string; path: string } | undefined {
  if (/^[a-z][a-z+.-]*:\/\//i.test(url)) {
    const { hostname: host, pathname: path } = URL.parse(url) ?? { hostname: "", pathname: "" };
    return host === "" ? undefined : { host, path };
  }
  // As git tells "host:path" from a path: a colon before the first slash.
  const [, host, path] = /^(?:[^/@]+@)?([^/:]+):(.*)$/.exec(url) ?? [];
  return host === undefined ? undefined : { host, path: path! };
}

const isElsewhere = (env: Environment) =>
  (URL.parse(env["GITHUB_API_URL"] ?? "")?.host ?? "api.github.com") !== "api.github.com";

function split(name: string): GitHubRepository | undefined {
  const parts = name.split("/");
  return parts.length === 2 && parts.every((part) => part !== "") ? { owner: parts[0]!, repo: parts[1]! } : undefined;
}
