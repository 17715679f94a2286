import { availableParallelism } from "node:os";

import { satisfies } from "semver";

import type { RenderRequest } from "../argocd/application.ts";
import { ToolError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { findEngine } from "../io/engine-program.ts";
import { LineProcess } from "../io/line-process.ts";
import { required } from "../io/tools.ts";
import type { Tree } from "../repo/tree.ts";
import { type Greeting, protocol, type RenderedDocuments, type Verdict } from "./messages.ts";
import { type Job, Pool } from "./pool.ts";

type Env = Record<string, string | undefined>;

/** What has to be known of the API server that is asked. */
export interface Server {
  /** Minor version, as 1.36. */
  kubernetes: string;
  /** That of namespaced objects that name none. */
  namespace: string;
  /** CustomResourceDefinitions by names that tell them from all others. */
  definitions: ReadonlyMap<string, JsonObject>;
}

/** What a judge is asked. */
export interface JudgeRequest extends Server {
  objects: readonly JsonObject[];
  /** What each replaces; null where it is new. */
  before?: readonly (JsonObject | null)[];
}

/** Goes with a render: what Argo CD makes of its objects is judged in the same answer. */
export interface Deploy extends Server {
  /** Name of the Application. */
  application: string;
}

/** Minor versions of Kubernetes that the engine passes for: it is linked with the last, and emulates the first. */
export const judgedVersions = ["1.35", "1.36"];

/** Bytes of memory at which a process gives a request up. */
const memory = 1024 ** 3;

/** The engine, running as many processes as cores: Helm, Kustomize and Kubernetes' own validation without their start. */
export class Engine {
  /** Tells its results from those of other engines and of the stock programs. */
  readonly version: string;
  readonly #pool: Pool;
  readonly #numbers = new Map<string, number>();

  constructor(program: string, identity: string, timeout: number) {
    this.version = `engine ${identity}`;
    const env = { GOMEMLIMIT: `${memory}`, GOGC: "400", GOMAXPROCS: "2", ENGINE_MEMORY: `${memory}` };
    this.#pool = new Pool({
      start: () => new LineProcess(program, env),
      accept: mismatch,
      most: availableParallelism(),
      timeout,
    });
  }

  async render(
    request: RenderRequest,
    files: readonly string[],
    tree: Tree,
    deploy?: Deploy,
  ): Promise<RenderedDocuments & { json: string }> {
    const numbers: Record<string, number> = {};
    const contents = new Map<string, () => object>();
    for (const file of files) {
      const hash = tree.hash(file);
      let number = this.#numbers.get(hash);
      if (number === undefined) this.#numbers.set(hash, (number = this.#numbers.size));
      numbers[file] = number;
      contents.set(String(number), () => contentOf(tree.bytes(file)));
    }
    const { tool, ...rest } = request;
    const { definitions, ...server } = deploy ?? { definitions: new Map<string, JsonObject>() };
    const { result, json } = await this.#pool.ask({
      parts: [...contents.keys(), ...definitions.keys()],
      message: (missing) => ({
        [tool]: { ...rest, files: numbers },
        contents: partsOf(missing, (part) => contents.get(part)?.()),
        definitions: partsOf(missing, (part) => definitions.get(part)),
        ...(deploy === undefined ? {} : { deploy: { ...server, definitions: [...definitions.keys()] } }),
      }),
    });
    return { ...(result as RenderedDocuments), json };
  }

  /** A verdict for each object. */
  async judge({ definitions, ...request }: JudgeRequest): Promise<Verdict[]> {
    const names = [...definitions.keys()];
    const job: Job = {
      parts: names,
      message: (missing) => ({
        judge: { ...request, definitions: names },
        definitions: partsOf(missing, (name) => definitions.get(name)),
      }),
    };
    try {
      return ((await this.#pool.ask(job)).result as { verdicts: Verdict[] }).verdicts;
    } catch (error) {
      // It judges whatever it is given: what it can't is its own failure, or that of a definition.
      throw error instanceof ToolError ? error : new ToolError(`the engine can't judge: ${(error as Error).message}`);
    }
  }
}

const running = new Map<string, Engine>();

/** The engine of this machine; undefined where there is none. A process has one: what it was sent once it knows. */
export async function engineOf(env: Env, timeout: number): Promise<Engine | undefined> {
  const found = await findEngine(env);
  if (found === undefined) return undefined;
  const key = `${found.program} ${timeout}`;
  let engine = running.get(key);
  if (engine === undefined) running.set(key, (engine = new Engine(found.program, found.identity, timeout)));
  return engine;
}

/** Those of the missing parts that are of one kind, with what they hold. */
function partsOf(missing: readonly string[], content: (part: string) => object | undefined): Record<string, object> {
  return Object.fromEntries(
    missing.flatMap((part) => {
      const held = content(part);
      return held === undefined ? [] : [[part, held]];
    }),
  );
}

function contentOf(bytes: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}

/** Why an engine does not do: it would render or judge otherwise than this version of the commands says. */
function mismatch({ protocol: spoken, helm, kubernetes }: Greeting): string | undefined {
  if (spoken !== protocol) return `speaks protocol ${spoken}, not ${protocol}: build it again (bun run engine)`;
  if (!satisfies(helm, required.helm)) return `has Helm ${helm}; needed is ${required.helm}`;
  if (!judgedVersions.some((minor) => kubernetes.startsWith(`${minor}.`)))
    return `has Kubernetes ${kubernetes}; needed is ${judgedVersions.at(-1)}`;
  return undefined;
}
