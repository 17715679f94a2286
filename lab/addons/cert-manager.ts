import { X509Certificate } from "node:crypto";

import { ToolError } from "../../scripts/lib/core/errors.ts";
import { type JsonObject, listAt, objectAt, stringAt } from "../../scripts/lib/core/json.ts";
import type { ControlPlane } from "../control-plane.ts";
import { eventually, kept, type LabAddon, refusal } from "./addon.ts";

const namespace = "cert-manager";
const apiVersion = "cert-manager.io/v1";

const issuer = (name: string, spec: JsonObject): JsonObject => ({
  apiVersion,
  kind: "ClusterIssuer",
  metadata: { name },
  spec,
});

const certificate = (name: string, own: string, spec: JsonObject): JsonObject => ({
  apiVersion,
  kind: "Certificate",
  metadata: { name, namespace: own },
  spec: { secretName: name, privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" }, ...spec },
});

/** The certificate that was issued, once its Certificate is ready. */
async function issued(plane: ControlPlane, own: string, name: string): Promise<X509Certificate> {
  return eventually(plane, `the certificate ${name}`, async () => {
    const path = `/apis/cert-manager.io/v1/namespaces/${own}/certificates/${name}`;
    const { body } = await plane.api.request("GET", path);
    const conditions = listAt(body, "status", "conditions");
    const ready = conditions.find((condition) => stringAt(condition, "type") === "Ready");
    if (stringAt(ready, "status") !== "True") return stringAt(ready, "message") ?? "it has no condition yet";
    const secret = await plane.api.request("GET", `/api/v1/namespaces/${own}/secrets/${name}`);
    return new X509Certificate(Buffer.from(stringAt(secret.body, "data", "tls.crt") ?? "", "base64"));
  });
}

/** A root that signs itself, and an issuer that signs with it. */
async function selfSigned(plane: ControlPlane): Promise<string> {
  await kept(plane, issuer("lab-self-signed", { selfSigned: {} }));
  const issuerRef = { name: "lab-self-signed", kind: "ClusterIssuer" };
  await kept(plane, certificate("lab-root", namespace, { isCA: true, commonName: "lab root", issuerRef }));
  const root = await issued(plane, namespace, "lab-root");
  if (!root.ca || !root.verify(root.publicKey)) throw new ToolError("the root did not sign itself");
  return `${root.subject}, signed by itself`;
}

async function byAuthority(plane: ControlPlane): Promise<string> {
  await kept(plane, issuer("lab-authority", { ca: { secretName: "lab-root" } }));
  const issuerRef = { name: "lab-authority", kind: "ClusterIssuer" };
  const host = "app.lab.example.com";
  await kept(plane, certificate("lab-host", "default", { dnsNames: [host], issuerRef }));
  const [root, leaf] = [await issued(plane, namespace, "lab-root"), await issued(plane, "default", "lab-host")];
  if (!leaf.verify(root.publicKey) || leaf.checkHost(host) === undefined)
    throw new ToolError(`the certificate of ${host} is not of the root: ${leaf.subjectAltName ?? "no names"}`);
  return `${leaf.subjectAltName ?? ""}, signed by ${root.subject}, in another namespace`;
}

async function webhookRefuses({ api }: ControlPlane): Promise<string> {
  const none = certificate("lab-none", "default", { issuerRef: { name: "lab-authority", kind: "ClusterIssuer" } });
  return refusal(api, none);
}

/** The API server trusts the webhook because of what the injector wrote, not because of what the chart has. */
async function injected({ api }: ControlPlane): Promise<string> {
  const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cert-manager-webhook";
  const { body } = await api.request("GET", path);
  const bundle = stringAt(listAt(body, "webhooks")[0], "clientConfig", "caBundle") ?? "";
  const authority = new X509Certificate(Buffer.from(bundle, "base64"));
  const managers = listAt(body, "metadata", "managedFields").map((entry) => stringAt(entry, "manager"));
  const fields = objectAt(body, "metadata", "annotations");
  return `${authority.subject} (${Object.keys(fields).includes("cert-manager.io/inject-ca-from-secret") ? "asked for by its annotation" : "unasked"}, by ${managers.join(" and ")})`;
}

export const certManager: LabAddon = {
  addon: "cert-manager",
  needs: "cert-manager",
  programs: (built) => [
    {
      namespace,
      deployment: "cert-manager",
      command: [built, "controller"],
      ports: [],
      more: () => [],
    },
    {
      namespace,
      deployment: "cert-manager-cainjector",
      command: [built, "cainjector"],
      ports: [],
      more: () => [],
    },
    {
      namespace,
      deployment: "cert-manager-webhook",
      command: [built, "webhook"],
      ports: [10_250, 6080],
      more: ({ portOf }) => [
        `--secure-port=${portOf(10_250)}`,
        `--healthz-port=${portOf(6080)}`,
        "--metrics-listen-address=0",
      ],
    },
  ],
  proofs: [
    { what: "a certificate of a self-signed issuer", see: selfSigned },
    { what: "a certificate of a CA issuer", see: byAuthority },
    { what: "the webhook refuses a certificate without a name", see: webhookRefuses },
    { what: "the injector gives the webhook's CA to the API server", see: injected },
  ],
};
