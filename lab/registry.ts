import { artifactOf, digestOf, manifestType } from "../scripts/lib/addon/artifact.ts";
import { addonPlacements } from "../scripts/lib/addon/placements.ts";
import { readArchive } from "../scripts/lib/io/archives.ts";
import type { Content } from "../scripts/lib/repo/content.ts";

/** A registry on loopback that has the charts of one cluster: Argo CD pulls from it by digest, as from a customer's own. */
export interface LabRegistry {
  host: string;
  /** Digests that were asked for, once each. */
  pulled: ReadonlySet<string>;
  stop: () => Promise<void>;
}

/** Starts it; undefined where this machine lacks an archive that the cluster runs. */
export async function startRegistry(
  content: Content,
  env: Record<string, string | undefined>,
  cluster: string,
): Promise<LabRegistry | undefined> {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Set<string>();
  for (const { cluster: own, locked } of addonPlacements(content)) {
    if (own !== cluster || locked === undefined) continue;
    for (const [kind, digest] of [["chart", locked.digest] as const, ["manifests", locked.definitions] as const]) {
      if (digest === undefined) continue;
      const archive = await readArchive(env, kind, digest);
      if (archive === undefined) return undefined;
      const artifact = artifactOf(kind, archive);
      for (const blob of artifact.blobs) blobs.set(blob.digest, blob.bytes);
      blobs.set(digest, artifact.manifest);
      manifests.add(digest);
    }
  }
  const pulled = new Set<string>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const path = new URL(request.url).pathname;
      if (path === "/v2/") return new Response("{}");
      const digest = /^\/v2\/.+\/(?:manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1];
      const bytes = digest === undefined ? undefined : blobs.get(digest);
      if (bytes === undefined) return new Response("", { status: 404 });
      if (manifests.has(digest!)) pulled.add(digest!);
      return new Response(request.method === "HEAD" ? null : (bytes as Uint8Array<ArrayBuffer>), {
        headers: {
          "content-type": manifests.has(digest!) ? manifestType : "application/octet-stream",
          "content-length": String(bytes.length),
          "docker-content-digest": digestOf(bytes),
        },
      });
    },
  });
  return { host: `127.0.0.1:${server.port}`, pulled, stop: () => server.stop(true) };
}

/** How Argo CD is told that a registry has no TLS: as its administrators would of one in a lab. */
export const registryCredentials = (host: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "lab-registry",
    namespace: "argocd",
    labels: { "argocd.argoproj.io/secret-type": "repo-creds" },
  },
  stringData: { type: "oci", url: `oci://${host}`, insecureOCIForceHttp: "true" },
});
