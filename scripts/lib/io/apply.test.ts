/** What a writer leaves behind, and what somebody else put there: R1. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { git } from "../../../tests/support/git-server.ts";
import { repository, runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";
import { ToolError } from "../core/errors.ts";
import { Repository } from "../fleet/repository.ts";
import { applyChanges, pendingChanges, recover, recoverRepository, watch } from "./apply.ts";
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

describe("a change to the whole repository", () => {
  const before = { "package.json": "{}\n", "scripts/run.sh": "#!/bin/sh\n", "apps/old/a.yaml": "a: 1\n" };
  const changes = [
    { path: "apps/new/a.yaml", content: "a: 2\n" },
    { path: "apps/old/a.yaml", content: null },
    { path: "package.json", content: '{ "name": "other" }\n' },
    { path: "scripts/run.sh", content: "#!/bin/sh\nexit 0\n" },
  ];
  const state = async (root: string) =>
    Promise.all(
      ["apps/new/a.yaml", "apps/old/a.yaml", "package.json", "scripts/run.sh"].map(async (file) =>
        existsSync(path.join(root, file)) ? await Bun.file(path.join(root, file)).text() : null,
      ),
    );
  const after = ["a: 2\n", null, '{ "name": "other" }\n', "#!/bin/sh\nexit 0\n"];

  test("cut off at each of its steps: nothing is done, or the next run makes all of it, and readers wait for that", async () => {
    let isDone = false;
    for (let step = 1; !isDone; step++) {
      await using files = await repository(before);
      git(files.root, "init", "--quiet");
      await chmod(path.join(files.root, "scripts/run.sh"), 0o755);
      const workspace = await workspaceOf(files.root, process.env);
      let steps = 0;
      watch.step = () => {
        if (++steps === step) throw new Error("killed");
      };
      const error = await applyChanges(workspace, changes, "repository").catch((thrown: unknown) => thrown);
      watch.step = () => {};
      isDone = error === undefined;
      const isBegun = !isDone && step > 1;
      if (isBegun) {
        expect(pendingChanges(workspace)).rejects.toThrow("run it again");
        // Another writer makes the rest, and does nothing with code that is no more.
        if (step % 2 === 0) expect(recover(workspace)).rejects.toThrow("run this command again");
      }
      if (step % 2 === 1 || !isBegun) expect(await recoverRepository(workspace)).toBe(isBegun);
      const found = await state(files.root);
      expect([step, found]).toEqual([step, step === 1 ? [null, "a: 1\n", "{}\n", "#!/bin/sh\n"] : after]);
      expect((await stat(path.join(files.root, "scripts/run.sh"))).mode & 0o111).toBe(0o111);
      expect(await pendingChanges(workspace)).toEqual([]);
      expect(existsSync(path.join(files.root, ".gitops"))).toBe(false);
      if (isDone) expect(step).toBe(changes.length + 3);
    }
  });

  for (const file of [
    "../pwned",
    "/tmp/pwned",
    ".git/hooks/pre-commit",
    "a/../.git/config",
    "node_modules/yaml/index.js",
    ".GIT/x",
  ])
    test(`writes no ${file}`, async () => {
      await using files = await repository(before);
      const workspace = await workspaceOf(files.root, { XDG_CACHE_HOME: path.join(files.root, "cache") });
      const foreign = [{ path: file, content: "owned\n" }];
      expect(applyChanges(workspace, foreign, "repository")).rejects.toThrow(ToolError);
      await mkdir(workspace.state, { recursive: true });
      await writeFile(path.join(workspace.state, "adoption.json"), JSON.stringify(foreign));
      expect(recoverRepository(workspace)).rejects.toThrow("is not a change to the repository");
      expect(existsSync(path.resolve(files.root, file))).toBe(false);
    });
});
