import { ToolError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { stringAt } from "../core/json.ts";

/** How patient the client is; a test is less so. */
export interface RegistryOptions {
  env: Record<string, string | undefined>;
  timeoutMilliseconds?: number;
  retries?: number;
  /** Waits before the first retry; twice as long each time. */
  backoffMilliseconds?: number;
}

/** What is asked of a server beside an address. */
export interface Ask {
  method?: "GET" | "HEAD" | "PATCH" | "POST" | "PUT";
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Answers that are none of an error. */
  expected?: readonly number[];
  /** The answer may take long, as long as it goes on: only its beginning is waited for, and whoever reads it watches. */
  isLong?: boolean;
}

/** What an answer may weigh where nobody said how much it will be. */
const answerLimit = 4 * 1024 * 1024;
export const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The address of a host: without encryption on this machine alone. */
export const originOf = (host: string) => `${loopback.test(host) ? "http" : "https"}://${host}`;

/**
 * Speaks to one host. Credentials (REGISTRY_USERNAME, REGISTRY_PASSWORD) go to nobody but it and the token service that
 * REGISTRY_TOKEN_HOST names; what is cut off, too large or without encryption is no answer.
 */
export class RegistryClient {
  readonly host: string;
  readonly #options: Required<RegistryOptions>;
  readonly #tokens = new Map<string, string>();

  constructor(host: string, options: RegistryOptions) {
    this.host = host;
    this.#options = { timeoutMilliseconds: 15_000, retries: 3, backoffMilliseconds: 500, ...options };
  }

  /** One request about a repository, with a token where the host wants one for these actions. */
  async ask(name: string, path: string, what: string, ask: Ask, actions = "pull"): Promise<Response> {
    const scope = `repository:${name}:${actions}`;
    const url = path.startsWith("/") ? `${originOf(this.host)}${path}` : path;
    const send = (token: string | undefined) =>
      this.fetch(url, what, {
        ...ask,
        headers: { ...ask.headers, ...(token === undefined ? {} : { authorization: token }) },
      });
    let response = await send(this.#tokens.get(scope));
    if (response.status === 401) {
      const token = await this.#token(scope, response.headers.get("www-authenticate") ?? "", what);
      this.#tokens.set(scope, token);
      response = await send(token);
    }
    if (response.ok || ask.expected?.includes(response.status) === true) return response;
    const may = actions === "pull" ? "pull" : "push";
    if (response.status === 401 || response.status === 403)
      throw new ToolError(
        `${what}: the registry refuses (${response.status}): set REGISTRY_USERNAME and REGISTRY_PASSWORD to an account that may ${may}`,
      );
    if (response.status === 404) throw new ToolError(`${what}: there is no such image or tag`);
    throw new ToolError(`${what}: the registry answers ${response.status}`);
  }

  /** A token for one repository, by the challenge of the registry; or the account itself, where it asks for that. */
  async #token(scope: string, challenge: string, what: string): Promise<string> {
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
    realm.searchParams.set("scope", scope);
    // A lying registry could send the account anywhere: elsewhere we are nobody, unless the person names the place.
    const isTrusted = [this.host, this.#options.env["REGISTRY_TOKEN_HOST"]].includes(realm.host);
    const headers: Record<string, string> = { accept: "application/json" };
    if (basic !== undefined && isTrusted) headers["authorization"] = basic;
    const response = await this.fetch(realm.href, `the token for ${what}`, { headers });
    if (!response.ok)
      throw new ToolError(
        `the token for ${what}: ${realm.host} answers ${response.status}: REGISTRY_USERNAME and REGISTRY_PASSWORD are wrong or missing`,
      );
    const body = parseJson(await this.bytes(response, what), what);
    const token = stringAt(body, "token") ?? stringAt(body, "access_token");
    if (token === undefined) throw new ToolError(`the token for ${what}: ${realm.host} gives none`);
    return `Bearer ${token}`;
  }

  /** One request; again where the server is busy, and to where it sends us, without credentials for another host. */
  async fetch(url: string, what: string, { method = "GET", headers = {}, body, isLong }: Ask = {}): Promise<Response> {
    const { timeoutMilliseconds, retries, backoffMilliseconds } = this.#options;
    let target = url;
    let own = headers;
    for (let attempt = 0, redirects = 0; ;) {
      let response: Response | undefined;
      let reason: string;
      try {
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(new DOMException("late", "TimeoutError")), timeoutMilliseconds);
        timer.unref();
        response = await fetch(target, {
          method,
          headers: own,
          redirect: "manual",
          signal: late.signal,
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        });
        if (isLong === true) clearTimeout(timer);
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

  /** An answer that may be large, piece by piece; an error where it is cut off, or nothing more comes in time. */
  async *pieces(response: Response, what: string): AsyncIterable<Uint8Array> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    const { timeoutMilliseconds } = this.#options;
    try {
      while (true) {
        const late = Promise.withResolvers<never>();
        const timer = setTimeout(
          () => late.reject(new ToolError(`${what}: nothing more came within ${timeoutMilliseconds / 1000} s`)),
          timeoutMilliseconds,
        );
        const { done, value } = await Promise.race([reader.read(), late.promise]).finally(() => clearTimeout(timer));
        if (done) return;
        yield value as Uint8Array;
      }
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError(`${what}: the answer was cut off`);
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  /** An answer, whole; what is to be of a size may have no other. */
  async bytes(response: Response, what: string, limit = answerLimit): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const part of response.body ?? []) {
        size += part.length;
        if (size > limit) throw new ToolError(`${what}: the answer is larger than ${limit} bytes`);
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

export function parseJson(bytes: Uint8Array, what: string): Json {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    throw new ToolError(`${what}: the answer is not JSON`);
  }
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}
