import type { LayoutReader, Manifest } from "../bundle/contents.ts";
import { blobFile, type Descriptor } from "../bundle/layout.ts";
import { ToolError } from "../core/errors.ts";
import { indexTypes, manifestTypes } from "../image/manifest.ts";
import { originOf, RegistryClient, type RegistryOptions } from "./registry-client.ts";

/** Brings what a layout holds into a registry: what is there already is not sent, and nothing there is ever moved. */
export class BlobTarget {
  readonly host: string;
  readonly #client: RegistryClient;

  constructor(host: string, options: RegistryOptions) {
    this.host = host;
    this.#client = new RegistryClient(host, { timeoutMilliseconds: 120_000, ...options });
  }

  async hasBlob(name: string, digest: string): Promise<boolean> {
    const path = `/v2/${name}/blobs/${digest}`;
    return (await this.#ask(name, path, { method: "HEAD", expected: [404] })).status !== 404;
  }

  /** Takes a blob over from another repository of the same registry; whether it did. */
  async mount(name: string, digest: string, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const answer = await this.#ask(name, `/v2/${name}/blobs/uploads/?${query.toString()}`, {
      method: "POST",
      body: new Uint8Array(),
    });
    return answer.status === 201;
  }

  /** Sends a blob, a piece at a time; the registry computes its digest as well. */
  async push(name: string, { digest }: Descriptor, layout: LayoutReader): Promise<void> {
    let answer = await this.#ask(name, `/v2/${name}/blobs/uploads/`, { method: "POST", body: new Uint8Array() });
    let at = 0;
    for await (const piece of layout.pieces(blobFile(digest))) {
      answer = await this.#ask(name, this.#next(answer, name), {
        method: "PATCH",
        body: piece,
        headers: {
          "content-type": "application/octet-stream",
          "content-range": `${at}-${at + piece.length - 1}`,
        },
      });
      at += piece.length;
    }
    await this.#ask(name, this.#next(answer, name, digest), { method: "PUT", body: new Uint8Array() });
  }

  /** Puts a manifest where it can be had by its digest, or by a tag as well; the tag that it has now. */
  async put(name: string, manifest: Manifest, tag: string | undefined): Promise<string | undefined> {
    const own = tag === undefined ? undefined : await this.#free(name, tag, manifest.digest);
    const answer = await this.#ask(name, `/v2/${name}/manifests/${own ?? manifest.digest}`, {
      method: "PUT",
      body: manifest.bytes,
      headers: { "content-type": manifest.mediaType },
      expected: [400],
    });
    if (answer.status === 400)
      throw new ToolError(
        `${this.host}/${name}: the registry does not take ${manifest.digest} (400)${indexTypes.includes(manifest.mediaType) ? ": of an index it may want every platform: make the bundle without --platform" : ""}`,
      );
    const said = answer.headers.get("docker-content-digest");
    if (said !== null && said !== manifest.digest)
      throw new ToolError(
        `${this.host}/${name}: the registry keeps ${manifest.digest} as ${said}: it changes what it is given`,
      );
    return own;
  }

  /** Whether a manifest is there under its digest. */
  async hasManifest(name: string, digest: string): Promise<boolean> {
    return (await this.#digestAt(name, digest)) === digest;
  }

  /** The tag itself; where it is somebody's already, one that says whose it is: clusters pull by digest, a tag keeps it there. */
  async #free(name: string, tag: string, digest: string): Promise<string> {
    const there = await this.#digestAt(name, tag);
    return there === undefined || there === digest ? tag : `${tag.slice(0, 100)}-${digest.slice(7, 19)}`;
  }

  async #digestAt(name: string, reference: string): Promise<string | undefined> {
    const answer = await this.#ask(name, `/v2/${name}/manifests/${reference}`, {
      method: "HEAD",
      headers: { accept: [...indexTypes, ...manifestTypes].join(", ") },
      expected: [404],
    });
    return answer.status === 404 ? undefined : (answer.headers.get("docker-content-digest") ?? "");
  }

  /** Where an upload goes on: at the same host, since an account goes along. */
  #next(answer: Response, name: string, digest?: string): string {
    const origin = originOf(this.host);
    const location = new URL(answer.headers.get("location") ?? "", origin);
    if (location.host !== new URL(origin).host)
      throw new ToolError(`${this.host}/${name}: the registry wants a blob sent to ${location.host}, another host`);
    if (digest !== undefined) location.searchParams.set("digest", digest);
    return location.pathname + location.search;
  }

  #ask(name: string, path: string, ask: Parameters<RegistryClient["ask"]>[3]): Promise<Response> {
    return this.#client.ask(name, path, `${this.host}/${name}`, ask, "pull,push");
  }
}
