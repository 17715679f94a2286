import type { JsonObject } from "../core/json.ts";
import type { Tools } from "../io/tools.ts";
import { archiveFolder } from "../repo/layout.ts";
import { Tree } from "../repo/tree.ts";
import { programs } from "./programs.ts";

/** How a chart is rendered by itself, outside of any cluster. */
export interface ChartRender {
  name: string;
  namespace: string;
  files: ReadonlyMap<string, Uint8Array>;
  /** Weakest first; the last of them as data. */
  valueFiles: ReadonlyMap<string, Uint8Array>;
  values: JsonObject;
  kubeVersion: string;
  apiVersions: string[];
  /** Its definitions as well. */
  definitions: boolean;
}

/** Manifests of a chart, in the same sandbox as any other render. Throws RenderError where the chart refuses. */
export async function renderChart(chart: ChartRender, tools: Tools, timeout = 60_000): Promise<string> {
  const folder = archiveFolder("sha256:0");
  const own = [...chart.files].map(([file, bytes]) => [`${folder}/${file}`, bytes] as const);
  const tree = new Tree([...own, ...chart.valueFiles]);
  const renderer = await programs(tree, tools, timeout);
  try {
    const request = {
      tool: "helm" as const,
      chart: folder,
      releaseName: chart.name,
      namespace: chart.namespace,
      kubeVersion: chart.kubeVersion,
      apiVersions: chart.apiVersions,
      valueFiles: [...chart.valueFiles.keys()],
      absentValueFiles: [],
      values: chart.values,
      ...(chart.definitions ? {} : { skipCrds: true as const, skipTests: true as const }),
    };
    const { documents } = await renderer.render(request, tree.paths);
    return documents.map((document) => ("text" in document ? document.text : "")).join("---");
  } finally {
    await renderer.close();
  }
}
