/** schemas/infrastructure.json: generated from the schema of a cluster's facts. */
import { expect, test } from "bun:test";

import { infrastructureSchemaText, target } from "../../tools/schemas/infrastructure.ts";
import { checkout } from "../support/fleet.ts";

test("it is what the schema of a cluster makes", async () => {
  const made = Bun.spawnSync([process.execPath, "fmt", "--no-script", "--stdin-filepath", target], {
    stdin: new TextEncoder().encode(await infrastructureSchemaText()),
    cwd: checkout,
  });
  expect(made.stdout.toString()).toBe(await Bun.file(target).text());
});
