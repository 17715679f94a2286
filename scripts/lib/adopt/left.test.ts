import { expect, test } from "bun:test";

import { other, ownNames } from "../../../tests/support/company.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { sampleRepository } from "../../../tests/support/repository.ts";
import { Repository } from "../fleet/repository.ts";
import { leftByHand } from "./left.ts";
import { linesWith } from "./names.ts";

const own = await ownNames();
const dropped = { clusters: [cluster.shared], tenants: ["wonka"] };
const files = new Map([["docs/a.md", new TextEncoder().encode(`of ${cluster.shared}\n\nand wonka\n`)]]);

test("what is left to do has the new names only, the hosts of what stays, and the texts that name what goes", async () => {
  await using fleet = await sampleRepository([cluster.dev, cluster.shared]);
  const content = await Repository.read(fleet.root, { env: process.env });
  const left = leftByHand(content, [own, other], dropped, files).join("\n");
  expect(linesWith(left, [own.organisation, own.namespace, own.domain, own.displayName])).toEqual([]);
  expect(left).toContain(`registry: ${other.registry} `);
  expect(left).toContain(`${cluster.dev}.${other.domain}`);
  expect(left).not.toContain(` shared.${other.domain}`);
  expect(left).toContain("docs/a.md (2)");
  expect(left).toContain("tenants: stark are customers");
});

test("who keeps the names is told of what goes, and nothing else", async () => {
  await using fleet = await sampleRepository([cluster.dev, cluster.shared]);
  const content = await Repository.read(fleet.root, { env: process.env });
  expect(leftByHand(content, [own, own], dropped, files)).toEqual([
    expect.stringContaining(`clusters: ${cluster.shared} `),
    expect.stringContaining("docs/a.md (2)"),
  ]);
});
