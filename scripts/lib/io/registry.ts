import { ToolError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { listAt, stringAt } from "../core/json.ts";
import { indexTypes, manifestTypes } from "../image/manifest.ts";
import type { AskRegistry } from "../image/resolve.ts";

/** How patient the client is; a test is less so. */
export interface RegistryOptions {
  env: Record<string, string | undefined>;
  timeoutMilliseconds?: number;
  retries?: number;
  /** Waits before the first retry; twice as long each time. */
  backoffMilliseconds?: number;
}

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

const manifestLimit = 4 * 1024 * 1024;
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Asks a registry by the OCI distribution protocol. What it says is not believed: a digest is computed over the bytes, and
 * credentials (REGISTRY_USERNAME, REGISTRY_PASSWORD) go to nobody but the registry and the token service that REGISTRY_TOKEN_HOST names.
 */
export class Registry {
  readonly #host: string;
  readonly #options: Required<RegistryOptions>;
  readonly #tokens = new Map<string, string>();

  constructor(host: string, options: RegistryOptions) {
    this.#host = host;
    this.#options = { timeoutMilliseconds: 15_000, retries: 3, backoffMilliseconds: 500, ...options };
  }

  /** A manifest by tag or digest, and the digest of its bytes. */
  async manifest(name: string, reference: string): Promise<{ digest: string; body: Json }> {
    const what = `${this.#host}/${name}:${reference}`;
    const response = await this.#get(name, `/v2/${name}/manifests/${encodeURIComponent(reference)}`, what);
    const type = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
    if (![...indexTypes, ...manifestTypes].includes(type))
      throw new ToolError(`${what}: the registry answers with ${type || "no media type"}, which is not a manifest`);
    const bytes = await this.#bytes(response, what);
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;
    const said = response.headers.get("docker-content-digest");
    if (said !== null && said !== digest)
      throw new ToolError(`${what}: the registry says ${said}, its bytes are ${digest}: nothing of it is used`);
    if (reference.startsWith("sha256:") && reference !== digest)
      throw new ToolError(`${what}: what came has the digest ${digest}: nothing of it is used`);
    return { digest, body: parse(bytes, what) };
  }

  /** Every tag of an image, page by page. */
  async tags(name: string): Promise<string[]> {
    const tags: string[] = [];
    let path: string | undefined = `/v2/${name}/tags/list?n=1000`;
    for (let page = 0; path !== undefined; page++) {
      if (page === 100) throw new ToolError(`${this.#host}/${name}: the list of its tags does not end`);
      const what = `the tags of ${this.#host}/${name}`;
      const response: Response = await this.#get(name, path, what);
      const body = parse(await this.#bytes(response, what), what);
      tags.push(...listAt(body, "tags").filter((tag) => typeof tag === "string"));
      path = this.#nextPage(response.headers.get("link"), what);
    }
    return tags;
  }

  get #base(): string {
    return `${loopback.test(this.#host) ? "http" : "https"}://${this.#host}`;
  }

  #nextPage(link: string | null, what: string): string | undefined {
    const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
    if (target === undefined) return undefined;
    const url = new URL(target, this.#base);
    // Behind a proxy a registry may name another scheme: path and query are asked of our own address.
    if (url.host !== new URL(this.#base).host)
      throw new ToolError(`${what}: the next page is at ${url.host}, another host`);
    return url.pathname + url.search;
  }

  async #get(name: string, path: string, what: string): Promise<Response> {
    const accept = [...indexTypes, ...manifestTypes, "application/json"].join(", ");
    const ask = (token: string | undefined) =>
      this.#fetch(`${this.#base}${path}`, token === undefined ? { accept } : { accept, authorization: token }, what);
    let response = await ask(this.#tokens.get(name));
    if (response.status === 401) {
      const token = await this.#token(name, response.headers.get("www-authenticate") ?? "", what);
      this.#tokens.set(name, token);
      response = await ask(token);
    }
    if (response.ok) return response;
    if (response.status === 401 || response.status === 403)
      throw new ToolError(
        `${what}: the registry refuses (${response.status}): set REGISTRY_USERNAME and REGISTRY_PASSWORD to an account that may pull`,
      );
    if (response.status === 404) throw new ToolError(`${what}: there is no such image or tag`);
    throw new ToolError(`${what}: the registry answers ${response.status}`);
  }

  /** A token for pulling one image, by the challenge of the registry; or the account itself, where it asks for that. */
  async #token(name: string, challenge: string, what: string): Promise<string> {
    const { REGISTRY_USERNAME: user, REGISTRY_PASSWORD: password } = this.#options.env;
    const basic =
      user === undefined || password === undefined || user === ""
        ? undefined
        : `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    if (/^basic/i.test(challenge)) return basic ?? "";
    const given = Object.fromEntries(
      [...challenge.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    const realm = given["realm"] === undefined || !URL.canParse(given["realm"]) ? undefined : new URL(given["realm"]);
    if (realm === undefined) throw new ToolError(`${what}: the registry refuses, and does not say how to sign in`);
    if (realm.protocol !== "https:" && !loopback.test(realm.host))
      throw new ToolError(`${what}: the registry wants its token asked for without encryption (${realm.origin})`);
    if (given["service"] !== undefined) realm.searchParams.set("service", given["service"]);
    realm.searchParams.set("scope", `repository:${name}:pull`);
    // A lying registry could send the account anywhere: elsewhere we are nobody, unless the person names the place.
    const isTrusted = [this.#host, this.#options.env["REGISTRY_TOKEN_HOST"]].includes(realm.host);
    const headers: Record<string, string> = { accept: "application/json" };
    if (basic !== undefined && isTrusted) headers["authorization"] = basic;
    const response = await this.#fetch(realm.href, headers, `the token for ${what}`);
    if (!response.ok)
      throw new ToolError(
        `the token for ${what}: ${realm.host} answers ${response.status}: REGISTRY_USERNAME and REGISTRY_PASSWORD are wrong or missing`,
      );
    const body = parse(await this.#bytes(response, what), what);
    const token = stringAt(body, "token") ?? stringAt(body, "access_token");
    if (token === undefined) throw new ToolError(`the token for ${what}: ${realm.host} gives none`);
    return `Bearer ${token}`;
  }

  /** One request; again where the server is busy, and to where it sends us, without credentials for another host. */
  async #fetch(url: string, headers: Record<string, string>, what: string): Promise<Response> {
    const { timeoutMilliseconds, retries, backoffMilliseconds } = this.#options;
    let target = url;
    let own = headers;
    for (let attempt = 0, redirects = 0; ;) {
      let response: Response | undefined;
      let reason: string;
      try {
        const signal = AbortSignal.timeout(timeoutMilliseconds);
        response = await fetch(target, { headers: own, redirect: "manual", signal });
        reason = `answers ${response.status}`;
      } catch (error) {
        const isLate = (error as Error).name === "TimeoutError";
        reason = isLate ? `does not answer within ${timeoutMilliseconds / 1000} s` : "can't be reached";
      }
      if (response !== undefined && response.status >= 300 && response.status < 400) {
        const next = new URL(response.headers.get("location") ?? "", target);
        if (++redirects > 3) throw new ToolError(`${what}: the registry redirects too often`);
        if (next.protocol !== "https:" && !loopback.test(next.host))
          throw new ToolError(`${what}: the registry sends us to ${next.origin}, without encryption`);
        if (next.host !== new URL(target).host) own = without(own, "authorization");
        target = next.href;
        continue;
      }
      const isBusy = response === undefined || response.status === 429 || response.status >= 500;
      if (!isBusy) return response!;
      if (attempt === retries) throw new ToolError(`${what}: ${new URL(target).host} ${reason}, ${attempt + 1} times`);
      const asked = Number(response?.headers.get("retry-after") ?? Number.NaN) * 1000;
      const wait = Number.isNaN(asked) ? backoffMilliseconds * 2 ** attempt : asked;
      if (wait > 60_000)
        throw new ToolError(`${what}: ${new URL(target).host} ${reason}, and wants ${wait / 1000} s of quiet`);
      await Bun.sleep(wait);
      attempt++;
    }
  }

  async #bytes(response: Response, what: string): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const part of response.body ?? []) {
        size += part.length;
        if (size > manifestLimit) throw new ToolError(`${what}: the answer is larger than ${manifestLimit} bytes`);
        parts.push(part);
      }
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError(`${what}: the answer was cut off`);
    }
    const said = Number(response.headers.get("content-length") ?? size);
    if (said !== size && response.headers.get("content-encoding") === null)
      throw new ToolError(`${what}: the answer was cut off (${size} of ${said} bytes)`);
    return Buffer.concat(parts);
  }
}

function parse(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    throw new ToolError(`${what}: the answer is not JSON`);
  }
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}
