import type { JsonObject } from "../core/json.ts";

/** What the engine writes and reads, a JSON document a line: engine/README.md. */
export interface Greeting {
  protocol: number;
  helm: string;
  kustomize: string;
  kubernetes: string;
}

/** The protocol that this side speaks. */
export const protocol = 2;

export type Answer<Result> = { id: number } & ({ result: Result } | { error: string } | { failed: string });

export interface RenderedDocuments {
  /** With the verdicts about what Argo CD makes of an object, where they were asked for. */
  documents: { template?: string; object?: JsonObject; text?: string; verdicts?: Verdict[] }[];
  warnings: string;
}

/** What an API server says of one object. */
export interface Verdict {
  /** Why there is none. */
  notJudged?: string;
  /** Why it is refused; absent where it is admitted. */
  refusals?: Refusal[];
  /** What that level of Pod Security forbids about its pods. */
  restricted?: Forbidden[];
}

export interface Refusal {
  /** The path as Kubernetes writes it: spec.ports[0].name; empty where it is about the whole. */
  field: string;
  kind: "strict" | "invalid" | "duplicate" | "immutable";
  message: string;
}

export interface Forbidden {
  reason: string;
  detail: string;
}
