import { createHash } from "node:crypto";

import type { CommandIo } from "../command/io.ts";
import { progressLine } from "../command/progress.ts";
import type { Change } from "../core/change.ts";
import { ToolError } from "../core/errors.ts";
import { compareSides } from "../diff/sides.ts";
import type { Repository } from "../fleet/repository.ts";
import { mainBranch, type Proposal, pushBranch } from "../io/commit.ts";
import { GitHub, hasCredentials, noCredentials, signIn } from "../io/github.ts";
import { type GitHubRepository, remoteRepository } from "../io/origin.ts";
import { diffMarkdown } from "../report/difference.ts";

/** What a pull request says beside what it changes. */
export interface ProposalText {
  /** Subject of the commit and title: a conventional commit, its scope a folder. */
  title: string;
  /** Why, as Markdown: before what it would do. */
  description?: string | undefined;
  labels?: readonly string[] | undefined;
}

/** GitHub refuses longer descriptions. */
const bodyLimit = 60_000;

/** Where a proposal goes, with what it takes to get there. */
export interface Session {
  at: GitHubRepository;
  /** The environment with a token. */
  env: CommandIo["env"];
}

/** Signs in to the GitHub of the remote. */
export async function startSession(io: CommandIo): Promise<Session> {
  return { at: await remoteRepository(io.cwd, io.env), env: await signIn(io.env) };
}

/**
 * Proposes changes of the fleet as a pull request, which says what they would do. Nothing here changes: not the working
 * tree, not the index.
 */
export async function propose(
  io: CommandIo,
  text: ProposalText,
  repository: Repository,
  changes: readonly Change[],
  { sign, reviewers }: { sign: boolean; reviewers: readonly string[] },
): Promise<void> {
  const session = await startSession(io);
  const progress = progressLine(io.stderr, "comparing");
  const report = await compareSides(repository, repository.with(changes), progress.update).finally(progress.clear);
  const parts = [text.description, diffMarkdown(report, bodyLimit)].filter((part) => part !== undefined);
  await openProposal(io, session, { ...text, description: parts.join("\n\n") }, { changes, sign, reviewers });
}

/**
 * Opens the pull request of some changes: a commit on a branch that is named after what it is about, so that the same command
 * brings the same pull request up to date.
 */
export async function openProposal(
  io: CommandIo,
  { at, env }: Session,
  { title, description = "", labels = [] }: ProposalText,
  { reviewers, ...content }: Pick<Proposal, "changes" | "sign" | "basis"> & { reviewers: readonly string[] },
): Promise<void> {
  const github = new GitHub(env, at);
  const branch = branchOf(title);
  const { commit, pushed } = await pushBranch({ root: io.cwd, env, branch, message: `${title}\n`, ...content });
  const request = { branch, base: mainBranch, title, body: description, labels };
  const { number, url, isNew } = await github.openOrUpdate(request).catch((error: unknown) => {
    if (error instanceof ToolError)
      throw new ToolError(
        `${error.message}; the branch ${branch} is pushed already: the same command again opens its pull request`,
      );
    throw error;
  });
  io.stdout.write(`${url}\n`);
  io.stderr.write(
    `${isNew ? "opened" : "updated"} #${number} from ${branch}${pushed ? ` (${commit.slice(0, 12)}${content.sign ? ", signed" : ""}; commit hooks do not run here)` : " (already up to date)"}\n`,
  );
  for (const name of reviewers) {
    await github.askReviewer(number, name).catch((error: unknown) => {
      if (!(error instanceof ToolError)) throw error;
      io.stderr.write(`warning: ${error.message}\n`);
    });
  }
}

/** Refuses before anything is rendered what could not be proposed afterwards. */
export async function checkProposal(io: CommandIo): Promise<void> {
  await remoteRepository(io.cwd, io.env);
  if (!hasCredentials(io.env)) throw noCredentials();
}

/** "feat(tenants): onboard umbrella" is propose/tenants-onboard-umbrella; what is cut or can't be in a name is told by a hash. */
export function branchOf(title: string): string {
  const bare = title.replace(/^\w+(\(([^)]*)\))?: /, (_whole, _group, scope: string | undefined) => `${scope ?? ""} `);
  const slug = bare
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const hash = createHash("sha256").update(title).digest("hex").slice(0, 8);
  return `propose/${slug.slice(0, 60).replace(/-$/, "")}-${hash}`;
}
