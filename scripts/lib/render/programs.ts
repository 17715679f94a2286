import path from "node:path";

import type { RenderRequest } from "../argocd/application.ts";
import { ToolError } from "../core/errors.ts";
import { writeWhole } from "../io/files.ts";
import { run } from "../io/process.ts";
import { stage } from "../io/sandbox.ts";
import type { Tools } from "../io/tools.ts";
import type { Tree } from "../repo/tree.ts";
import { documentsOf } from "./manifests.ts";
import { type Output, readable, type Renderer, RenderError } from "./renderer.ts";

/**
 * The reference renderer: the stock programs, one process a render. They run in a folder of their own that holds only
 * files which were recorded as reads, so a program can't read what is not part of the cache key, nor anything outside
 * the repository. A render may take so many milliseconds.
 */
export async function programs(tree: Tree, tools: Tools, timeout: number): Promise<Renderer> {
  const { root, beside, put, remove } = await stage(tree);
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: beside,
    // One small render a process: a collector and a second thread cost more than they give.
    GOGC: "off",
    GOMEMLIMIT: "512MiB",
    GOMAXPROCS: "1",
    HELM_CACHE_HOME: path.join(beside, "helm"),
    HELM_CONFIG_HOME: path.join(beside, "helm"),
    HELM_DATA_HOME: path.join(beside, "helm"),
  };
  let renders = 0;
  return {
    version: `helm ${tools.helm.version}, kustomize ${tools.kubectl.version}`,
    async render(request, files) {
      await put(files);
      const valuesFile = path.join(beside, `values-${renders++}.json`);
      if (request.tool === "helm") await writeWhole(valuesFile, JSON.stringify(request.values));
      const result = await run(commandFor(request, tools, valuesFile), { cwd: root, env, timeout });
      return judge(request.tool, result, beside);
    },
    close: remove,
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
    request.skipCrds === true ? "--skip-crds" : "--include-crds",
    ...(request.skipTests === true ? ["--skip-tests"] : []),
    ...request.apiVersions.map((version) => `--api-versions=${version}`),
    ...[...request.valueFiles, valuesFile].map((file) => `--values=${file}`),
  ];
}

/** Tells a judgement of the input from a failure of the program: both programs print "Error:" and end with 1 for bad input. */
function judge(tool: string, result: { exitCode: number; stdout: string; stderr: string }, stage: string): Output {
  const said = result.stderr.replaceAll(`${stage}/repository/`, "").replaceAll(stage, "").trim();
  const complained = /^error:/im.test(said);
  if (result.exitCode === 1 && complained) throw new RenderError(readable(said));
  if (result.exitCode !== 0 || complained) {
    throw new ToolError(
      `${tool} ended with exit code ${result.exitCode} and said ${JSON.stringify(said.slice(0, 300))}`,
    );
  }
  return { documents: documentsOf(result.stdout), warnings: said };
}
