export interface FakeRelease {
  id: number;
  tag_name: string;
  target_commitish: string;
  draft: boolean;
  assets: { id: number; name: string; state: string; bytes: Uint8Array }[];
}

const sumOf = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
const notFound = () => Response.json({ message: "Not Found" }, { status: 404 });

/** Releases of GitHub as far as we use them. An answer that is a list is for the caller to page. */
export function fakeReleases() {
  const all: FakeRelease[] = [];
  let ids = 0;

  async function answer(request: Request, at: string): Promise<Response | unknown[] | undefined> {
    const [, first, rest = ""] = /^\/releases(?:\/(\d+|assets))?(.*)$/.exec(at) ?? [undefined];
    if (!at.startsWith("/releases")) return undefined;
    const api = `${new URL(request.url).origin}/repos/murima2025/gitops/releases`;
    const shown = ({ assets, ...release }: FakeRelease) => ({
      ...release,
      upload_url: `${api}/${release.id}/assets{?name,label}`,
      assets: assets.map(({ bytes, ...asset }) => ({
        ...asset,
        url: `${api}/assets/${asset.id}`,
        digest: `sha256:${sumOf(bytes)}`,
      })),
    });
    if (first === "assets") {
      const id = Number(rest.slice(1));
      const release = all.find(({ assets }) => assets.some((asset) => asset.id === id));
      const asset = release?.assets.find((own) => own.id === id);
      if (release === undefined || asset === undefined) return notFound();
      if (request.method === "DELETE") {
        release.assets = release.assets.filter((own) => own !== asset);
        return new Response(null, { status: 204 });
      }
      // As GitHub does: files lie elsewhere.
      return request.url.endsWith("?stored") ? new Response(asset.bytes) : Response.redirect(`${request.url}?stored`);
    }
    if (first === undefined) {
      if (request.method === "GET") return all.map(shown);
      const body = (await request.json()) as FakeRelease;
      all.push({ ...body, id: ++ids, assets: [] });
      return Response.json(shown(all.at(-1)!), { status: 201 });
    }
    const release = all.find(({ id }) => id === Number(first));
    if (release === undefined) return notFound();
    if (request.method === "GET") return Response.json(shown(release));
    if (request.method === "PATCH") {
      Object.assign(release, await request.json());
      return Response.json(shown(release));
    }
    const name = new URL(request.url).searchParams.get("name")!;
    const taken = release.assets.some((asset) => asset.name === name);
    if (taken) return Response.json({ message: "Validation Failed", errors: [{ message: "exists" }] }, { status: 422 });
    const bytes = new Uint8Array(await request.arrayBuffer());
    release.assets.push({ id: ++ids, name, state: "uploaded", bytes });
    return Response.json({}, { status: 201 });
  }

  return { all, answer };
}
