import { stringAt } from "../core/json.ts";
import { type Engine, judgedVersions } from "../engine/engine.ts";
import type { Verdict } from "../engine/messages.ts";
import type { Cache } from "../io/cache.ts";
import type { DefinitionStore } from "../io/definitions.ts";
import type { Application } from "./application.ts";

/** Raise it when the form of what is kept in the cache changes. */
const form = 1;

/** What an API server of a minor version says of each object that an Application deploys. */
export type JudgeApplication = (application: Application, kubernetes: string) => Promise<readonly Verdict[]>;

/** Kubernetes' own code, and the definitions of custom kinds that each cluster has. */
export interface Judge {
  engine: Engine;
  definitionsOf: (cluster: string) => DefinitionStore;
}

/** Judges through the cache: the verdict about an object that was judged before is known. */
export function judgeBy({ engine, definitionsOf }: Judge, cache: Cache | undefined): JudgeApplication {
  return async ({ cluster, objects, rendered, manifest, name }, kubernetes) => {
    if (!judgedVersions.includes(kubernetes)) {
      const notJudged = `Kubernetes ${kubernetes} is not judged, only ${judgedVersions.join(" and ")}`;
      return objects.map(() => ({ notJudged }));
    }
    const definitions = definitionsOf(cluster);
    const kinds = new Set(objects.map(({ id }) => definitions.nameOf(id.group, id.kind)));
    kinds.delete(undefined);
    const names = ([...kinds] as string[]).toSorted();
    const namespace = stringAt(manifest, "spec", "destination", "namespace") ?? "";
    const key = keyOf(`${form}`, engine.version, kubernetes, namespace, name, rendered, ...names);
    const known = await cache?.read(key);
    if (known !== undefined) return JSON.parse(known) as Verdict[];
    const verdicts = await engine.judge({
      kubernetes,
      namespace,
      objects: objects.map(({ object }) => object),
      definitions: await definitions.of(objects.map(({ id }) => id)),
    });
    await cache?.write(key, JSON.stringify(verdicts));
    return verdicts;
  };
}

function keyOf(...parts: string[]): string {
  return new Bun.CryptoHasher("sha256").update(["verdict", ...parts].join("\0")).digest("hex");
}
