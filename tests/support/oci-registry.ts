/** A registry that keeps to the OCI distribution protocol, on loopback: blobs belong to a repository, and a manifest is taken once all it names is there. */
import { digestOf, manifestType } from "../../scripts/lib/addon/artifact.ts";
import { indexType } from "../../scripts/lib/bundle/layout.ts";

export type OciFault =
  | "cut once" // the next blob ends early
  | "cut" // every one does
  | "other bytes" // of a blob
  | "endless" // a blob that is longer than it should be
  | "redirect" // blobs lie at another host
  | "no mounts"
  | "uploads elsewhere";

interface Kept {
  blobs: Map<string, Uint8Array>;
  manifests: Map<string, { type: string; bytes: Uint8Array }>;
  tags: Map<string, string>;
}

export interface OciRegistry extends AsyncDisposable {
  host: string;
  repositories: Map<string, Kept>;
  faults: Set<OciFault>;
  /** Method and path of each request, and those that came with an account or a token. */
  requests: string[];
  authorized: string[];
  /** Keeps an image of two platforms that share a layer, made of some texts; the digest of its index. */
  image(repository: string, tag: string, ...layers: string[]): string;
}

export function ociRegistry(options: { account?: string; elsewhere?: () => string } = {}): OciRegistry {
  const repositories: OciRegistry["repositories"] = new Map();
  const faults = new Set<OciFault>();
  const requests: string[] = [];
  const authorized: string[] = [];
  const uploads = new Map<string, Uint8Array[]>();
  const keptIn = (name: string) => {
    const found = repositories.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    repositories.set(name, found);
    return found;
  };
  const none = (status: number, headers: Record<string, string> = {}) => new Response("", { status, headers });
  const bytesOf = async (request: Request) => new Uint8Array(await request.arrayBuffer());
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      const url = new URL(request.url);
      requests.push(`${request.method} ${url.pathname}`);
      const authorization = request.headers.get("authorization");
      if (authorization !== null) authorized.push(`${url.pathname} ${authorization}`);
      if (options.account !== undefined && authorization !== `Basic ${Buffer.from(options.account).toString("base64")}`)
        return none(401, { "www-authenticate": 'Basic realm="registry"' });
      const [, name = "", kind, rest = ""] = /^\/v2\/(.+?)\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
      return kind === "blobs" ? blobs(request, url, name, rest) : manifests(request, name, decodeURIComponent(rest));
    },
  });

  async function blobs(request: Request, url: URL, name: string, rest: string): Promise<Response> {
    const kept = keptIn(name);
    if (request.method === "POST") {
      const [digest, from] = [url.searchParams.get("mount"), url.searchParams.get("from")];
      const bytes = digest === null ? undefined : repositories.get(from ?? "")?.blobs.get(digest);
      if (bytes !== undefined && !faults.has("no mounts")) {
        kept.blobs.set(digest!, bytes);
        return none(201, { location: `/v2/${name}/blobs/${digest}` });
      }
      const id = String(uploads.size);
      uploads.set(id, []);
      const origin = faults.has("uploads elsewhere") ? "https://elsewhere.invalid" : "";
      return none(202, { location: `${origin}/v2/${name}/blobs/uploads/${id}?state=x` });
    }
    const upload = uploads.get(rest.replace("uploads/", ""));
    if (request.method === "PATCH") {
      const at = upload!.reduce((sum, part) => sum + part.length, 0);
      if (!request.headers.get("content-range")!.startsWith(`${at}-`)) return none(416);
      upload!.push(await bytesOf(request));
      return none(202, { location: url.pathname + url.search });
    }
    if (request.method === "PUT") {
      const bytes = Buffer.concat([...upload!, await bytesOf(request)]);
      const digest = url.searchParams.get("digest")!;
      if (digestOf(bytes) !== digest) return none(400);
      kept.blobs.set(digest, bytes);
      return none(201);
    }
    const bytes = kept.blobs.get(rest);
    if (bytes === undefined) return none(404);
    if (request.method === "HEAD") return none(200);
    if (faults.has("redirect")) return Response.redirect(`${options.elsewhere!()}${url.pathname}`, 307);
    const isCut = faults.has("cut") || faults.delete("cut once");
    const body = faults.has("other bytes")
      ? bytes.toReversed()
      : faults.has("endless")
        ? Buffer.concat([bytes, bytes])
        : bytes;
    return new Response((isCut ? body.slice(0, 3) : body) as Uint8Array<ArrayBuffer>);
  }

  async function manifests(request: Request, name: string, reference: string): Promise<Response> {
    const kept = keptIn(name);
    if (request.method === "PUT") {
      const bytes = await bytesOf(request);
      const digest = digestOf(bytes);
      const body = JSON.parse(new TextDecoder().decode(bytes)) as {
        manifests?: { digest: string }[];
        config?: { digest: string };
        layers?: { digest: string }[];
      };
      const blobsThere = [...(body.config === undefined ? [] : [body.config]), ...(body.layers ?? [])].every((blob) =>
        kept.blobs.has(blob.digest),
      );
      const manifestsThere = (body.manifests ?? []).every((manifest) => kept.manifests.has(manifest.digest));
      if (!blobsThere || !manifestsThere) return none(400);
      kept.manifests.set(digest, { type: request.headers.get("content-type")!, bytes });
      if (!reference.startsWith("sha256:")) kept.tags.set(reference, digest);
      return none(201, { "docker-content-digest": digest });
    }
    const digest = reference.startsWith("sha256:") ? reference : kept.tags.get(reference);
    const found = digest === undefined ? undefined : kept.manifests.get(digest);
    if (found === undefined) return none(404);
    const headers = { "content-type": found.type, "docker-content-digest": digest! };
    return new Response(request.method === "HEAD" ? "" : (found.bytes as Uint8Array<ArrayBuffer>), { headers });
  }

  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return {
    host: `127.0.0.1:${server.port}`,
    repositories,
    faults,
    requests,
    authorized,
    image(repository, tag, ...layers) {
      const kept = keptIn(repository);
      const blob = (mediaType: string, bytes: Uint8Array) => {
        kept.blobs.set(digestOf(bytes), bytes);
        return { mediaType, digest: digestOf(bytes), size: bytes.length };
      };
      const manifest = (mediaType: string, body: object) => {
        const bytes = encode({ schemaVersion: 2, mediaType, ...body });
        kept.manifests.set(digestOf(bytes), { type: mediaType, bytes });
        return { mediaType, digest: digestOf(bytes), size: bytes.length };
      };
      const layer = (text: string) =>
        blob("application/vnd.oci.image.layer.v1.tar+gzip", new TextEncoder().encode(text));
      const platforms = ["amd64", "arm64"].map((architecture) => ({
        ...manifest(manifestType, {
          config: blob("application/vnd.oci.image.config.v1+json", encode({ architecture, of: layers })),
          layers: [...layers.map(layer), layer(`${architecture} of ${layers.join()}`)],
        }),
        platform: { os: "linux", architecture },
      }));
      const { digest } = manifest(indexType, { manifests: platforms });
      kept.tags.set(tag, digest);
      return digest;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
