/** A customer's cluster of the frozen fleet in a repository of git, with every image that it pulls in a registry on loopback. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { Glob } from "bun";

import { run as bundle } from "../../scripts/bundle.ts";
import { digestOf } from "../../scripts/lib/addon/artifact.ts";
import { lockChange } from "../../scripts/lib/addon/lock.ts";
import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { pulledImages } from "../../scripts/lib/fleet/deployed-images.ts";
import { loadFleet } from "../../scripts/lib/fleet/load.ts";
import { lockChart } from "../../scripts/lib/fleet/lock-chart.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { applyFixes } from "../../scripts/lib/write/fix.ts";
import { run as render } from "../../scripts/render.ts";
import { type AddonSample, addonSample, placed, widgets } from "./addons.ts";
import { git } from "./git-server.ts";
import { type OciRegistry, ociRegistry } from "./oci-registry.ts";
import { runIn, type TestRepository } from "./repository.ts";

export interface BundleSample extends AsyncDisposable {
  fleet: TestRepository;
  /** Has every image that the clusters pull. */
  source: OciRegistry;
  /** Archives of charts, and whose signatures count. */
  env: Record<string, string>;
  /** A place for bundles. */
  folder: string;
  addons: AddonSample;
  commit(message: string): string;
  run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  at(name: string): string;
  /** What a repository renders to, on a machine with these archives. */
  render(root: string, machine: Record<string, string>, ...argv: string[]): Promise<string>;
}

/** Some clusters, one of which runs an addon of a made-up chart. */
export async function bundleSample(clusters: readonly string[], own: string): Promise<BundleSample> {
  const addons = await addonSample(clusters);
  const { fleet } = addons;
  await placeLocked(addons, own);
  const source = ociRegistry();
  const folder = await mkdtemp(path.join(tmpdir(), "bundles-"));
  await realImages(fleet, source, addons.env, own);
  git(fleet.root, "init", "--quiet", "--initial-branch=main");
  const commit = (message: string) => {
    git(fleet.root, "add", "--all");
    git(fleet.root, "commit", "--quiet", "-m", message);
    return git(fleet.root, "rev-parse", "HEAD");
  };
  commit("first");
  const at = (name: string) => path.join(folder, name);
  const key = Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", at("key")]);
  if (key.exitCode !== 0) throw new Error(key.stderr.toString());
  await Bun.write(at("signers"), `platform@example.com ${await Bun.file(at("key.pub")).text()}`);
  const env = { ...addons.env, GITOPS_BUNDLE_SIGNERS: at("signers"), GITOPS_BUNDLE_KEY: at("key") };
  return {
    fleet,
    source,
    env,
    folder,
    addons,
    commit,
    at,
    run: (...argv) => runIn(fleet, bundle, argv, env),
    async render(root, machine, ...argv) {
      const { code, stdout, stderr } = await runIn({ root }, render, argv, { ...env, ...machine });
      if (code !== 0) throw new Error(stderr);
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await addons[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the made-up addon as bump-chart would place it, without validating everything. */
async function placeLocked({ fleet, env }: AddonSample, name: string): Promise<void> {
  const repository = await Repository.read(fleet.root, { env: { ...process.env, ...env } });
  const images = [
    { image: "registry.example.com/widgets", tag: "v1.0.0", digest: digestOf(new TextEncoder().encode("an image")) },
  ];
  const locked = { ...(await lockChart(repository, "widgets", "1.0.0", widgets())), images };
  const { path: lock, content } = lockChange("widgets", [locked]);
  await fleet.write(lock, content!);
  const pinned = `chart:\n  version: 1.0.0\n  digest: ${locked.digest}\n  namespace: widgets\n`;
  await fleet.values(`${placed(name)}/chart.yaml`, pinned);
  const io = { cwd: fleet.root, env: { ...process.env, ...env } } as CommandIo;
  await applyFixes(io);
}

/** The frozen fleet's digests are made up: an image takes the place of each, and its digest that of the old one. */
async function realImages(
  fleet: TestRepository,
  source: OciRegistry,
  env: Record<string, string>,
  own: string,
): Promise<void> {
  const repository = await Repository.read(fleet.root, { env: { ...process.env, ...env } });
  const loaded = await loadFleet(repository, { selection: { clusters: [own], applications: [] } });
  const digests = new Map<string, string>();
  const { images } = pulledImages(loaded.fleet, [own]);
  for (const { repository: name, tag, digest } of images)
    digests.set(digest, source.image(name, tag, "what all images share", digest));
  const files = new Glob("{apps,clusters,environments,tenants}/**/*.yaml").scanSync(fleet.root);
  for (const file of files) {
    const text = await fleet.read(file);
    const real = text.replaceAll(/sha256:[0-9a-f]{64}/g, (digest) => digests.get(digest) ?? digest);
    if (real !== text) await fleet.write(file, real);
  }
}
