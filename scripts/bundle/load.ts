import path from "node:path";

import { Command } from "@commander-js/extra-typings";

import type { Bundle, LayoutReader } from "../lib/bundle/contents.ts";
import { blobFile } from "../lib/bundle/layout.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { progressLine } from "../lib/command/progress.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode, UsageError } from "../lib/core/errors.ts";
import { BlobTarget } from "../lib/io/blob-target.ts";
import { temporaryFolder } from "../lib/io/files.ts";
import { copyBlob, openLayout } from "../lib/io/layout.ts";
import { advance, expectFolder, readGitBundle } from "../lib/io/part-git.ts";
import { existingPath } from "../lib/io/user-path.ts";
import { bundleText, sizeText } from "../lib/report/bundle.ts";
import { trustedBundle } from "../lib/write/trusted-bundle.ts";
import { missingRests, send } from "../lib/write/unpack.ts";
import { expectOption, signersOption, unsignedOption } from "./options.ts";
import { refusing } from "./verify.ts";

interface LoadOptions {
  registry?: string | undefined;
  out?: string | undefined;
  push?: string | undefined;
}

/** The other side of the gap: images and charts into a registry, the part into a repository. */
export const loadCommand = (io: CommandIo, done: Done) =>
  new Command("load")
    .description("Verify a bundle, then bring its images and charts to a registry and its Git to a repository.")
    .argument("<bundle>", "its file or folder")
    .option("--registry <host>", "the registry that the clusters pull from")
    .option("--out <folder>", "Git to this folder: its branch main gets one more commit, or is made")
    .option("--push <url>", "Git to the branch main of this address instead")
    .addOption(signersOption)
    .addOption(unsignedOption)
    .addOption(expectOption())
    .action(async (place, { signers, unsigned, cluster, ...options }) => {
      const { registry, out, push } = options;
      if (registry === undefined && out === undefined && push === undefined)
        throw new UsageError("say where to: --registry HOST for images and charts, --out FOLDER or --push URL for Git");
      if (out !== undefined && push !== undefined) throw new UsageError("give --out or --push, not both");
      if (out !== undefined) await expectFolder(path.resolve(io.cwd, out));
      const progress = progressLine(io.stderr, "checking");
      await refusing(io, done, place, async () => {
        const layout = await openLayout(await existingPath(io, place));
        const trust = { signers: signers ?? io.env["GITOPS_BUNDLE_SIGNERS"], unsigned, clusters: cluster };
        const bundle = await trustedBundle(layout, { ...trust, progress: progress.update }).finally(progress.clear);
        io.stdout.write(`${bundleText(bundle.info)}\n`);
        if (registry !== undefined && !(await fillRegistry(io, bundle, layout, registry))) done(exitCode.findings);
        else {
          // Git last: an Argo CD that reads it finds everything it names.
          await bringGit(io, bundle, layout, options);
          done(exitCode.done);
        }
      });
    });

async function fillRegistry(io: CommandIo, bundle: Bundle, layout: LayoutReader, host: string): Promise<boolean> {
  const target = new BlobTarget(host, { env: io.env });
  const missing = await missingRests(bundle, target);
  if (missing.length > 0) {
    const since = bundle.info.since?.slice(0, 12) ?? "before";
    io.stderr.write(`${missing.map((digest) => `${host} lacks ${digest}`).join("\n")}\n`);
    io.stderr.write(
      `error: this bundle rests on that of ${since}, of which ${missing.length} blobs are not there; nothing was sent: load that one first, or one that was made without --since\n`,
    );
    return false;
  }
  const progress = progressLine(io.stderr, "sending");
  const sent = await send(bundle, layout, target, progress.update).finally(progress.clear);
  for (const line of sent.retagged)
    io.stderr.write(`${line}: that tag is of other bytes there, and clusters pull by digest\n`);
  io.stdout.write(`${host}: ${sent.blobs} blobs sent (${sizeText(sent.bytes)}), ${sent.there} were there\n`);
  return true;
}

async function bringGit(
  io: CommandIo,
  { git, info }: Bundle,
  layout: LayoutReader,
  { out, push }: LoadOptions,
): Promise<void> {
  if (out === undefined && push === undefined) return;
  const folder = await temporaryFolder("bundle");
  try {
    const file = path.join(folder.path, "part.bundle");
    await copyBlob(layout, blobFile(git.digest), file);
    const part = await readGitBundle(file, info);
    try {
      const target = out === undefined ? { url: push! } : { folder: path.resolve(io.cwd, out) };
      const { commit, isNew } = await advance(part, target, io.env);
      io.stdout.write(`Git: ${isNew ? "commit" : "was there as"} ${commit}\n`);
    } finally {
      await part.remove();
    }
  } finally {
    await folder.remove();
  }
}
