import { ToolError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { listAt } from "../core/json.ts";
import { indexTypes, manifestTypes } from "../image/manifest.ts";
import type { AskRegistry } from "../image/resolve.ts";
import { originOf, parseJson, RegistryClient, type RegistryOptions } from "./registry-client.ts";

/** Asks any registry, each through one client, so that a token serves all questions to a host. */
export function registries(env: RegistryOptions["env"]): AskRegistry {
  const clients = new Map<string, Registry>();
  const client = (host: string) => {
    const found = clients.get(host) ?? new Registry(host, { env });
    clients.set(host, found);
    return found;
  };
  return {
    manifest: (host, name, reference) => client(host).manifest(name, reference),
    tags: (host, name) => client(host).tags(name),
  };
}

/**
 * Asks a registry by the OCI distribution protocol. What it says is not believed: a digest is computed over the bytes, and
 * credentials (REGISTRY_USERNAME, REGISTRY_PASSWORD) go to nobody but the registry and the token service that REGISTRY_TOKEN_HOST names.
 */
export class Registry {
  readonly #host: string;
  readonly #client: RegistryClient;

  constructor(host: string, options: RegistryOptions) {
    this.#host = host;
    this.#client = new RegistryClient(host, options);
  }

  /** A manifest by tag or digest, and the digest of its bytes. */
  async manifest(name: string, reference: string): Promise<{ digest: string; body: Json }> {
    const what = `${this.#host}/${name}:${reference}`;
    const response = await this.#get(name, `/v2/${name}/manifests/${encodeURIComponent(reference)}`, what);
    const type = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
    if (![...indexTypes, ...manifestTypes].includes(type))
      throw new ToolError(`${what}: the registry answers with ${type || "no media type"}, which is not a manifest`);
    const bytes = await this.#client.bytes(response, what);
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;
    const said = response.headers.get("docker-content-digest");
    if (said !== null && said !== digest)
      throw new ToolError(`${what}: the registry says ${said}, its bytes are ${digest}: nothing of it is used`);
    if (reference.startsWith("sha256:") && reference !== digest)
      throw new ToolError(`${what}: what came has the digest ${digest}: nothing of it is used`);
    return { digest, body: parseJson(bytes, what) };
  }

  /** Every tag of an image, page by page. */
  async tags(name: string): Promise<string[]> {
    const tags: string[] = [];
    let path: string | undefined = `/v2/${name}/tags/list?n=1000`;
    for (let page = 0; path !== undefined; page++) {
      if (page === 100) throw new ToolError(`${this.#host}/${name}: the list of its tags does not end`);
      const what = `the tags of ${this.#host}/${name}`;
      const response: Response = await this.#get(name, path, what);
      const body = parseJson(await this.#client.bytes(response, what), what);
      tags.push(...listAt(body, "tags").filter((tag) => typeof tag === "string"));
      path = this.#nextPage(response.headers.get("link"), what);
    }
    return tags;
  }

  #nextPage(link: string | null, what: string): string | undefined {
    const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
    if (target === undefined) return undefined;
    const url = new URL(target, originOf(this.#host));
    // Behind a proxy a registry may name another scheme: path and query are asked of our own address.
    if (url.host !== new URL(originOf(this.#host)).host)
      throw new ToolError(`${what}: the next page is at ${url.host}, another host`);
    return url.pathname + url.search;
  }

  #get(name: string, path: string, what: string): Promise<Response> {
    const accept = [...indexTypes, ...manifestTypes, "application/json"].join(", ");
    return this.#client.ask(name, path, what, { headers: { accept } });
  }
}
