import { at, isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { selects } from "../model/selector.ts";
import { nameLabel } from "../network/network.ts";
import { madeOf } from "../operator/operators.ts";
import type { Fleet } from "./fleet.ts";
import {
  type DeployedObject,
  podKey,
  type PodTemplate,
  podTemplates,
  renderedObjects,
  standingObjects,
} from "./objects.ts";

/** Finds the rendered pods that a peer of a NetworkPolicy means. */
export class Peers {
  readonly #pods: ReadonlyMap<string, readonly PodTemplate[]>;
  /** Labels of the namespaces of each cluster. */
  readonly #namespaces: ReadonlyMap<string, ReadonlyMap<string, Record<string, string>>>;
  readonly #found = new Map<string, PodTemplate[]>();

  constructor(fleet: Fleet) {
    this.#pods = podTemplates(fleet);
    const namespaces = new Map<string, Map<string, Record<string, string>>>();
    for (const { cluster, id, object } of standingObjects(fleet, "Namespace")) {
      const own = namespaces.get(cluster) ?? new Map<string, Record<string, string>>();
      own.set(id.name, { ...(objectAt(object, "metadata", "labels") as Record<string, string>), [nameLabel]: id.name });
      namespaces.set(cluster, own);
    }
    this.#namespaces = namespaces;
  }

  /** Undefined where a peer is no pods: a range of addresses. */
  podsOf(cluster: string, namespace: string, peer: Json): PodTemplate[] | undefined {
    if (at(peer, "ipBlock") !== undefined) return undefined;
    const selector = at(peer, "namespaceSelector");
    const wanted = objectAt(peer, "podSelector");
    const key = `${cluster} ${isObject(selector) ? JSON.stringify(selector) : `=${namespace}`} ${JSON.stringify(wanted)}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      const namespaces = isObject(selector) ? this.#matching(cluster, selector) : [namespace];
      const all = namespaces.flatMap((name) => this.#pods.get(podKey(cluster, name)) ?? []);
      this.#found.set(key, (found = all.filter(({ labels }) => selects(wanted, labels))));
    }
    return found;
  }

  #matching(cluster: string, selector: JsonObject): string[] {
    const all = [...(this.#namespaces.get(cluster) ?? [])];
    return all.filter(([, labels]) => selects(selector, labels)).map(([name]) => name);
  }
}

/** Egress to pods of which there are surely none: of a namespace whose pods are all rendered here. */
export function* emptyDestinations(fleet: Fleet): Iterable<{ policy: DeployedObject; peer: string }> {
  const peers = new Peers(fleet);
  const templates = podTemplates(fleet);
  const opaque = new Set(
    renderedObjects(fleet)
      .filter(({ cluster, object }) => !fleet.kinds(cluster).isOwn(object) && madeOf(object) === undefined)
      .map(({ cluster, id }) => podKey(cluster, id.namespace)),
  );
  const unrendered = new Set(
    fleet.applications.flatMap(({ cluster, notRendered }) => (notRendered === undefined ? [] : [cluster])),
  );
  for (const policy of renderedObjects(fleet, "NetworkPolicy")) {
    const { cluster, id, object } = policy;
    if (unrendered.has(cluster)) continue;
    for (const peer of listAt(object, "spec", "egress").flatMap((rule) => listAt(rule, "to"))) {
      const namespace = at(peer, "namespaceSelector") === undefined ? id.namespace : namespaceOf(peer);
      const labels = objectAt(peer, "podSelector", "matchLabels");
      if (namespace === undefined || Object.keys(labels).length === 0) continue;
      const key = podKey(cluster, namespace);
      if (opaque.has(key) || !templates.has(key) || peers.podsOf(cluster, id.namespace, peer)?.length !== 0) continue;
      const said = Object.entries(labels).map(([label, value]) => `${label}=${value as string}`);
      yield { policy, peer: `${said.join(", ")} in ${namespace}` };
    }
  }
}

/** The one namespace that a peer names, if it does so by name. */
function namespaceOf(peer: Json): string | undefined {
  return stringAt(peer, "namespaceSelector", "matchLabels", nameLabel);
}
