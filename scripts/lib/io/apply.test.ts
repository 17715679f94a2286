/** What a writer leaves behind, and what somebody else put there: R1. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { git } from "../../../tests/support/git-server.ts";
import { repository, runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";
import { ToolError } from "../core/errors.ts";
import { Repository } from "../fleet/repository.ts";
import { applyChanges, pendingChanges, recover } from "./apply.ts";
import { workspaceOf } from "./workspace.ts";

const journal = async (root: string, changes: object) => {
  const { state } = await workspaceOf(root, process.env);
  await mkdir(state, { recursive: true });
  await writeFile(path.join(state, "journal.json"), JSON.stringify(changes));
};

describe("R1: nothing in a branch steers the tools that judge it", () => {
  for (const isRepository of [true, false])
    test(`a journal that a commit brings is not read (${isRepository ? "a clone" : "a plain folder"})`, async () => {
      await using fleet = await sampleRepository();
      if (isRepository) git(fleet.root, "init", "--quiet");
      const file = "clusters/base/deployers/platform/kustomization.yaml";
      await fleet.write(".gitops/journal.json", JSON.stringify([{ path: file, content: "" }]));
      await fleet.write(".gitops/lock", "1");
      const { tree } = await Repository.read(fleet.root, { env: process.env });
      expect(tree.text(file)).toBe(await fleet.read(file));
      // The lock of process 1, which lives for ever, is nobody's either.
      const { code } = await runIn(fleet, validate, ["--fix"]);
      expect(code).toBe(0);
    });

  for (const file of ["../pwned", "apps/../../pwned", "/tmp/pwned", ".github/workflows/check.yaml", "package.json"])
    test(`a journal does not make anybody write ${file}`, async () => {
      await using fleet = await repository({ "apps/README.md": "as it is\n" });
      const workspace = await workspaceOf(fleet.root, process.env);
      const changes = [{ path: file, content: "owned\n" }];
      expect(applyChanges(workspace, changes)).rejects.toThrow(ToolError);
      await journal(fleet.root, changes);
      expect(pendingChanges(workspace)).rejects.toThrow("is not a change to the fleet");
      expect(recover(workspace)).rejects.toThrow(ToolError);
      expect(existsSync(path.resolve(fleet.root, file)) && file !== "package.json").toBe(false);
    });

  test("twin: what a killed writer left is seen as done, and the next writer does it", async () => {
    await using fleet = await sampleRepository();
    const file = "apps/services/frontend/values.yaml";
    const changed = `${await fleet.read(file)}# changed\n`;
    await journal(fleet.root, [{ path: file, content: changed }]);
    expect((await Repository.read(fleet.root, { env: process.env })).tree.text(file)).toBe(changed);
    expect(await fleet.read(file)).not.toBe(changed);
    await recover(await workspaceOf(fleet.root, process.env));
    expect(await fleet.read(file)).toBe(changed);
    expect(await pendingChanges(await workspaceOf(fleet.root, process.env))).toEqual([]);
  });
});
