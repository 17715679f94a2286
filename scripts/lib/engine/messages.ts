import type { JsonObject } from "../core/json.ts";

/** What the engine writes and reads, a JSON document a line: engine/README.md. */
export interface Greeting {
  protocol: number;
  helm: string;
  kustomize: string;
  kubernetes: string;
}

/** The protocol that this side speaks. */
export const protocol = 1;

export type Answer<Result> = { id: number } & ({ result: Result } | { error: string } | { failed: string });

export interface RenderedDocuments {
  documents: { template?: string; object?: JsonObject; text?: string }[];
  warnings: string;
  /** Those of the files it was given that it read. */
  reads: string[];
}

/** What an API server says of one object. */
export interface Verdict {
  /** Why there is none. */
  notJudged?: string;
  /** Why it is refused; absent where it is admitted. */
  refusals?: Refusal[];
  /** What the levels of Pod Security forbid about its pods. */
  baseline?: Forbidden[];
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
