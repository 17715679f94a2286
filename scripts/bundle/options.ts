import { Command, Option } from "@commander-js/extra-typings";

import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import { progressLine } from "../lib/command/progress.ts";
import { Repository } from "../lib/fleet/repository.ts";
import { codeAt, commitAt, commitPart, type PartGit } from "../lib/io/part-git.ts";
import { type HandOut, handOut } from "../lib/write/hand-out.ts";

export interface PartOptions {
  cluster: string[];
  revision: string;
  registry?: string | undefined;
  repository?: string | undefined;
}

/** Where a bundle's signature is checked: by a file of allowed signers. */
export const signersOption = new Option(
  "--signers <file>",
  "whose signatures count, as ssh-keygen reads allowed signers; GITOPS_BUNDLE_SIGNERS names it too",
);
export const unsignedOption = new Option("--unsigned", "take a bundle without looking whose it is").default(false);
export const expectOption = () =>
  new Option("--cluster <name>", "refuse a bundle that is not of these clusters alone (can be repeated)")
    .argParser(collect)
    .default([] as string[]);

/** A command that makes the part of some clusters out of a revision. */
export const partCommand = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .option("--cluster <name>", "this cluster's part (can be repeated: clusters of one customer)", collect, [])
    .option("--revision <revision>", "as this commit has it", "HEAD")
    .option("--registry <host>", "clusters pull images and charts from here, in place of the registry of their facts");

export interface MadePart extends HandOut {
  git: PartGit;
  revision: string;
  /** What it is a part of. */
  whole: Repository;
}

/** Reads the revision, makes the part of it, and commits it to a repository of its own. */
export async function makePart(
  io: CommandIo,
  { cluster, revision, registry, repository }: PartOptions,
): Promise<MadePart> {
  const from = await commitAt(io.cwd, revision);
  const whole = await Repository.read(io.cwd, { env: io.env, revision: from.commit });
  const progress = progressLine(io.stderr, "rendering");
  const code = await codeAt(io.cwd, from.commit);
  const made = await handOut(whole, cluster, { code, registry, repository, progress: progress.update }).finally(
    progress.clear,
  );
  return { ...made, git: await commitPart(made.files, from), revision: from.commit, whole };
}
