import { type Json, objectAt, stringAt } from "../core/json.ts";
import { protectionProblems } from "./github-ruleset.ts";

/** What GitHub says of the settings that stand between a proposal and main. */
export interface GitHubSettings {
  /** The rules in force for main, those of the organisation too. */
  rules: readonly unknown[];
  environments: ReadonlyMap<string, EnvironmentSettings>;
  /** Names of secrets that every workflow of the repository can read. */
  secrets: readonly string[];
  /** Teams that may push, as @ORGANISATION/TEAM. */
  writers: readonly string[];
}

export interface EnvironmentSettings {
  /** Branches that may use it; undefined where any may. */
  branches: readonly string[] | undefined;
  /** Whether somebody has to agree before a job of it runs. */
  isReviewed: boolean;
}

/** What they have to be: files of the repository. */
export interface WantedSettings {
  ruleset: Json;
  /** Rules of the organisation, where it has some: a workflow of main that every proposal has to pass. */
  organisation: Json;
  /** Environments that workflows use. */
  environments: readonly string[];
  /** Those of them whose workflow anybody may start who may label an issue. */
  reviewed: readonly string[];
  /** Teams that own everything (the line * of CODEOWNERS): whoever writes beside them could supply a required check. */
  platform: readonly string[];
}

/** Every way in which a proposal could be merged without the platform's word or without the checks, as sentences. */
export function settingsProblems(wanted: WantedSettings, found: GitHubSettings): string[] {
  const problems = protectionProblems(wanted.ruleset, found.rules);
  const isPinned = protectionProblems(wanted.organisation, found.rules).length === 0;
  const others = found.writers.filter((team) => !wanted.platform.includes(team));
  if (!isPinned && others.length > 0)
    problems.push(
      `${others.join(", ")} may push, and no workflow of main is required: whoever may push can supply a required check; require it (.github/rulesets/organisation.json), or let them propose from forks`,
    );
  for (const name of wanted.environments)
    if (!found.environments.has(name)) problems.push(`the environment ${name} is not there: create it, for main only`);
  for (const [name, { branches, isReviewed }] of found.environments) {
    if (wanted.reviewed.includes(name) && !isReviewed)
      problems.push(
        `the environment ${name} has no reviewers: require those of the platform, an issue starts its workflow`,
      );
    if (branches === undefined || branches.join() !== "main")
      problems.push(
        `the environment ${name} may be used from ${branches?.join(", ") ?? "any branch"}: allow main only, its secrets are readable otherwise`,
      );
  }
  if (found.secrets.length > 0)
    problems.push(
      `${found.secrets.join(", ")}: every workflow on any branch can read a secret of the repository; move it into an environment`,
    );
  return problems;
}

/** Environments of workflows that an issue starts. */
export const startedByIssues = (workflows: readonly Json[]): string[] =>
  environmentsOf(workflows.filter((workflow) => objectAt(workflow, "on")["issues"] !== undefined));

/** GitHub's own, made with Pages: who does not publish has none. */
const ofPages = "github-pages";

/** Environments that workflows name and that somebody has to make; an input chooses among those of the fleet. */
export function environmentsOf(workflows: readonly Json[]): string[] {
  const jobs = workflows.flatMap((workflow) => Object.values(objectAt(workflow, "jobs")));
  const names = jobs.flatMap((job) => stringAt(job, "environment") ?? []);
  return [...new Set(names.filter((name) => name !== ofPages && !name.includes("${{")))].toSorted();
}
