import { type JsonObject, stringAt } from "../core/json.ts";
import { type Deploy, type Engine, judgedVersions } from "../engine/engine.ts";
import type { Verdict } from "../engine/messages.ts";
import type { Cache } from "../io/cache.ts";
import type { DefinitionStore } from "../io/definitions.ts";
import type { Application, FleetObject } from "./application.ts";

/** Raise it when the form of what is kept in the cache changes. */
const form = 2;

/** Kubernetes' own code, and the definitions of custom kinds that each cluster has. */
export interface Judge {
  engine: Engine;
  definitionsOf: (cluster: string) => DefinitionStore;
}

/** What an API server says of each object that an Application deploys. */
export interface ApplicationJudge {
  /** Goes with its render, so that most verdicts come with the objects; undefined where its cluster's version is not judged. */
  deploy: (application: Application) => Deploy | undefined;
  /** Those that did not come, known or asked for; all of them, in the order of the objects. */
  verdicts: (application: Application) => Promise<readonly Verdict[]>;
}

/** Judges through the cache: the verdict about an object that was judged before is known. */
export function judgeBy(
  { engine, definitionsOf }: Judge,
  kubernetesOf: (cluster: string) => string,
  cache: Cache | undefined,
): ApplicationJudge {
  /** Definitions of kinds that were met: each goes with every render from then on, to tell of which would take the render. */
  const met = new Map<DefinitionStore, Map<string, JsonObject>>();
  const metIn = (definitions: DefinitionStore) => {
    let found = met.get(definitions);
    if (found === undefined) met.set(definitions, (found = new Map()));
    return found;
  };
  return {
    deploy({ cluster, manifest, name }) {
      const kubernetes = kubernetesOf(cluster);
      if (!judgedVersions.includes(kubernetes)) return undefined;
      const definitions = metIn(definitionsOf(cluster));
      return { kubernetes, namespace: namespaceOf(manifest), application: name, definitions };
    },

    async verdicts({ cluster, objects, rendered, manifest, name }) {
      const kubernetes = kubernetesOf(cluster);
      if (!judgedVersions.includes(kubernetes)) {
        const notJudged = `Kubernetes ${kubernetes} is not judged, only ${judgedVersions.join(" and ")}`;
        return objects.map(() => ({ notJudged }));
      }
      const definitions = definitionsOf(cluster);
      const names = new Set(objects.map(({ id }) => definitions.nameOf(id.group, id.kind)));
      names.delete(undefined);
      const namespace = namespaceOf(manifest);
      const key = keyOf(
        `${form}`,
        engine.version,
        kubernetes,
        namespace,
        name,
        rendered,
        ...([...names] as string[]).toSorted(),
      );
      const open = objects.filter((object) => isOpen(object, definitions));
      if (open.length > 0) {
        const known = await cache?.read(key);
        if (known !== undefined) return JSON.parse(known) as Verdict[];
        const needed = await definitions.of(open.map(({ id }) => id));
        const given = await engine.judge({
          kubernetes,
          namespace,
          objects: open.map(({ object }) => object),
          definitions: needed,
        });
        for (const [index, object] of open.entries()) object.verdict = given[index]!;
        for (const [hash, definition] of needed) metIn(definitions).set(hash, definition);
      }
      const verdicts = objects.map(({ verdict }) => verdict!);
      await cache?.write(key, JSON.stringify(verdicts));
      return verdicts;
    },
  };
}

/** Whether an object came without a verdict, or its definition did not go along. */
function isOpen({ id, verdict }: FleetObject, definitions: DefinitionStore): boolean {
  if (verdict === undefined) return true;
  return verdict.notJudged !== undefined && definitions.nameOf(id.group, id.kind) !== undefined;
}

function namespaceOf(manifest: JsonObject): string {
  return stringAt(manifest, "spec", "destination", "namespace") ?? "";
}

function keyOf(...parts: string[]): string {
  return new Bun.CryptoHasher("sha256").update(["verdict", ...parts].join("\0")).digest("hex");
}
