import { at, listAt, objectAt, stringAt } from "../../core/json.ts";
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
    const clusters = new Map(reachabilityOf(fleet).map((own) => [own.cluster, own]));
    for (const policy of standingObjects(fleet, "SecurityPolicy")) {
      const { cluster, object, at: place } = policy;
      const services = standingObjects(fleet, "Service").filter((other) => other.cluster === cluster);
      for (const provider of listAt(object, "spec", "jwt", "providers")) {
        const uri = stringAt(provider, "remoteJWKS", "uri") ?? "";
        const reachability = clusters.get(cluster);
        const problem = reachability === undefined ? undefined : problemOf(uri, services, reachability);
        if (problem !== undefined) yield { ...place, ...problem };
      }
    }
  },
};

function problemOf(
  uri: string,
  services: readonly DeployedObject[],
  { network, reach }: Reachability,
): { message: string; fix: string } | undefined {
  const host = URL.canParse(uri) ? new URL(uri).hostname : "";
  if (host === "") return { message: `fetches keys from ${uri}, which is no address`, fix: "write a URL" };
  const proxies = network.pods.filter(isProxy);
  const own = inCluster.exec(host);
  if (own === null) {
    const isOpen = proxies.some((pod) => outsideOf(reach, pod).some(({ ports }) => !isEmpty(ports)));
    if (isOpen) return undefined;
    return {
      message: `fetches keys from ${host}, and no NetworkPolicy lets the gateway's proxies out of the cluster`,
      fix: "include the component peer-tokens of the gateway, or let them out by a policy of their own",
    };
  }
  const [, name, namespace] = own;
  const service = services.find(({ id }) => id.name === name && id.namespace === namespace);
  if (service === undefined)
    return {
      message: `fetches keys from Service ${namespace!}/${name!}, which is not there`,
      fix: "correct the address; where auth-service runs on the other cluster, it is the address there",
    };
  const matchLabels = objectAt(service.object, "spec", "selector");
  const isOpen = [...reach.flows()].some(
    ({ from, to, ports }) =>
      isProxy(from) && to.namespace === namespace && selects({ matchLabels }, to.labels) && !isEmpty(ports),
  );
  if (isOpen) return undefined;
  return {
    message: `fetches keys from Service ${namespace!}/${name!}, which the gateway's proxies don't reach`,
    fix: "say route.keys: true in the values of the service",
  };
}

function isProxy({ labels }: PodClass): boolean {
  return at(labels, "app.kubernetes.io/managed-by") === "envoy-gateway";
}
