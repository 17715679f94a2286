import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";

import { ToolError } from "../core/errors.ts";
import { type Client, clientOf, explaining, sentence } from "./github-client.ts";
import type { EnvironmentSettings, GitHubSettings } from "./github-settings.ts";
import { apiUrl, type GitHubRepository } from "./origin.ts";

export interface PullRequest {
  branch: string;
  base: string;
  title: string;
  body: string;
  labels: readonly string[];
}

/**
 * GitHub, as far as this repository needs it. The token comes from the environment only (GITHUB_TOKEN, see signIn).
 */
export class GitHub {
  readonly #client: Client;
  readonly #at: GitHubRepository;

  constructor(env: Record<string, string | undefined>, at: GitHubRepository) {
    this.#at = at;
    this.#client = clientOf(env);
  }

  /** Opens a pull request, or brings the open one of its branch up to date. */
  openOrUpdate({
    branch,
    base,
    title,
    body,
    labels,
  }: PullRequest): Promise<{ number: number; url: string; isNew: boolean }> {
    return this.#explaining(`the pull request of ${branch}`, async () => {
      const { pulls, issues } = this.#client.rest;
      const head = `${this.#at.owner}:${branch}`;
      const open = await pulls.list({ ...this.#at, head, base, state: "open", per_page: 1 });
      const found = open.data[0];
      const { data } =
        found === undefined
          ? await pulls.create({ ...this.#at, head: branch, base, title, body })
          : await pulls.update({ ...this.#at, pull_number: found.number, title, body });
      if (labels.length > 0) await issues.addLabels({ ...this.#at, issue_number: data.number, labels: [...labels] });
      return { number: data.number, url: data.html_url, isNew: found === undefined };
    });
  }

  /** Asks a person, or a team as ORGANISATION/TEAM, to look at a pull request. */
  askReviewer(number: number, name: string): Promise<void> {
    return this.#explaining(`the reviewer ${name} of #${number}`, async () => {
      const [, team] = name.split("/");
      const asked =
        team === undefined ? { reviewers: [name], team_reviewers: [] } : { reviewers: [], team_reviewers: [team] };
      await this.#client.rest.pulls.requestReviewers({ ...this.#at, pull_number: number, ...asked });
    });
  }

  /** One comment of ours on a pull request, told by a hidden mark: written once, then brought up to date. */
  comment(number: number, mark: string, body: string): Promise<{ url: string; isNew: boolean }> {
    return this.#explaining(`the comment on #${number}`, async () => {
      const { issues } = this.#client.rest;
      const hidden = `<!-- ${mark} -->`;
      const all = await this.#client.paginate(issues.listComments, {
        ...this.#at,
        issue_number: number,
        per_page: 100,
      });
      const found = all.find((comment) => comment.body?.startsWith(hidden) === true);
      const text = `${hidden}\n${body}`;
      const { data } =
        found === undefined
          ? await issues.createComment({ ...this.#at, issue_number: number, body: text })
          : await issues.updateComment({ ...this.#at, comment_id: found.id, body: text });
      return { url: data.html_url, isNew: found === undefined };
    });
  }

  /** Labels of a pull request. */
  labels(number: number): Promise<string[]> {
    return this.#explaining(`the labels of #${number}`, async () => {
      const { issues } = this.#client.rest;
      const all = await this.#client.paginate(issues.listLabelsOnIssue, {
        ...this.#at,
        issue_number: number,
        per_page: 100,
      });
      return all.map(({ name }) => name);
    });
  }

  /** Open pull requests: what is not merged yet, oldest first. */
  openPullRequests(): Promise<{ number: number; title: string; branch: string; updated: string }[]> {
    return this.#explaining("the open pull requests", async () => {
      const { pulls } = this.#client.rest;
      const all = await this.#client.paginate(pulls.list, {
        ...this.#at,
        state: "open",
        sort: "created",
        direction: "asc",
        per_page: 100,
      });
      return all.map(({ number, title, head, updated_at: updated }) => ({ number, title, branch: head.ref, updated }));
    });
  }

  /** The settings that stand between a proposal and a branch. Needs a token that may read administration. */
  settings(branch: string): Promise<GitHubSettings> {
    return this.#explaining(`the settings of ${branch}`, async () => {
      const { repos, actions } = this.#client.rest;
      const page = { ...this.#at, per_page: 100 };
      const rules = await this.#client.paginate(repos.getBranchRules, { ...page, branch });
      const environments = new Map<string, EnvironmentSettings>();
      const { data } = await repos.getAllEnvironments(page);
      for (const { name, deployment_branch_policy: policy, protection_rules: guards } of data.environments ?? []) {
        const isReviewed = (guards ?? []).some(({ type }) => type === "required_reviewers");
        if (policy?.custom_branch_policies !== true) {
          environments.set(name, { branches: policy?.protected_branches === true ? [branch] : undefined, isReviewed });
          continue;
        }
        const allowed = await this.#client.paginate(repos.listDeploymentBranchPolicies, {
          ...page,
          environment_name: name,
        });
        environments.set(name, { branches: allowed.map((own) => own.name ?? "").toSorted(), isReviewed });
      }
      const secrets = await this.#client.paginate(actions.listRepoSecrets, page);
      const teams = await this.#client.paginate(repos.listTeams, page);
      const writers = teams.filter(({ permission }) => ["push", "maintain", "admin"].includes(permission));
      return {
        rules,
        environments,
        secrets: secrets.map(({ name }) => name),
        writers: writers.map(({ slug }) => `@${this.#at.owner}/${slug}`),
      };
    });
  }

  /** Whether the label on a pull request was set by somebody who maintains the repository. */
  isMeant(number: number, label: string): Promise<boolean> {
    return this.#explaining(`the label ${label} of #${number}`, async () => {
      const { issues, repos } = this.#client.rest;
      const events = await this.#client.paginate(issues.listEvents, {
        ...this.#at,
        issue_number: number,
        per_page: 100,
      });
      const last = events.findLast((event) => "label" in event && event.label?.name === label);
      if (last?.event !== "labeled" || last.actor === null) return false;
      const { data } = await repos.getCollaboratorPermissionLevel({ ...this.#at, username: last.actor.login });
      return ["admin", "maintain"].includes(data.role_name);
    });
  }

  #explaining<T>(what: string, work: () => Promise<T>): Promise<T> {
    return explaining(this.#at, what, work);
  }
}

/** Whether there is something to sign in with. */
export function hasCredentials(env: Record<string, string | undefined>): boolean {
  const app = ["GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "GITHUB_APP_PRIVATE_KEY"];
  return (env["GITHUB_TOKEN"] ?? "") !== "" || app.every((name) => env[name] !== undefined);
}

export function noCredentials(): ToolError {
  return new ToolError(
    "there is no token for GitHub: set GITHUB_TOKEN, or GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PRIVATE_KEY",
  );
}

/** The environment with a token for GitHub in it: that of a person, or one that a GitHub App gets for an hour. */
export async function signIn(env: Record<string, string | undefined>): Promise<Record<string, string | undefined>> {
  const { GITHUB_APP_ID: appId, GITHUB_APP_INSTALLATION_ID: installationId, GITHUB_APP_PRIVATE_KEY: privateKey } = env;
  if (appId === undefined || installationId === undefined || privateKey === undefined) {
    if (hasCredentials(env)) return env;
    throw noCredentials();
  }
  try {
    const baseUrl = apiUrl(env);
    const auth = createAppAuth({ appId, privateKey, installationId, request: request.defaults({ baseUrl }) });
    const { token } = await auth({ type: "installation" });
    return { ...env, GITHUB_TOKEN: token };
  } catch (error) {
    throw new ToolError(`the GitHub App ${appId} can't sign in: ${sentence(error)}`);
  }
}
