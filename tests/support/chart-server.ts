/** A registry that keeps what it is given, and a repository of charts, on loopback; both can be told to lie. */
import { digestOf, manifestType } from "../../scripts/lib/addon/artifact.ts";

export type ChartFault =
  | "another digest" // of a manifest, in the header
  | "other bytes" // of a blob
  | "an index" // in place of a manifest
  | "unknown layer"
  | "two layers"
  | "cut"
  | "busy for an hour"
  | "refused"
  | "redirect to another host"
  | "uploads elsewhere"
  | "rewrites manifests";

export interface ChartServer extends AsyncDisposable {
  host: string;
  /** Address of the repository of charts. */
  repository: string;
  faults: Set<ChartFault>;
  /** Every request that came with an account or a token. */
  authorized: string[];
  /** Adds an archive to the repository of charts. */
  offer(chart: string, version: string, archive: Uint8Array): void;
  /** Digests of manifests by NAME:TAG. */
  manifests: Map<string, string>;
  blobs: Map<string, Uint8Array>;
  requests: number;
}

/** Any image that is asked for has an index, whose bytes follow from its name. */
const indexOf = (name: string, reference: string) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [],
    annotations: { name, reference },
  });

export function chartServer(options: { account?: string; elsewhere?: () => string } = {}): ChartServer {
  const offered = new Map<string, Map<string, Uint8Array>>();
  const faults = new Set<ChartFault>();
  const manifests = new Map<string, string>();
  const blobs = new Map<string, Uint8Array>();
  const authorized: string[] = [];
  const bytesOf = async (request: Request) => new Uint8Array(await request.arrayBuffer());
  const reply = (bytes: Uint8Array, headers: Record<string, string> = {}) =>
    new Response(faults.has("cut") ? bytes.slice(0, 10) : (bytes as Uint8Array<ArrayBuffer>), { headers });
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      result.requests++;
      const url = new URL(request.url);
      const authorization = request.headers.get("authorization");
      if (authorization !== null) authorized.push(`${request.method} ${url.pathname} ${authorization}`);
      if (url.pathname === "/token")
        return authorization === `Basic ${Buffer.from(options.account ?? "").toString("base64")}`
          ? Response.json({ token: "yes" })
          : new Response("no", { status: 401 });
      if (faults.has("busy for an hour")) return new Response("", { status: 429, headers: { "retry-after": "3600" } });
      if (faults.has("refused")) return new Response("", { status: 403 });
      if (faults.has("redirect to another host"))
        return Response.redirect(`${options.elsewhere!()}${url.pathname}`, 307);
      if (url.pathname === "/charts/index.yaml") return new Response(indexYaml());
      const [, chart, version] = /^\/charts\/(.+)-(v?\d+\.\d+\.\d+)\.tgz$/.exec(url.pathname) ?? [];
      if (chart !== undefined) return reply(offered.get(chart)!.get(version!)!);
      if (options.account !== undefined && authorization !== "Bearer yes")
        return new Response("", { status: 401, headers: { "www-authenticate": `Bearer realm="${url.origin}/token"` } });
      const [, name = "", rest = ""] = /^\/v2\/(.+?)\/((?:manifests|blobs|tags)\/.*)$/.exec(url.pathname) ?? [];
      if (rest === "tags/list") {
        const tags = [...manifests.keys()]
          .filter((key) => key.startsWith(`${name}:`))
          .map((key) => key.slice(name.length + 1));
        return Response.json({ name, tags });
      }
      if (rest === "blobs/uploads/") {
        const origin = faults.has("uploads elsewhere") ? "https://elsewhere.invalid" : "";
        return new Response("", { status: 202, headers: { location: `${origin}/v2/${name}/blobs/uploads/1?state=x` } });
      }
      if (request.method === "PUT" && rest.startsWith("blobs/")) {
        const bytes = await bytesOf(request);
        const digest = url.searchParams.get("digest")!;
        if (digestOf(bytes) !== digest) return new Response("", { status: 400 });
        blobs.set(digest, bytes);
        return new Response("", { status: 201 });
      }
      if (request.method === "PUT") {
        const bytes = await bytesOf(request);
        const digest = digestOf(bytes);
        blobs.set(digest, bytes);
        manifests.set(`${name}:${rest.slice("manifests/".length)}`, digest);
        const said = faults.has("rewrites manifests") ? `sha256:${"e".repeat(64)}` : digest;
        return new Response("", { status: 201, headers: { "docker-content-digest": said } });
      }
      const reference = decodeURIComponent(rest.slice(rest.indexOf("/") + 1));
      if (rest.startsWith("blobs/")) {
        const bytes = blobs.get(reference);
        if (bytes === undefined) return new Response("", { status: 404 });
        return faults.has("other bytes") ? reply(bytes.toReversed()) : reply(bytes);
      }
      const digest = reference.startsWith("sha256:") ? reference : manifests.get(`${name}:${reference}`);
      const bytes = digest === undefined ? undefined : blobs.get(digest);
      // Images are whatever is asked for; charts only what was pushed.
      if (bytes === undefined && !name.startsWith("chart")) {
        return new Response(indexOf(name, reference), {
          headers: { "content-type": "application/vnd.oci.image.index.v1+json" },
        });
      }
      if (bytes === undefined) return new Response("", { status: 404 });
      return manifestReply(bytes);
    },
  });
  const manifestReply = (bytes: Uint8Array): Response => {
    let body = bytes;
    let type = manifestType;
    const edit = (change: (manifest: { layers: { mediaType: string }[] }) => void) => {
      const manifest = JSON.parse(new TextDecoder().decode(bytes)) as { layers: { mediaType: string }[] };
      change(manifest);
      body = new TextEncoder().encode(JSON.stringify(manifest));
    };
    if (faults.has("an index")) type = "application/vnd.oci.image.index.v1+json";
    if (faults.has("unknown layer")) edit(({ layers }) => (layers[0]!.mediaType = "application/x-tar"));
    if (faults.has("two layers")) edit(({ layers }) => layers.push(layers[0]!));
    // A manifest that is wrong is whole: its digest is its own.
    const said = faults.has("another digest") ? `sha256:${"f".repeat(64)}` : digestOf(body);
    return reply(body, { "content-type": type, "docker-content-digest": said });
  };
  const indexYaml = () =>
    JSON.stringify({
      apiVersion: "v1",
      entries: Object.fromEntries(
        [...offered].map(([chart, versions]) => [
          chart,
          [...versions.keys()].map((version) => ({ name: chart, version, urls: [`${chart}-${version}.tgz`] })),
        ]),
      ),
    });
  const result: ChartServer = {
    host: `127.0.0.1:${server.port}`,
    repository: `http://127.0.0.1:${server.port}/charts`,
    faults,
    authorized,
    manifests,
    blobs,
    requests: 0,
    offer(chart, version, archive) {
      offered.set(chart, (offered.get(chart) ?? new Map<string, Uint8Array>()).set(version, archive));
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
  return result;
}
