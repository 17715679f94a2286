import { open } from "node:fs/promises";

import type { Descriptor } from "../bundle/layout.ts";
import { ToolError } from "../core/errors.ts";
import { indexTypes, manifestTypes } from "../image/manifest.ts";
import { RegistryClient, type RegistryOptions } from "./registry-client.ts";

/** Times that a blob is begun anew, where its answer was cut off. */
const attempts = 3;

/** Copies images out of a registry by digest: nothing is believed but bytes, and no layer is held in memory. */
export class BlobSource {
  readonly #client: RegistryClient;

  constructor(host: string, options: RegistryOptions) {
    this.#client = new RegistryClient(host, { timeoutMilliseconds: 60_000, ...options });
  }

  /** A manifest or index by digest, and what the registry says it is. */
  async manifest(name: string, digest: string): Promise<{ bytes: Uint8Array; mediaType: string }> {
    const what = `${this.#client.host}/${name}@${digest}`;
    const accept = [...indexTypes, ...manifestTypes].join(", ");
    const response = await this.#client.ask(name, `/v2/${name}/manifests/${digest}`, what, { headers: { accept } });
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
    if (![...indexTypes, ...manifestTypes].includes(mediaType))
      throw new ToolError(`${what}: the registry answers with ${mediaType || "no media type"}, which is no image`);
    const bytes = await this.#client.bytes(response, what);
    const found = `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;
    if (found !== digest) throw new ToolError(`${what}: what came has the digest ${found}: nothing of it is used`);
    return { bytes, mediaType };
  }

  /** Writes a blob to a file as it comes in, no more than it may have, and refuses it where its digest is another. */
  async blob(name: string, blob: Descriptor, file: string): Promise<void> {
    const what = `${this.#client.host}/${name}@${blob.digest}`;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#blob(name, blob, file, what);
      } catch (error) {
        // A line that broke is tried again; other bytes stay other bytes.
        const isBroken = error instanceof ToolError && /cut off|nothing more came/.test(error.message);
        if (!isBroken || attempt === attempts) throw error;
      }
    }
  }

  async #blob(name: string, { digest, size }: Descriptor, file: string, what: string): Promise<void> {
    const path = `/v2/${name}/blobs/${digest}`;
    const response = await this.#client.ask(name, path, what, { isLong: true });
    const hasher = new Bun.CryptoHasher("sha256");
    let got = 0;
    const handle = await open(file, "w");
    try {
      for await (const piece of this.#client.pieces(response, what)) {
        got += piece.length;
        if (got > size) throw new ToolError(`${what}: more came than the ${size} bytes that its manifest names`);
        hasher.update(piece);
        await handle.appendFile(piece);
      }
    } finally {
      await handle.close();
    }
    if (got < size) throw new ToolError(`${what}: the answer was cut off (${got} of ${size} bytes)`);
    const found = `sha256:${hasher.digest("hex")}`;
    if (found !== digest) throw new ToolError(`${what}: what came has the digest ${found}: nothing of it is used`);
  }
}
