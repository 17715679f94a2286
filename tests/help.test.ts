/** U-1, U-4: every command is named with what it does, and asking for help does no harm. */
import { expect, test } from "bun:test";
import path from "node:path";

import { groups, run as help } from "../scripts/help.ts";
import { checkout } from "./support/fleet.ts";
import { runIn } from "./support/repository.ts";

const { scripts } = (await Bun.file(path.join(checkout, "package.json")).json()) as { scripts: Record<string, string> };

test("U-1: bun run help names every command once, with a line of its own help", async () => {
  const named = Object.values(groups).flat();
  const all = Object.keys(scripts).filter((name) => !name.includes(":"));
  expect(named.toSorted()).toEqual(all.toSorted());
  const { code, stdout } = await runIn({ root: checkout }, help, []);
  expect(code).toBe(0);
  for (const name of named) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z].{5,}$`, "m"));
});

test("U-4: --help of test, fix and hooks says what they do, and does nothing", async () => {
  for (const name of ["test", "fix", "hooks"]) {
    const { run } = (await import(`../scripts/${name}.ts`)) as { run: Parameters<typeof runIn>[1] };
    const { code, stdout } = await runIn({ root: "/nowhere" }, run, ["--help"]);
    expect([name, code, stdout]).toEqual([name, 0, expect.stringContaining(`bun run ${name}`)]);
  }
});
