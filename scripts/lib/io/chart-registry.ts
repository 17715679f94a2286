import { type Artifact, contentLayer, digestOf, manifestType } from "../addon/artifact.ts";
import { tarLimits } from "../addon/tar.ts";
import { ToolError } from "../core/errors.ts";
import { type Json, listAt, stringAt } from "../core/json.ts";
import { originOf, parseJson, RegistryClient, type RegistryOptions } from "./registry-client.ts";

/** Pulls charts from a registry, and pushes them to one. */
export class ChartRegistry {
  readonly #client: RegistryClient;

  constructor(host: string, options: RegistryOptions) {
    this.#client = new RegistryClient(host, options);
  }

  /** The archive of a chart, by tag or digest, and the digest of its manifest. */
  async pull(name: string, reference: string): Promise<{ digest: string; archive: Uint8Array }> {
    const what = `${this.#client.host}/${name}:${reference}`;
    const { digest, body } = await this.#manifest(name, reference, what);
    const layer = contentLayer(body);
    if (typeof layer === "string") throw new ToolError(`${what}: it ${layer}`);
    if (layer.size > tarLimits.bytes) throw new ToolError(`${what}: its archive has ${layer.size} bytes, too many`);
    const response = await this.#client.ask(name, `/v2/${name}/blobs/${layer.digest}`, what, {});
    const archive = await this.#client.bytes(response, what, layer.size);
    const found = digestOf(archive);
    if (found !== layer.digest)
      throw new ToolError(`${what}: what came has the digest ${found}, not ${layer.digest}: nothing of it is used`);
    return { digest, archive };
  }

  /** Pushes an artifact under a tag, but for what is there already. Returns whether anything was sent. */
  async push(name: string, tag: string, { digest, manifest, blobs }: Artifact): Promise<boolean> {
    const what = `${this.#client.host}/${name}:${tag}`;
    const ask = (path: string, request: Parameters<RegistryClient["ask"]>[3]) =>
      this.#client.ask(name, path, what, request, "pull,push");
    const there = await ask(`/v2/${name}/manifests/${tag}`, {
      method: "HEAD",
      headers: { accept: manifestType },
      expected: [404],
    });
    if (there.headers.get("docker-content-digest") === digest) return false;
    // A tag that names other bytes is somebody's: a version is never moved.
    if (there.status !== 404)
      throw new ToolError(`${what}: the registry has other bytes of that version: remove it there first`);
    for (const blob of blobs) {
      const has = await ask(`/v2/${name}/blobs/${blob.digest}`, { method: "HEAD", expected: [404] });
      if (has.status !== 404) continue;
      const started = await ask(`/v2/${name}/blobs/uploads/`, { method: "POST", body: new Uint8Array() });
      const location = new URL(started.headers.get("location") ?? "", originOf(this.#client.host));
      // Behind a proxy a registry may name another scheme, never another host: an account goes along.
      if (location.host !== new URL(originOf(this.#client.host)).host)
        throw new ToolError(`${what}: the registry wants the archive sent to ${location.host}, another host`);
      location.searchParams.set("digest", blob.digest);
      await ask(location.pathname + location.search, {
        method: "PUT",
        body: blob.bytes,
        headers: { "content-type": "application/octet-stream" },
      });
    }
    const answer = await ask(`/v2/${name}/manifests/${tag}`, {
      method: "PUT",
      body: manifest,
      headers: { "content-type": manifestType },
    });
    const said = answer.headers.get("docker-content-digest");
    if (said !== null && said !== digest)
      throw new ToolError(`${what}: the registry keeps it as ${said}, not as ${digest}: it changes what it is given`);
    return true;
  }

  /** Every tag of a chart, which has few. */
  async tags(name: string): Promise<string[]> {
    const what = `the tags of ${this.#client.host}/${name}`;
    const response = await this.#client.ask(name, `/v2/${name}/tags/list?n=10000`, what, {});
    const body = parseJson(await this.#client.bytes(response, what), what);
    return listAt(body, "tags").filter((tag) => typeof tag === "string");
  }

  async #manifest(name: string, reference: string, what: string): Promise<{ digest: string; body: Json }> {
    const response = await this.#client.ask(name, `/v2/${name}/manifests/${encodeURIComponent(reference)}`, what, {
      headers: { accept: manifestType },
    });
    const type = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
    if (type !== manifestType)
      throw new ToolError(
        `${what}: the registry answers with ${type || "no media type"}, which is no manifest of a chart`,
      );
    const bytes = await this.#client.bytes(response, what);
    const digest = digestOf(bytes);
    const said = response.headers.get("docker-content-digest");
    if ((said !== null && said !== digest) || (reference.startsWith("sha256:") && reference !== digest))
      throw new ToolError(`${what}: what came has the digest ${digest}: nothing of it is used`);
    const body = parseJson(bytes, what);
    const own = stringAt(body, "mediaType");
    if (own !== undefined && own !== type) throw new ToolError(`${what}: its manifest says it is ${own}`);
    return { digest, body };
  }
}
