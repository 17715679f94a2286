import { renderRequest } from "../argocd/application.ts";
import { expand } from "../argocd/applicationset.ts";
import { normalise } from "../argocd/normalise.ts";
import { pullProblems, type PullSource, pullSourceOf } from "../argocd/pull-source.ts";
import { ToolError } from "../core/errors.ts";
import type { Finding, Omission } from "../core/finding.ts";
import { inParallel } from "../core/in-parallel.ts";
import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Kinds } from "../model/kinds.ts";
import { formatResource, resourceId } from "../model/resource.ts";
import { pathOf } from "../repo/address.ts";
import type { Documents } from "../repo/documents.ts";
import { isInArchive } from "../repo/layout.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import type { Application, FleetObject } from "./application.ts";
import type { cachedRenderer, Rendered } from "./cached.ts";
import { readsOf } from "./inputs.ts";
import type { ApplicationJudge } from "./judged.ts";
import { listProblem } from "./lists.ts";
import { RenderError } from "./renderer.ts";
import { originFinder } from "./source-file.ts";
import { templatePlace } from "./template-place.ts";
import { unknownService } from "./unknown-service.ts";

export interface RenderFleet {
  /** The repository, and beside it the archives of charts that are on this machine. */
  tree: Tree;
  sources: Sources;
  documents: Documents;
  /** What the cluster of an Application knows; of an upstream chart also by its own definitions. */
  kinds(application: Pick<Application, "cluster" | "folder">): Kinds;
  render: ReturnType<typeof cachedRenderer>;
  workers: number;
  /** Clusters to expand. */
  clusters: readonly string[];
  /** Whether an Application is to be rendered; a reason if not. Roots are rendered all the same: they hold the others. */
  leaveOut(application: Application): string | undefined;
  /** Asks Kubernetes' own code about every object of an Application; absent where it is not at hand. */
  judge?: ApplicationJudge;
  /** What is wrong with a file, so that no program may read it. */
  isBroken(file: string): boolean;
  /** Whether what goes into an Application is in order; a reason not to render it if not. */
  beforeRender(application: Application): string | undefined;
  progress?: (done: number, total: number) => void;
}

export interface RenderResult {
  applications: Application[];
  findings: Finding[];
  /** Whether something that was asked for could not be expanded or rendered. */
  hasGaps: boolean;
  /** Applications at which a program itself failed: it hung, crashed, or printed without end. */
  failed: Omission[];
}

/**
 * Expands and renders the fleet as Argo CD would: the root of each cluster first, then the ApplicationSets in it, then
 * every Application.
 */
export async function renderFleet(fleet: RenderFleet): Promise<RenderResult> {
  const findings: Finding[] = [];
  const failed: Omission[] = [];
  let hasGaps = false;
  const generating = {
    tree: fleet.tree,
    data(file: string) {
      if (!fleet.isBroken(file)) return fleet.sources.data(file);
      hasGaps = true;
      return undefined;
    },
  };
  const roots = fleet.clusters.map((cluster) => rootOf(cluster));
  await inParallel(roots, fleet.workers, renderInto);
  const applications = roots.flatMap((root) => [root, ...childrenOf(root)]);
  const children = applications.filter(({ name }) => name !== "root");
  let done = 0;
  await inParallel(children, fleet.workers, async (application) => {
    application.notRendered ??= fleet.leaveOut(application);
    await renderInto(application);
    fleet.progress?.(roots.length + ++done, applications.length);
  });
  for (const root of roots) root.notRendered ??= fleet.leaveOut(root);
  applications.sort((a, b) => (a.id < b.id ? -1 : 1));
  failed.sort((a, b) => (a.what < b.what ? -1 : 1));
  return { applications, findings, hasGaps, failed };

  /** Every error here is about something that is then missing from the result. */
  function report(application: Application, finding: Omit<Finding, "application" | "severity">): void {
    hasGaps = true;
    findings.push({ severity: "error", application: application.id, ...finding });
  }

  function pullOf(cluster: string): PullSource {
    return pullSourceOf(fleet.documents.clusters.get(cluster)!.document);
  }

  /** Root deploys itself: what it says of its source is what Argo CD pulls from the next sync on. */
  function checkRoot(root: Application, object: JsonObject, file: string | undefined): void {
    const source = objectAt(object, "spec", "source");
    const own = pathOf("cluster", { cluster: root.cluster });
    const problems = pullProblems(
      stringAt(source, "repoURL"),
      stringAt(source, "targetRevision"),
      pullOf(root.cluster),
    );
    if (stringAt(source, "path") !== own)
      problems.push({ message: `deploys ${stringAt(source, "path") ?? "nothing"}`, fix: `it has to deploy ${own}` });
    for (const problem of problems)
      report(root, {
        rule: "application-source",
        ...place(file),
        object: "argoproj.io/Application argocd/root",
        ...problem,
      });
  }

  function rootOf(cluster: string): Application {
    const repository = pullOf(cluster);
    const manifest = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "root", namespace: "argocd" },
      spec: {
        source: { repoURL: repository.url, targetRevision: repository.revision, path: pathOf("cluster", { cluster }) },
        destination: { server: "https://kubernetes.default.svc", namespace: "argocd" },
      },
    };
    return prepare(cluster, manifest, undefined, fleet.documents.clusters.get(cluster)!.file);
  }

  function childrenOf(root: Application): Application[] {
    const found: Application[] = [];
    for (const { id, object, file } of root.objects) {
      // What a kind that nobody knows would deploy, nobody can say.
      if (fleet.kinds(root).scopeOf(object) === undefined) hasGaps = true;
      if (id.group !== "argoproj.io") continue;
      if (id.kind === "Application" && id.name === "root") {
        checkRoot(root, object, file);
        root.manifest = object;
      } else if (id.kind === "Application") found.push(prepare(root.cluster, object, undefined, file));
      else if (id.kind === "ApplicationSet") {
        const { expansions, refusals } = expand(object, generating, pullOf(root.cluster));
        for (const refusal of refusals) report(root, { ...place(file), object: formatResource(id), ...refusal });
        for (const { application, folder } of expansions) found.push(prepare(root.cluster, application, folder, file));
      }
    }
    return found;
  }

  /** An Application with its request and reads; what is missing is reported, and the reason kept. */
  function prepare(
    cluster: string,
    manifest: JsonObject,
    folder: string | undefined,
    file: string | undefined,
  ): Application {
    const name = stringAt(manifest, "metadata", "name") ?? "";
    const application: Application = {
      cluster,
      name,
      id: `${cluster}/${name}`,
      manifest,
      folder,
      request: undefined,
      reads: [],
      objects: [],
      rendered: "",
      notRendered: undefined,
      cached: false,
    };
    const request = renderRequest(manifest, fleet.tree, pullOf(cluster));
    if (Array.isArray(request)) {
      for (const { rule, message, fix, missing } of request) {
        const service = missing === undefined ? undefined : unknownService(fleet.tree, folder, missing);
        // What a person would edit is the folder they made, or the file that went; the set only names both.
        report(application, { rule, ...place(missing ?? file), message, fix, ...service });
      }
      application.notRendered = "its source is not in order";
      return application;
    }
    if ("absent" in request) {
      // No gap in what the repository says: what rests on the chart's objects is judged by what addon.yaml says of it.
      application.notRendered = archiveAbsent;
      return application;
    }
    const { files, missing } = readsOf(request, fleet.tree, fleet.sources);
    for (const { file, at, missing: target } of missing) {
      const message = `names ${target}, which is not in this repository`;
      report(application, {
        rule: "missing-file",
        file,
        ...fleet.sources.locate(file, at),
        message,
        fix: "correct the path, or add the file",
      });
    }
    const broken = files.find((file) => fleet.isBroken(file));
    if (missing.length > 0) application.notRendered = "a file it reads is missing";
    if (broken !== undefined) {
      hasGaps = true;
      application.notRendered = `it reads ${broken}, which has errors`;
    }
    application.request = request;
    application.reads = files;
    return application;
  }

  async function renderInto(application: Application): Promise<void> {
    if (application.notRendered === undefined) {
      application.notRendered = fleet.beforeRender(application);
      hasGaps ||= application.notRendered !== undefined;
    }
    if (application.notRendered !== undefined || application.request === undefined) return;
    let rendered: Rendered;
    try {
      rendered = await fleet.render(application.request, application.reads, fleet.judge?.deploy(application));
    } catch (error) {
      if (error instanceof ToolError) {
        // One Application's input may do that to a program: the others are rendered all the same.
        failed.push({ what: application.id, reason: error.message });
        application.notRendered = `a program failed: ${error.message}`;
        hasGaps = true;
        return;
      }
      if (!(error instanceof RenderError)) throw error;
      const { request, folder, reads } = application;
      const isOurs = request.tool === "helm" && !isInArchive(request.chart);
      const template = isOurs ? templatePlace(request.chart, error.message) : undefined;
      const values = request.tool === "helm" && !isOurs ? request.valueFiles[0] : undefined;
      const fix =
        template === undefined
          ? "correct what the message names; bun run render --application shows the same"
          : "correct the template; bun run render --application shows the same";
      report(application, {
        rule: "render-failed",
        ...(template !== undefined && fleet.tree.has(template.file) ? template : place(values ?? folder ?? reads[0])),
        message: error.message,
        fix,
      });
      application.notRendered = "its render failed";
      return;
    }
    if (rendered.warnings !== "") {
      findings.push({
        rule: "render-warning",
        severity: "warning",
        application: application.id,
        message: rendered.warnings,
        fix: "correct what the message names",
      });
    }
    application.cached = rendered.cached;
    application.rendered = rendered.key;
    application.objects = objectsOf(application, rendered);
    await judge(application);
  }

  async function judge(application: Application): Promise<void> {
    if (fleet.judge === undefined) return;
    try {
      const verdicts = await fleet.judge.verdicts(application);
      for (const [index, object] of application.objects.entries()) object.verdict = verdicts[index]!;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      failed.push({ what: application.id, reason: error.message });
      hasGaps = true;
    }
  }

  function objectsOf(application: Application, rendered: Rendered): FleetObject[] {
    const kinds = fleet.kinds(application);
    const origin = originFinder(application, fleet.tree, fleet.sources);
    for (const manifest of rendered.manifests) {
      const problem = listProblem(manifest.object, application.request);
      if (problem !== undefined)
        report(application, {
          rule: "rendered-list",
          ...place(origin(manifest, resourceId(manifest.object))),
          ...problem,
        });
    }
    return rendered.manifests.flatMap((manifest) =>
      normalise(manifest.object, application.manifest, kinds.scopeOf).map(({ object, hooks }, index) => {
        const id = resourceId(object);
        const verdict = manifest.verdicts?.[index];
        return { id, raw: manifest.object, object, hooks, verdict, file: origin(manifest, id) };
      }),
    );
  }
}

/** Why an Application is not rendered whose chart is on another machine: one reason for all of them, with what mends it. */
export const archiveAbsent = "its chart is not on this machine: bun run charts pull";

function place(file: string | undefined): { file?: string } {
  return file === undefined ? {} : { file };
}
