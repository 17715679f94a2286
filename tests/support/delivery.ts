import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { git, gitEnvironment, type GitServer, gitServer } from "./git-server.ts";
import { type FakeGitHub, fakeGitHub } from "./github.ts";
import { type FakeRegistry, fakeRegistry } from "./registry.ts";
import { sampleRepository } from "./repository.ts";

/** A fleet behind real git over HTTP, a GitHub and a registry, and clones of it. */
export interface Delivery extends AsyncDisposable {
  server: GitServer;
  github: FakeGitHub;
  registry: FakeRegistry;
  /** What commands need in their environment. */
  env: Record<string, string>;
  /** A clone of somebody's own. */
  clone(): Promise<{ root: string }>;
  /** The main branch, as of now. */
  pull(clone: { root: string }): void;
  /** A file of the main branch. */
  onMain(file: string): string;
}

/**
 * Registries that no test has now. What clusters render to names their registry: at the same address, a fleet that was rendered
 * for one test is known to the next.
 */
const idle: FakeRegistry[] = [];

/** The sample fleet with some clusters, all of which pull from one registry on loopback. */
export async function delivery(clusters: readonly string[]): Promise<Delivery> {
  const registry = idle.pop() ?? fakeRegistry();
  const server = await gitServer("murima2025/gitops");
  const bare = server.folder("murima2025/gitops");
  const github = fakeGitHub(bare);
  const folders: string[] = [];
  await using fleet = await sampleRepository(clusters);
  for (const cluster of clusters)
    await fleet.edit(`clusters/${cluster}/facts/cluster.yaml`, /registry: .*/, `registry: ${registry.host}`);
  git(fleet.root, "init", "--quiet", "--initial-branch=main");
  git(fleet.root, "add", "--all");
  git(fleet.root, "commit", "--quiet", "--message", "fleet");
  git(fleet.root, "push", "--quiet", bare, "main");
  const made: Delivery = {
    server,
    github,
    registry,
    env: {
      ...gitEnvironment,
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: "token-of-a-test",
      GITHUB_RETRY_SECONDS: "0.001",
    },
    async clone() {
      const root = await mkdtemp(path.join(tmpdir(), "clone-"));
      folders.push(root);
      // Not over HTTP: the server is in this process, and this call waits for it.
      git("/", "clone", "--quiet", bare, root);
      git(root, "remote", "set-url", "origin", server.url("murima2025/gitops"));
      return { root };
    },
    pull: ({ root }) => void git(root, "pull", "--quiet", "--ff-only", bare, "main"),
    onMain: (file) => git(bare, "show", `main:${file}`),
    async [Symbol.asyncDispose]() {
      await Promise.all([server, github].map((part) => part[Symbol.asyncDispose]()));
      registry.reset();
      idle.push(registry);
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
  return made;
}

/** A copy of a clone, faster than another one. */
export async function copyClone({ root }: { root: string }): Promise<{ root: string } & AsyncDisposable> {
  const copy = await mkdtemp(path.join(tmpdir(), "clone-"));
  await cp(root, copy, { recursive: true });
  return { root: copy, [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }) };
}
