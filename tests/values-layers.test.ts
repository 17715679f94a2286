/** Layers of values that may be absent: what takes their place, what sees them come and go, what may not be missing. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { run as explain } from "../scripts/explain.ts";
import type { Finding } from "../scripts/lib/core/finding.ts";
import { run as validate } from "../scripts/validate.ts";
import { services } from "./support/fleet.ts";
import { git } from "./support/git-server.ts";
import { runIn, sampleRepository, type TestRepository } from "./support/repository.ts";

const cluster = "dev-shared";
const folder = `clusters/${cluster}/services/frontend`;
const layer = `${folder}/values.yaml`;

async function findingsOf(fleet: TestRepository) {
  const { stdout } = await runIn(fleet, validate, ["--format", "json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return findings.map(({ rule, file, message, fix }) => [rule, file, `${message}: ${fix}`]);
}

/** How many Applications are rendered: in all, and by a program. */
async function renderedOf(fleet: TestRepository, ...argv: string[]): Promise<[all: number, now: number]> {
  const env = { XDG_CACHE_HOME: path.join(fleet.root, ".cache") };
  const { stdout } = await runIn(fleet, validate, ["--format", "json", ...argv], env);
  const { rendered, cached } = (JSON.parse(stdout) as { summary: { rendered: number; cached: number } }).summary;
  return [rendered, rendered - cached];
}

describe("what has to be there is named", () => {
  test("a misspelt layer, and the name it was meant to have", async () => {
    await using fleet = await sampleRepository([cluster]);
    await fleet.values(layer, "replicas: 2\n");
    const content = await fleet.read(layer);
    await fleet.remove(layer);
    await fleet.write(`${folder}/valeus.yaml`, content);
    await fleet.write(`clusters/${cluster}/value.yaml`, content);
    const text = "is read by no Application: rename it to values.yaml";
    expect(await findingsOf(fleet)).toEqual([
      ["orphan-file", `${folder}/valeus.yaml`, text],
      ["orphan-file", `clusters/${cluster}/value.yaml`, text],
    ]);
  });

  test("a part of the platform that no cluster has is there to choose; of one that a cluster has, every file is read", async () => {
    await using fleet = await sampleRepository([cluster]);
    await fleet.manifest(
      "apps/platform/storage/stray.yaml",
      "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n",
    );
    const orphans = async () =>
      (await findingsOf(fleet)).filter(([rule]) => rule === "orphan-file").map(([, file]) => file);
    expect(await orphans()).toEqual(["apps/platform/storage/stray.yaml"]);
    await fleet.remove(`clusters/${cluster}/platform/storage`);
    expect(await orphans()).toEqual([]);
  });

  for (const [what, file] of [
    ["an image", `${folder}/image.yaml`],
    ["what a service is", "apps/services/frontend/values.yaml"],
    ["an environment", "environments/dev/values.yaml"],
  ] as const) {
    test(`${what} that is not there`, async () => {
      await using fleet = await sampleRepository([cluster]);
      // Git knows no empty folder: something has to be left in it.
      await fleet.values(layer, "replicas: 2\n");
      await fleet.remove(file);
      const findings = await findingsOf(fleet);
      const expected = ["missing-file", expect.any(String), `needs ${file}, which is not there: add ${file}`];
      expect(findings).toContainEqual(expected);
      expect(new Set(findings.map(([rule]) => rule))).toEqual(new Set(["missing-file"]));
    });
  }

  test("an image under another name, and the name it was meant to have", async () => {
    await using fleet = await sampleRepository([cluster]);
    await fleet.write(`${folder}/imgae.yaml`, await fleet.read(`${folder}/image.yaml`));
    await fleet.remove(`${folder}/image.yaml`);
    expect((await findingsOf(fleet))[0]![2]).toBe(
      `needs ${folder}/image.yaml, which is not there: rename ${folder}/imgae.yaml to image.yaml`,
    );
  });
});

describe("a layer that comes or goes", () => {
  test("makes another render", async () => {
    await using fleet = await sampleRepository([cluster]);
    const [all] = await renderedOf(fleet);
    expect(await renderedOf(fleet)).toEqual([all, 0]);
    await fleet.values(layer, "drainSeconds: 20\n");
    expect(await renderedOf(fleet)).toEqual([all, 1]);
    await fleet.remove(layer);
    expect(await renderedOf(fleet)).toEqual([all, 0]);
    await fleet.values(`clusters/${cluster}/values.yaml`, "drainSeconds: 20\n");
    // The services, and nothing else.
    expect(await renderedOf(fleet)).toEqual([all, services.length]);
  });

  test("is a change of what reads it; so is a template that is gone", async () => {
    await using fleet = await sampleRepository([cluster]);
    await fleet.write(".gitignore", ".cache\n");
    await fleet.values(layer, "drainSeconds: 20\n");
    const author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    git(fleet.root, "init", "--quiet");
    git(fleet.root, "add", "--all");
    git(fleet.root, ...author, "commit", "--quiet", "--message", "first");
    const changed = async () => (await renderedOf(fleet, "--changed", "HEAD"))[0];
    const roots = await changed();
    await fleet.remove(layer);
    expect(await changed()).toBe(roots + 1);
    await fleet.remove("apps/charts/service/templates/servicemonitor.yaml");
    expect(await changed()).toBe(roots + services.length);
  });

  test("is covered by manifest-generate-paths before it is there", async () => {
    await using fleet = await sampleRepository([cluster]);
    await fleet.edit("clusters/base/applicationsets/services.yaml", "/clusters/{{ .values.cluster }}/values.yaml;", "");
    const findings = await findingsOf(fleet);
    expect(findings).toContainEqual([
      "manifest-generate-paths",
      `clusters/${cluster}/values.yaml`,
      expect.stringContaining(`reads clusters/${cluster}/values.yaml outside`),
    ]);
  });

  test("explain names it, and who would read it", async () => {
    await using fleet = await sampleRepository([cluster]);
    const value = await runIn(fleet, explain, ["replicas", "--application", `${cluster}/service-frontend`]);
    expect(value.stderr).toContain(`layers without a file: clusters/${cluster}/values.yaml, ${layer}\n`);
    const file = await runIn(fleet, explain, ["--file", layer]);
    expect([file.stdout, file.stderr]).toEqual([
      `${cluster}/service-frontend\n`,
      expect.stringContaining(`would read ${layer}`),
    ]);
  });
});
