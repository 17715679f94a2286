import { type Client, clientOf, explaining } from "./github-client.ts";
import type { GitHubRepository } from "./origin.ts";

/** A release of the repository, as GitHub has it. */
export interface Release {
  id: number;
  isDraft: boolean;
  /** Where files are sent to: a template. */
  uploadUrl: string;
  assets: Asset[];
}

interface Asset {
  id: number;
  name: string;
  /** Where programs fetch it, those of a private repository too. */
  url: string;
  /** Undefined where it was not sent as a whole, or the server computes none. */
  sha256: string | undefined;
  isWhole: boolean;
}

/** Releases of the repository. */
export class Releases {
  readonly #client: Client;
  readonly #at: GitHubRepository;

  constructor(env: Record<string, string | undefined>, at: GitHubRepository) {
    this.#client = clientOf(env);
    this.#at = at;
  }

  /** The release of a tag, or a draft of it: a draft has no tag yet that GitHub could be asked for. */
  find(tag: string): Promise<Release | undefined> {
    return this.#explaining(`the release ${tag}`, async () => {
      const all = await this.#client.paginate(this.#client.rest.repos.listReleases, { ...this.#at, per_page: 100 });
      const named = all.filter((release) => release.tag_name === tag);
      const found = named.find(({ draft }) => !draft) ?? named[0];
      return found && releaseOf(found);
    });
  }

  /** Nobody sees a draft: a release is there as a whole or not at all. */
  draft(tag: string, commit: string, body: string): Promise<Release> {
    return this.#explaining(`the release ${tag}`, async () => {
      const text = { tag_name: tag, target_commitish: commit, name: tag, body };
      const { data } = await this.#client.rest.repos.createRelease({ ...this.#at, ...text, draft: true });
      return releaseOf(data);
    });
  }

  /** What became of it. */
  again({ id }: Release): Promise<Release> {
    return this.#explaining("the release", async () => {
      const { data } = await this.#client.rest.repos.getRelease({ ...this.#at, release_id: id });
      return releaseOf(data);
    });
  }

  upload(to: Release, name: string, bytes: Uint8Array): Promise<void> {
    return this.#explaining(`the file ${name} of the release`, async () => {
      const headers = { "content-type": "application/octet-stream", "content-length": String(bytes.length) };
      await this.#client.request({ method: "POST", url: to.uploadUrl, name, data: bytes, headers });
    });
  }

  remove(asset: number): Promise<void> {
    return this.#explaining("a file of the release", async () => {
      await this.#client.rest.repos.deleteReleaseAsset({ ...this.#at, asset_id: asset });
    });
  }

  publish({ id }: Release): Promise<void> {
    return this.#explaining("the release", async () => {
      await this.#client.rest.repos.updateRelease({ ...this.#at, release_id: id, draft: false });
    });
  }

  #explaining<T>(what: string, work: () => Promise<T>): Promise<T> {
    return explaining(this.#at, what, work);
  }
}

type Answer = Awaited<ReturnType<Client["rest"]["repos"]["createRelease"]>>["data"];

const releaseOf = ({ id, draft, upload_url: uploadUrl, assets }: Answer): Release => ({
  id,
  isDraft: draft,
  uploadUrl,
  assets: assets.map(({ id: asset, name, url, digest, state }) => ({
    id: asset,
    name,
    url,
    sha256: digest?.replace(/^sha256:/, ""),
    isWhole: state === "uploaded",
  })),
});
