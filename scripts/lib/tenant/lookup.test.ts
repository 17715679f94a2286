import { expect, test } from "bun:test";

import type { Content } from "../repo/content.ts";
import { withoutListings } from "../repo/kustomization.ts";
import { Sources } from "../repo/sources.ts";
import { Tree } from "../repo/tree.ts";
import { isRouted } from "./lookup.ts";
import { serviceChanges } from "./placement.ts";

function contentOf(files: Record<string, string>): Content {
  const tree = new Tree(Object.entries(files).map(([file, text]) => [file, new TextEncoder().encode(text)]));
  return { tree, sources: new Sources(tree) } as Content;
}

const grant = "clusters/blue/grants/umbrella/kustomization.yaml";
const routes = "../../../../apps/tenant/components/routes/open";

test("hosts lead where a grant includes routes, not where a comment names them", () => {
  const routed = (text: string) => isRouted(contentOf({ [grant]: text }), "umbrella", "blue");
  expect(routed(`components:\n  - ${routes}\n`)).toBe(true);
  expect(routed(`components:\n  # ${routes}\n  - ../../../../apps/tenant/grant\n`)).toBe(false);
});

test("a scaffold that only lacks encrypted files, or comments beside them, is no change", () => {
  const wanted = "kind: Kustomization\nresources:\n  - ../facts\n";
  const left = (text: string) =>
    withoutListings(contentOf({ [grant]: text }), [{ path: grant, content: wanted }]).length;
  expect(left(`${wanted}  - ./channels.sops.yaml\n`)).toBe(0);
  expect(left(`${wanted}  # Keys of the telephone.\n  - "./channels.sops.yaml" # later\n`)).toBe(0);
  expect(left(`${wanted}  - ./channels.sops.yaml\n  - ./more.yaml\n`)).toBe(1);
});

test("a copy of a service takes what the image file says, not its comments", () => {
  const shared = "---\nimage:\n  # tag: v9.9.9\n  tag: v1.0.0 # tested\n  digest: sha256:aa\n";
  const content = contentOf({ "clusters/blue/services/frontend/image.yaml": shared });
  const [change] = serviceChanges(content, "umbrella", "blue", "prod");
  expect(change!.path).toBe("tenants/umbrella/blue/services/frontend/image.yaml");
  expect(change!.content).toEndWith("schemas/image.json\nimage:\n  tag: v1.0.0\n  digest: sha256:aa\n");
});
