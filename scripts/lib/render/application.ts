import type { RenderRequest } from "../argocd/application.ts";
import type { JsonObject } from "../core/json.ts";
import type { Verdict } from "../engine/messages.ts";
import type { ResourceId } from "../model/resource.ts";

/** An object of the fleet: as rendered, and as Argo CD applies it. */
export interface FleetObject {
  id: ResourceId;
  raw: JsonObject;
  object: JsonObject;
  /** Phases in which it runs as a hook; empty for what stays. */
  hooks: string[];
  /** What Kubernetes' own code says of it; undefined where the engine was not asked. */
  verdict?: Verdict | undefined;
  /** The file it was written in, as far as that is known: a template, or a manifest among the reads. */
  file: string | undefined;
}

/** An Argo CD Application of one cluster. */
export interface Application {
  cluster: string;
  name: string;
  /** CLUSTER/NAME. */
  id: string;
  manifest: JsonObject;
  /** The folder that an ApplicationSet made it of. */
  folder: string | undefined;
  /** What to render; undefined where its source is not in order. */
  request: RenderRequest | undefined;
  /** Every file its render reads, sorted. */
  reads: string[];
  objects: FleetObject[];
  /** Names all that shaped its objects but its own manifest; empty where it was not rendered. */
  rendered: string;
  /** Why it was not rendered; undefined if it was. */
  notRendered: string | undefined;
  /** Whether its manifests came without starting a program. */
  cached: boolean;
}

/** Values layers that an Application would read if they were there. */
export function absentLayers({ request }: Application): readonly string[] {
  return request?.tool === "helm" ? request.absentValueFiles : [];
}

/** Which of some files, changed, change what an Application renders: also one that came or went. */
export function* filesTouching(application: Application, files: ReadonlySet<string>): Generator<string> {
  const { reads, request } = application;
  for (const file of reads) if (files.has(file)) yield file;
  for (const file of absentLayers(application)) if (files.has(file)) yield file;
  // A template that was removed is read by nobody, and what it made is missing.
  if (request?.tool === "helm") for (const file of files) if (file.startsWith(`${request.chart}/`)) yield file;
}

/** Whether a change of any of these files is a change of what an Application renders. */
export const isTouchedBy = (application: Application, files: ReadonlySet<string>): boolean =>
  filesTouching(application, files).next().done !== true;
