import { existsSync } from "node:fs";
import path from "node:path";

import { cacheFolder } from "../../scripts/lib/io/cache.ts";
import type { KubernetesSchemas } from "../../scripts/lib/model/kinds.ts";

const version = "v0.7.0";

/** Finds kubeconform on PATH or where Go installed it; installs it with Go, if asked to. Undefined where there is none. */
export async function kubeconformProgram(install: boolean): Promise<string | undefined> {
  const found = Bun.which("kubeconform");
  if (found !== null) return found;
  const folder = path.join(cacheFolder({ HOME: process.env["HOME"] }), "kubeconform", version);
  const installed = path.join(folder, "kubeconform");
  if (existsSync(installed)) return installed;
  if (!install || Bun.which("go") === null) return undefined;
  const go = Bun.spawnSync(["go", "install", `github.com/yannh/kubeconform/cmd/kubeconform@${version}`], {
    env: { ...process.env, GOBIN: folder },
  });
  return go.exitCode === 0 ? installed : undefined;
}

/** Our packed schemas in the form that it reads: a file a kind, each referring to one file of definitions. */
export function kubeconformSchemas({ resources, definitions }: KubernetesSchemas): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { group, version, kind, definition } of resources) {
    const suffix = [group.split(".")[0] ?? "", version].filter((part) => part !== "").join("-");
    const schema = { $ref: `#/definitions/${definition}`, definitions };
    files[`${kind.toLowerCase()}-${suffix}.json`] = JSON.stringify(schema);
  }
  return files;
}
