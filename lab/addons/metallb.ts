import path from "node:path";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { type JsonObject, stringAt } from "../../scripts/lib/core/json.ts";
import type { ControlPlane } from "../control-plane.ts";
import { eventually, kept, type LabAddon, refusal } from "./addon.ts";

const namespace = "metallb-system";

const pool = (name: string, range: string): JsonObject => ({
  apiVersion: "metallb.io/v1beta1",
  kind: "IPAddressPool",
  metadata: { name, namespace },
  spec: { addresses: [range] },
});

const service = (name: string, loadBalancerClass: string): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { type: "LoadBalancer", loadBalancerClass, selector: { app: name }, ports: [{ port: 443, protocol: "TCP" }] },
});

async function assigned(plane: ControlPlane): Promise<string> {
  await kept(plane, pool("lab", "192.0.2.16/30"));
  await kept(plane, service("lab-foreign", "example.com/another"));
  await kept(plane, service("lab", "metallb.io/metallb"));
  const address = async (name: string) => {
    const { body } = await plane.api.request("GET", `/api/v1/namespaces/default/services/${name}`);
    return stringAt(body, "status", "loadBalancer", "ingress", 0, "ip");
  };
  const { ip } = await eventually(plane, "an address of the Service", async () => {
    const ip = await address("lab");
    return ip === undefined ? "it has none yet" : { ip };
  });
  if (!/^192\.0\.2\.1[6-9]$/.test(ip)) throw new ToolError(`the Service has ${ip}, which is not of the pool`);
  if ((await address("lab-foreign")) !== undefined)
    throw new ToolError("a Service of another class has an address too");
  return `${ip} out of 192.0.2.16/30, and none for a Service of another class`;
}

async function webhookRefuses({ api }: ControlPlane): Promise<string> {
  return refusal(api, pool("lab-overlap", "192.0.2.18/31"));
}

export const metallb: LabAddon = {
  addon: "metallb",
  needs: "metallb",
  programs: (built) => [
    {
      namespace,
      deployment: "metallb-controller",
      // It has no eye on its standard input. Its webhook listens on 9443, whatever it is told.
      command: [process.execPath, path.join(import.meta.dirname, "../leash.ts"), built],
      ports: [17_472],
      more: (portOf, root) => [
        "--port=0",
        `--health-probe-port=${portOf(17_472)}`,
        `--cert-dir=${root}/tmp/k8s-webhook-server/serving-certs`,
      ],
      env: { METALLB_NAMESPACE: namespace },
    },
  ],
  proofs: [
    { what: "an address of a pool for a Service of the type LoadBalancer", see: assigned },
    { what: "the webhook refuses a pool that overlaps another", see: webhookRefuses },
  ],
};
