import { at, listAt, objectAt, stringAt } from "../../core/json.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { type DeployedObject, standingObjects } from "../../fleet/objects.ts";
import { type Reachability, reachabilityOf } from "../../fleet/reachability.ts";
import { selects } from "../../model/selector.ts";
import type { PodClass } from "../../network/network.ts";
import { outsideOf } from "../../network/outside.ts";
import { isEmpty } from "../../network/ports.ts";
import type { Rule } from "../rule.ts";

const inCluster = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/;

export const tokenKeys: Rule = {
  id: "token-keys",
  severity: "error",
  needs: "clusters",
  holds: "A gateway that checks tokens reaches the place that has their keys.",
  because: "Without keys it refuses every token there is: nobody is signed in any more, and no pod looks ill.",
  *check(fleet) {
    const policies = standingObjects(fleet, "SecurityPolicy").filter(({ object }) => at(object, "spec", "jwt"));
    const asking = new Set(policies.map(({ cluster }) => cluster));
    const around = new Map(
      reachabilityOf(fleet)
        .filter(({ cluster }) => asking.has(cluster))
        .map((own) => [own.cluster, aroundProxies(fleet, own)]),
    );
    for (const { cluster, object, at: place } of policies) {
      const own = around.get(cluster);
      if (own === undefined) continue;
      for (const provider of listAt(object, "spec", "jwt", "providers")) {
        const problem = problemOf(stringAt(provider, "remoteJWKS", "uri") ?? "", own);
        if (problem !== undefined) yield { ...place, ...problem };
      }
    }
  },
};

/** What the gateway's proxies of a cluster may reach. */
interface Around {
  /** By NAMESPACE/NAME. */
  services: ReadonlyMap<string, DeployedObject>;
  pods: readonly PodClass[];
  leavesCluster: boolean;
}

function aroundProxies(fleet: Fleet, { cluster, network, reach }: Reachability): Around {
  return {
    services: new Map(
      standingObjects(fleet, "Service")
        .filter((service) => service.cluster === cluster)
        .map((service) => [`${service.id.namespace}/${service.id.name}`, service]),
    ),
    pods: [...reach.flows()].filter(({ from, ports }) => isProxy(from) && !isEmpty(ports)).map(({ to }) => to),
    leavesCluster: network.pods
      .filter(isProxy)
      .some((pod) => outsideOf(reach, pod).some(({ ports }) => !isEmpty(ports))),
  };
}

function problemOf(
  uri: string,
  { services, pods, leavesCluster }: Around,
): { message: string; fix: string } | undefined {
  const host = URL.canParse(uri) ? new URL(uri).hostname : "";
  if (host === "") return { message: `fetches keys from ${uri}, which is no address`, fix: "write a URL" };
  const own = inCluster.exec(host);
  if (own === null) {
    if (leavesCluster) return undefined;
    return {
      message: `fetches keys from ${host}, and no NetworkPolicy lets the gateway's proxies out of the cluster`,
      fix: "include the component peer-tokens of the gateway, or let them out by a policy of their own",
    };
  }
  const name = `${own[2]!}/${own[1]!}`;
  const service = services.get(name);
  if (service === undefined)
    return {
      message: `fetches keys from Service ${name}, which is not there`,
      fix: "correct the address; where auth-service runs on the other cluster, it is the address there",
    };
  const matchLabels = objectAt(service.object, "spec", "selector");
  if (pods.some(({ namespace, labels }) => namespace === own[2] && selects({ matchLabels }, labels))) return undefined;
  return {
    message: `fetches keys from Service ${name}, which the gateway's proxies don't reach`,
    fix: "say route.keys: true in the values of the service",
  };
}

function isProxy({ labels }: PodClass): boolean {
  return at(labels, "app.kubernetes.io/managed-by") === "envoy-gateway";
}
