import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { RenderRequest } from "../argocd/application.ts";
import { ToolError } from "../core/errors.ts";
import { temporaryFolder } from "../io/files.ts";
import { run } from "../io/process.ts";
import type { Tools } from "../io/tools.ts";
import type { Tree } from "../repo/tree.ts";
import { type Output, type Renderer, RenderError } from "./renderer.ts";

/**
 * The reference renderer: the stock programs, one process a render. They run in a folder of their own that holds only
 * files which were recorded as reads, so a program can't read what is not part of the cache key, nor anything outside
 * the repository.
 */
export async function programs(tree: Tree, tools: Tools, timeout: number): Promise<Renderer> {
  const stage = await temporaryFolder("render");
  const root = path.join(stage.path, "repository");
  const staged = new Map<string, Promise<unknown>>();
  const folders = new Map<string, Promise<unknown>>();
  const once = (memo: Map<string, Promise<unknown>>, key: string, make: () => Promise<unknown>): Promise<unknown> => {
    let made = memo.get(key);
    if (made === undefined) memo.set(key, (made = make()));
    return made;
  };
  const put = async (file: string): Promise<void> => {
    const target = path.join(root, file);
    const folder = path.dirname(target);
    await once(folders, folder, () => mkdir(folder, { recursive: true }));
    await writeFile(target, tree.bytes(file));
  };
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: stage.path,
    // One small render a process: a collector and a second thread cost more than they give.
    GOGC: "off",
    GOMEMLIMIT: "512MiB",
    GOMAXPROCS: "1",
    HELM_CACHE_HOME: path.join(stage.path, "helm"),
    HELM_CONFIG_HOME: path.join(stage.path, "helm"),
    HELM_DATA_HOME: path.join(stage.path, "helm"),
  };
  let renders = 0;
  return {
    version: `helm ${tools.helm.version}, kustomize ${tools.kubectl.version}`,
    async render(request, files) {
      await Promise.all(files.map((file) => once(staged, file, () => put(file))));
      const valuesFile = path.join(stage.path, `values-${renders++}.json`);
      if (request.tool === "helm") await writeFile(valuesFile, JSON.stringify(request.values));
      const command = commandFor(request, tools, valuesFile);
      const result = await run(command, { cwd: root, env, timeout });
      return judge(request.tool, result, stage.path);
    },
    close: () => stage.remove(),
  };
}

/** The command line of one render, from the root of the repository. The README shows the same to people. */
export function commandFor(request: RenderRequest, tools: Tools, valuesFile: string): [string, ...string[]] {
  if (request.tool === "kustomize") return [tools.kubectl.program, "kustomize", request.path];
  return [
    tools.helm.program,
    "template",
    request.releaseName,
    request.chart,
    `--namespace=${request.namespace}`,
    `--kube-version=${request.kubeVersion}`,
    "--include-crds",
    ...request.apiVersions.map((version) => `--api-versions=${version}`),
    ...[...request.valueFiles, valuesFile].map((file) => `--values=${file}`),
  ];
}

/** Tells a judgement of the input from a failure of the program: both programs print "Error:" and end with 1 for bad input. */
function judge(tool: string, result: { exitCode: number; stdout: string; stderr: string }, stage: string): Output {
  const said = result.stderr.replaceAll(`${stage}/repository/`, "").replaceAll(stage, "").trim();
  const complained = /^error:/im.test(said);
  if (result.exitCode === 1 && complained) throw new RenderError(shorten(said));
  if (result.exitCode !== 0 || complained) {
    throw new ToolError(
      `${tool} ended with exit code ${result.exitCode} and said ${JSON.stringify(said.slice(0, 300))}`,
    );
  }
  return { manifests: result.stdout, warnings: said };
}

/** Without the chains of wrapped errors that both programs print before the one that matters. */
function shorten(said: string): string {
  return said
    .replace(/^error: /i, "")
    .replace(/\n\nUse --debug flag.*$/s, "")
    .trim();
}
