import type { CommandIo } from "../command/io.ts";
import { ToolError } from "../core/errors.ts";
import { type EngineRelease, releaseFile, releaseSchema } from "../io/engine-build.ts";
import { platforms, programOf, readBuilt, type ReleaseFile } from "../io/engine-release.ts";
import { fileAt, resolveCommit } from "../io/git.ts";
import { type Release, Releases } from "../io/github-releases.ts";
import { checkProposal, openProposal, startSession } from "./propose.ts";

/** What is missing of a release. */
interface ReleasePlan {
  /** Files that were not sent as a whole, by their ids. */
  remove: number[];
  upload: ReleaseFile[];
  /** Whether it is not there yet for others. */
  publish: boolean;
}

/**
 * Releases what was built into a folder, and proposes the digests that it is taken by from then on. The same command again
 * does what is left to do; a release that holds something else is never changed.
 */
export async function publishEngine(io: CommandIo, folder: string): Promise<void> {
  await checkProposal(io);
  const { identity, files } = await readBuilt(folder);
  const tag = `engine-${identity}`;
  const session = await startSession(io);
  const releases = new Releases(session.env, session.at);
  const found = await releases.find(tag);
  const { remove, upload, publish } = planRelease(tag, files, found);
  const release = found ?? (await releases.draft(tag, await resolveCommit(io.cwd, "HEAD"), releaseText(session.at)));
  for (const asset of remove) await releases.remove(asset);
  for (const { name, bytes } of upload) {
    io.stderr.write(`uploading ${name} ...\n`);
    await releases.upload(release, name, bytes);
  }
  if (publish) await releases.publish(release);
  io.stderr.write(upload.length > 0 || publish ? `${tag} is released\n` : `${tag} was released already\n`);
  const content = releaseContent(identity, files, await releases.again(release));
  if (content === (await fileAt(io.cwd, "HEAD", releaseFile))) {
    io.stderr.write(`${releaseFile} says so already: nothing is proposed\n`);
    return;
  }
  const text = { title: `feat(engine): release ${identity}`, description: proposalText(files, session.at) };
  const changes = [{ path: releaseFile, content }];
  // What was built has to be what main holds: nobody else could be given it.
  await openProposal(io, session, text, { changes, sign: false, reviewers: [], basis: ["engine"] });
}

/** What has to be done for a release to hold these files and no others. */
function planRelease(tag: string, files: readonly ReleaseFile[], found: Release | undefined): ReleasePlan {
  const assets = found?.assets ?? [];
  const other = assets.find(({ name }) => !files.some((file) => file.name === name));
  if (other !== undefined)
    throw new ToolError(`the release ${tag} holds ${other.name}, which is none of its files: look who put it there`);
  for (const { name, sha256, isWhole } of assets) {
    const own = files.find((file) => file.name === name)!.sha256;
    if (isWhole && sha256 !== own)
      throw new ToolError(
        `the release ${tag} holds ${name} with SHA-256 ${sha256 ?? "unknown to the server"}, built was ${own}: the same sources and the same Go give the same bytes, so look who built it otherwise, and how, before anybody uses either`,
      );
  }
  const isThere = (name: string) => assets.some((asset) => asset.isWhole && asset.name === name);
  return {
    remove: assets.filter(({ isWhole }) => !isWhole).map(({ id }) => id),
    upload: files.filter(({ name }) => !isThere(name)),
    publish: found === undefined || found.isDraft,
  };
}

/** engine/release.json for a release that is complete. */
function releaseContent(identity: string, files: readonly ReleaseFile[], found: Release): string {
  const left = planRelease(`engine-${identity}`, files, found);
  if (left.upload.length > 0 || left.publish)
    throw new ToolError(`GitHub does not show the release engine-${identity} as it was sent: the same command again`);
  const document: EngineRelease = {
    $schema: `../${releaseSchema}`,
    identity,
    files: Object.fromEntries(
      Object.keys(platforms).map((platform) => {
        const { url } = found.assets.find(({ name }) => name === programOf(platform))!;
        return [platform, { url, sha256: files.find(({ name }) => name === programOf(platform))!.sha256 }];
      }),
    ),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const provenance = ({ owner, repo }: { owner: string; repo: string }) =>
  `Who built them of what: \`gh attestation verify engine-linux-x64 --repo ${owner}/${repo}\`.`;

const releaseText = (at: { owner: string; repo: string }) =>
  `Programs of \`engine/\`. \`bun run engine\` fetches the one of its platform where Go is not, by the digest in \`${releaseFile}\`. ${provenance(at)}\n`;

const proposalText = (files: readonly ReleaseFile[], at: { owner: string; repo: string }) =>
  `With this, \`bun run engine\` fetches these where Go is not. ${provenance(at)}\n\n\`\`\`text\n${files
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join("")}\`\`\`\n`;
