/** Back to what a commit rendered: a tenant and an environment as a whole. */
import { describe, expect, test } from "bun:test";

import { delivery } from "../tests/support/delivery.ts";
import { git } from "../tests/support/git-server.ts";
import { runIn } from "../tests/support/repository.ts";
import { heading } from "./lib/repo/modeline.ts";
import { run as rollback } from "./rollback.ts";

describe("rollback", () => {
  test("of a tenant and of an environment as a whole: images and their values, nothing that is others'", async () => {
    await using world = await delivery(["prod-shared-us", "dev-shared"]);
    const clone = await world.clone();
    const good = git(clone.root, "rev-parse", "HEAD");
    const edit = async (file: string, from: string | RegExp, to: string) => {
      const text = await Bun.file(`${clone.root}/${file}`).text();
      expect(text.replace(from, to)).not.toBe(text);
      await Bun.write(`${clone.root}/${file}`, text.replace(from, to));
    };
    const own = "tenants/soylent/prod-shared-us/services";
    await edit(`${own}/frontend/image.yaml`, /tag: .*/, "tag: v1.9.0");
    const values = `${own}/case-service/values.yaml`;
    await Bun.write(`${clone.root}/${values}`, `${heading(values)}replicas: 2\n`);
    await edit("apps/services/frontend/values.yaml", "cpu: 100m", "cpu: 150m");
    await edit("clusters/dev-shared/services/frontend/image.yaml", /tag: .*/, "tag: v1.9.0");
    git(clone.root, "add", "--all");
    git(clone.root, "commit", "--quiet", "--message", "worse");
    const argv = ["--tenant", "soylent", "--to", good, "--reason", "OPS-9", "--expires", "2099-01-01"];
    const tenant = await runIn(clone, rollback, argv, world.env);
    expect([tenant.code, tenant.stdout]).toEqual([
      0,
      `removed ${own}/case-service/values.yaml\n${own}/frontend/image.yaml\n`,
    ]);
    expect(tenant.stderr).toContain("back: frontend on soylent on prod-shared-us: v1.9.0 -> ");
    expect(tenant.stderr).toMatch(
      /still differs from [0-9a-f]{12}: prod-shared-us\/tenant-soylent-frontend .*apps\/services\/frontend\/values.yaml/,
    );
    expect(await Bun.file(`${clone.root}/${own}/frontend/image.yaml`).text()).toContain("reason: OPS-9\n");
    const again = await runIn(clone, rollback, argv, world.env);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("nothing in the selection differs")]);
    const environment = ["--environment", "dev", "--to", good, "--reason", "OPS-9"];
    const dev = await runIn(clone, rollback, environment, world.env);
    expect([dev.code, dev.stdout]).toEqual([0, "clusters/dev-shared/services/frontend/image.yaml\n"]);
    for (const [options, says] of [
      [["--environment", "dev", "--to", "nowhere", "--reason", "x"], 'there is no commit "nowhere"'],
      [["--environment", "dev", "--to", good, "--reason", " "], "--reason is empty"],
      [["--environment", "dev", "--to", good, "--reason", "x", "--expires", "2026-02-30"], "takes a day"],
      [["--environment", "dev", "--to", good, "--reason", "x", "--expires", "2020-01-01"], "is in the past"],
      [["--to", good, "--reason", "x"], "select where"],
    ] as const) {
      const { code, stderr } = await runIn(clone, rollback, options, world.env);
      expect([options, code, stderr]).toEqual([options, 2, expect.stringContaining(says)]);
    }
  }, 60_000);
});
