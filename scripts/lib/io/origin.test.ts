/** Where a proposal goes: to GitHub, or nowhere. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { commit, git, onboard } from "../../../tests/support/tenants.ts";
import { run as newTenant } from "../../new-tenant.ts";
import { repositoryOf } from "./origin.ts";

const ours = { owner: "murima2025", repo: "gitops" };
const server = { GITHUB_API_URL: "https://github.example/api/v3" };

describe("U-10: who the address of origin is on GitHub", () => {
  test.each([
    ["https://github.com/murima2025/gitops.git", {}],
    ["https://github.com/murima2025/gitops/", {}],
    ["https://somebody@github.com/murima2025/gitops", {}],
    ["git@github.com:murima2025/gitops.git", {}],
    ["ssh://git@ssh.github.com:443/murima2025/gitops.git", {}],
    ["work:murima2025/gitops", {}],
    ["https://github.example/murima2025/gitops.git", server],
    ["/srv/strangers/other.git", { GITHUB_REPOSITORY: "murima2025/gitops" }],
    ["file:///srv/strangers/other.git", { GITHUB_REPOSITORY: "murima2025/gitops" }],
  ])("%s", (url, env) => {
    expect(repositoryOf(url, env)).toEqual(ours);
  });

  test.each([
    ["/srv/user/o2.git", {}, "is a folder"],
    ["../user/o2.git", {}, "is a folder"],
    ["./a:b/user/o2", {}, "is a folder"],
    ["file:///srv/user/o2.git", {}, "is a folder"],
    ["/srv/user/o2.git", { GITHUB_REPOSITORY: "gitops" }, "is a folder"],
    ["https://gitlab.com/murima2025/gitops.git", {}, "gitlab.com is another host"],
    ["https://gitlab.com/user/o2", { GITHUB_API_URL: "https://api.github.com" }, "gitlab.com is another host"],
    ["https://github.com/gitops", {}, "has no owner and name"],
  ])("%s is nobody's: %o", (url, env, why) => {
    expect(repositoryOf(url, env)).toEqual(expect.stringContaining(why));
  });
});

describe("U-10: --pr is refused before anything is rendered or pushed", () => {
  const argv = onboard("umbrella", "--cluster", "prod-shared", "--pr");
  const none = { GITHUB_TOKEN: "", GITHUB_REPOSITORY: undefined, GITHUB_API_URL: undefined };

  test.each([
    ["a folder", "../o2.git", { ...none, GITHUB_TOKEN: "t" }, 2, "o2.git is a folder: git remote set-url origin https"],
    ["no token", "https://github.com/murima2025/gitops.git", none, 3, "there is no token for GitHub: set GITHUB_TOKEN"],
  ])("%s", async (_what, url, env, code, says) => {
    await using fleet = await sampleRepository(["prod-shared"]);
    git(fleet, "init", "--quiet");
    commit(fleet);
    git(fleet, "remote", "add", "origin", url);
    const said = await runIn(fleet, newTenant, argv, { ...env, XDG_CACHE_HOME: `${fleet.root}/unused` });
    expect(said).toEqual({ code, stdout: "", stderr: expect.stringContaining(says) });
    expect(existsSync(`${fleet.root}/unused`)).toBe(false);
    expect(git(fleet, "status", "--porcelain")).toBe("");
  });
});
