import { expect, test } from "bun:test";

import type { Content } from "../repo/content.ts";
import { Sources } from "../repo/sources.ts";
import { Tree } from "../repo/tree.ts";
import type { ImageFile } from "./deployed.ts";
import { rollbackChanges } from "./rollback.ts";

test("the tag that comes back is the one of the data, not of a comment above it", () => {
  const file = "clusters/blue/services/frontend/image.yaml";
  const contentOf = (text: string): Content => {
    const tree = new Tree([[file, new TextEncoder().encode(text)]]);
    return { tree, sources: new Sources(tree) } as Content;
  };
  const image: ImageFile = {
    file,
    kind: "image",
    service: "frontend",
    cluster: "blue",
    environment: "prod",
    ring: 1,
    tag: "v2.0.0",
    digest: "sha256:bb",
  };
  const { back } = rollbackChanges(
    contentOf("image:\n  tag: v2.0.0\n  digest: sha256:bb\n"),
    contentOf("image:\n  # The tag: v9.9.9 was never built.\n  tag: v1.0.0\n  digest: sha256:aa\n"),
    { images: [image], files: [] },
    { reason: "OPS-1", expires: "2099-01-01" },
  );
  expect(back.map(({ tag }) => tag)).toEqual(["v1.0.0"]);
});
