import type { CommandIo } from "../command/io.ts";
import { deletionLabel } from "../diff/budget.ts";
import { GitHub } from "../io/github.ts";
import { remoteRepository } from "../io/origin.ts";

/** Keeps one comment on a pull request; its labels. Without a token, as on a pull request of a fork, it is said and left. */
export async function commentOn(io: CommandIo, number: string | undefined, text: string): Promise<string[]> {
  if (number === undefined) return [];
  if ((io.env["GITHUB_TOKEN"] ?? "") === "") {
    io.stderr.write("no comment: there is no token (GITHUB_TOKEN); labels count as none\n");
    return [];
  }
  const github = new GitHub(io.env, await remoteRepository(io.cwd, io.env));
  const { url, isNew } = await github.comment(Number(number), "rendered difference", text);
  io.stderr.write(`${isNew ? "commented" : "comment updated"}: ${url}\n`);
  const labels = await github.labels(Number(number));
  // Whoever may triage can set a label: this one counts from who maintains the repository.
  if (!labels.includes(deletionLabel) || (await github.isMeant(Number(number), deletionLabel))) return labels;
  io.stderr.write(`the label ${deletionLabel} does not count: somebody who maintains the repository has to set it\n`);
  return labels.filter((label) => label !== deletionLabel);
}
