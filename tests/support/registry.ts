/** A registry as the OCI distribution protocol has it, on loopback, which can be told to lie. */

/** One way to misbehave, for the next answers. */
export type Fault =
  | "another digest" // in the header
  | "another body" // than the digest that was asked for
  | "html"
  | "one platform"
  | "no such platform"
  | "redirect to another host"
  | "busy twice"
  | "busy for an hour"
  | "slow"
  | "cut"
  | "no token";

export interface FakeRegistry extends AsyncDisposable {
  /** Origin that links to further pages name; without it they name none. */
  pagesAt?: string;
  host: string;
  /** Adds an image's tag; its digest. */
  push(name: string, tag: string): string;
  faults: Set<Fault>;
  /** Every request that came with an account or a token: path and header. */
  authorized: string[];
  requests: number;
  /** Forgets everything, so that another test can have it. */
  reset(): void;
}

const indexType = "application/vnd.oci.image.index.v1+json";

export function fakeRegistry(options: { account?: string; elsewhere?: () => string } = {}): FakeRegistry {
  const images = new Map<string, Map<string, string>>();
  const faults = new Set<Fault>();
  const authorized: string[] = [];
  let busy = 0;
  const bodyOf = (name: string, tag: string, platform = "amd64") =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        {
          mediaType: "x",
          digest: `sha256:${"1".repeat(64)}`,
          size: 1,
          platform: { os: "linux", architecture: platform },
        },
        {
          mediaType: "x",
          digest: `sha256:${"2".repeat(64)}`,
          size: 1,
          platform: { os: "linux", architecture: "arm64" },
        },
      ],
      annotations: { name, tag },
    });
  const digestOf = (body: string) => `sha256:${new Bun.CryptoHasher("sha256").update(body).digest("hex")}`;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      result.requests++;
      const url = new URL(request.url);
      const authorization = request.headers.get("authorization");
      if (authorization !== null) authorized.push(`${url.pathname} ${authorization}`);
      if (url.pathname === "/token") {
        if (faults.has("no token")) return Response.json({}, { status: 401 });
        const isKnown = authorization === `Basic ${Buffer.from(options.account ?? "").toString("base64")}`;
        return isKnown || options.account === undefined
          ? Response.json({ token: "pull" })
          : new Response("no", { status: 401 });
      }
      if (options.account !== undefined && authorization !== "Bearer pull")
        return new Response("", {
          status: 401,
          headers: {
            "www-authenticate": `Bearer realm="${url.origin}/token",service="registry"`,
          },
        });
      if (faults.has("busy twice") && busy++ < 2)
        return new Response("", { status: 429, headers: { "retry-after": "0" } });
      if (faults.has("busy for an hour")) return new Response("", { status: 429, headers: { "retry-after": "3600" } });
      if (faults.has("slow")) await Bun.sleep(2_000);
      if (faults.has("redirect to another host"))
        return Response.redirect(`${options.elsewhere!()}${url.pathname}`, 307);
      if (faults.has("html")) return new Response("<html>", { headers: { "content-type": "text/html" } });
      const tags = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1];
      if (tags !== undefined) {
        const all = [...(images.get(tags)?.keys() ?? [])].toSorted();
        const from = all.indexOf(url.searchParams.get("last") ?? "") + 1;
        const page = all.slice(from, from + 2);
        const headers: Record<string, string> =
          from + 2 < all.length
            ? { link: `<${result.pagesAt ?? ""}/v2/${tags}/tags/list?n=2&last=${page.at(-1)}>; rel="next"` }
            : {};
        return Response.json({ name: tags, tags: page }, { headers });
      }
      const [, name = "", reference = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
      const own = images.get(name);
      const tag = [...(own?.keys() ?? [])].find(
        (key) => key === decodeURIComponent(reference) || digestOf(own!.get(key)!) === decodeURIComponent(reference),
      );
      if (own === undefined || tag === undefined) return new Response("", { status: 404 });
      let body = own.get(tag)!;
      let type = indexType;
      if (faults.has("no such platform")) body = bodyOf(name, tag, "s390x");
      if (faults.has("one platform")) {
        type = "application/vnd.oci.image.manifest.v1+json";
        body = JSON.stringify({ schemaVersion: 2, mediaType: type, config: {}, layers: [] });
      }
      const digest = faults.has("another digest") ? `sha256:${"f".repeat(64)}` : digestOf(body);
      if (faults.has("cut"))
        return new Response(body.slice(0, 40), { headers: { "content-type": type, "docker-content-digest": digest } });
      return new Response(body, { headers: { "content-type": type, "docker-content-digest": digest } });
    },
  });
  // Whoever has it to the end of the process does not hold that up.
  server.unref();
  const result: FakeRegistry = {
    host: `127.0.0.1:${server.port}`,
    faults,
    authorized,
    requests: 0,
    push(name, tag) {
      const body = bodyOf(name, tag);
      const own = images.get(name) ?? new Map<string, string>();
      images.set(name, own.set(tag, body));
      return digestOf(body);
    },
    reset() {
      images.clear();
      faults.clear();
      authorized.length = 0;
      busy = 0;
      result.requests = 0;
      delete result.pagesAt;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
  return result;
}
