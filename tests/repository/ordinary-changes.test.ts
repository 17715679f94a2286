/**
 * Ordinary operation keeps the tests green: nobody could merge a release or a customer otherwise. A copy of the repository
 * goes through changes of the kinds people make every day; then its own tests run. FULL=1 makes 60 and runs all of them.
 */
import { expect, test } from "bun:test";
import { cp, mkdir, symlink } from "node:fs/promises";
import path from "node:path";

import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { validate } from "../../scripts/lib/validate/validate.ts";
import { checkout } from "../support/fleet.ts";
import { git } from "../support/git-server.ts";
import { makeOrdinaryChanges } from "../support/ordinary-changes.ts";
import { full, repository } from "../support/repository.ts";

const seed = 20_261_125;
/** The copy's own tests leave this one out. */
const isCopy = process.env["GITOPS_COPY"] === "1";

/** All that git would take of this checkout, as a repository of its own. */
async function copyOfCheckout() {
  const copy = await repository();
  const files = git(checkout, "ls-files", "--cached", "--others", "--exclude-standard").split("\n");
  for (const file of files) {
    if (file === "") continue;
    const target = path.join(copy.root, file);
    await mkdir(path.dirname(target), { recursive: true });
    // A file that is deleted here and not yet committed is listed all the same.
    await cp(path.join(checkout, file), target).catch(() => undefined);
  }
  await symlink(path.join(checkout, "node_modules"), path.join(copy.root, "node_modules"));
  git(copy.root, "init", "--quiet", "--initial-branch=main");
  git(copy.root, "add", "--all");
  git(copy.root, "commit", "--quiet", "--message", "as it is");
  return copy;
}

test.skipIf(isCopy)(
  `after ordinary changes (seed ${seed}) everything is valid, and the tests pass`,
  async () => {
    await using copy = await copyOfCheckout();
    const made = await makeOrdinaryChanges(copy, full ? 60 : 6, seed);
    const { findings } = await validate(await Repository.read(copy.root, { env: process.env }));
    expect({ made, findings: findings.filter(({ severity }) => severity === "error") }).toEqual({ made, findings: [] });
    const tests = full ? [] : ["tests/repository"];
    const child = Bun.spawn([process.execPath, "test", "--parallel", "--no-isolate", "--timeout=240000", ...tests], {
      cwd: copy.root,
      env: { ...process.env, GITOPS_COPY: "1", FULL: "" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const failed = said.split("\n").filter((line) => line.startsWith("(fail)"));
    expect({ made, failed, code: await child.exited }).toEqual({ made, failed: [], code: 0 });
  },
  full ? 1_800_000 : 240_000,
);
