import { ToolError } from "../scripts/lib/core/errors.ts";
import { isObject, type Json, type JsonObject, listAt, stringAt } from "../scripts/lib/core/json.ts";
import { formatResource, resourceId } from "../scripts/lib/model/resource.ts";

export interface Answer {
  status: number;
  body: Json;
  /** What the server warns of, as Pod Security does for templates of pods. */
  warnings: string[];
}

/** The server's word on an object: its message if it refuses it. */
export interface Verdict {
  accepted: boolean;
  message: string;
  warnings: string[];
}

/** How long an answer may take, in milliseconds: the server's own limit is a minute. */
const patience = 90_000;

/** An answer with its text. A server that does not give it, or goes in the middle, is a tool that failed, whatever was asked. */
async function ask(
  url: string,
  options: RequestInit & { tls: { ca: string } },
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(patience) });
    return { response, text: await response.text() };
  } catch (error) {
    throw new ToolError(`the API server does not answer any more: ${(error as Error).message}`);
  }
}

/** A client of one API server: as much as the lab needs. */
export class Api {
  readonly url: string;
  readonly #token: string;
  readonly #certificate: string;
  readonly #user: Readonly<Record<string, string>>;
  readonly #resources = new Map<string, Promise<Map<string, { plural: string; namespaced: boolean }>>>();

  constructor(url: string, token: string, certificate: string, user: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.#token = token;
    this.#certificate = certificate;
    this.#user = user;
  }

  /** The same server, asked as another user would: with every right, so that only admission can refuse. */
  as(user: string): Api {
    const headers = { "impersonate-user": user, "impersonate-group": "system:masters" };
    return new Api(this.url, this.#token, this.#certificate, headers);
  }

  async request(method: string, path: string, body?: Json, type = "application/json"): Promise<Answer> {
    const { response, text } = await ask(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: "application/json",
        ...this.#user,
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      tls: { ca: this.#certificate },
    });
    const warnings = (response.headers.get("warning") ?? "")
      .split(/,\s*(?=\d{3} )/)
      .flatMap((warning) => /^\d{3} \S+ "(.*)"$/.exec(warning)?.[1] ?? []);
    return { status: response.status, body: text.startsWith("{") ? (JSON.parse(text) as Json) : text, warnings };
  }

  /** Where an object lives on the server; undefined if the server does not know its kind. */
  async pathOf(object: JsonObject): Promise<string | undefined> {
    const { namespace, name } = resourceId(object);
    const collection = await this.collectionOf(object, namespace);
    return collection === undefined ? undefined : `${collection}/${encodeURIComponent(name)}`;
  }

  async collectionOf(object: JsonObject, namespace: string): Promise<string | undefined> {
    const apiVersion = stringAt(object, "apiVersion") ?? "";
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let known = this.#resources.get(base);
    if (known === undefined) this.#resources.set(base, (known = this.#discover(base)));
    const resource = (await known).get(stringAt(object, "kind") ?? "");
    if (resource === undefined) return undefined;
    return `${base}${resource.namespaced && namespace !== "" ? `/namespaces/${namespace}` : ""}/${resource.plural}`;
  }

  /** Forgets which kinds there are: after new definitions. */
  rediscover(): void {
    this.#resources.clear();
  }

  /**
   * Server-side apply as Argo CD does it, with strict validation of fields; as a dry run nothing is kept. What Argo CD must
   * not take back, because it is in no repository, has another manager.
   */
  async apply(
    object: JsonObject,
    options: { dryRun: boolean; manager?: "argocd-controller" | "lab" },
  ): Promise<Verdict> {
    const path = await this.pathOf(object);
    if (path === undefined) return { accepted: false, message: "the server does not know this kind", warnings: [] };
    const query = `fieldManager=${options.manager ?? "argocd-controller"}&force=true&fieldValidation=Strict${options.dryRun ? "&dryRun=All" : ""}`;
    const { status, body, warnings } = await this.request(
      "PATCH",
      `${path}?${query}`,
      object,
      "application/apply-patch+yaml",
    );
    const message = isObject(body) ? (stringAt(body, "message") ?? "") : JSON.stringify(body);
    return { accepted: status === 200 || status === 201, message, warnings };
  }

  /** Puts an object on the server for good; a refusal is a failure of the lab. */
  async keep(object: JsonObject, manager?: "argocd-controller" | "lab"): Promise<void> {
    const options = manager === undefined ? { dryRun: false } : { dryRun: false, manager };
    const { accepted, message } = await this.apply(object, options);
    if (!accepted) throw new ToolError(`the API server refused ${formatResource(resourceId(object))}: ${message}`);
  }

  async #discover(base: string): Promise<Map<string, { plural: string; namespaced: boolean }>> {
    const { status, body } = await this.request("GET", base);
    if (status !== 200) return new Map();
    const entries = listAt(body, "resources").filter(isObject);
    const resources = entries.filter((entry) => stringAt(entry, "name")?.includes("/") === false);
    return new Map(
      resources.map((entry) => [
        stringAt(entry, "kind") ?? "",
        { plural: stringAt(entry, "name") ?? "", namespaced: entry["namespaced"] === true },
      ]),
    );
  }
}
