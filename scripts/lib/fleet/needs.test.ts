/** L-4: what an object refers to, and what is legal though it is not there. */
import { describe, expect, test } from "bun:test";

import { deployment, said } from "../../../tests/support/rule.ts";

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: there }\ndata: { a: b }";
const volume = (text: string) => deployment({ pod: `volumes: [{ name: v, ${text} }]` });
const env = (text: string) => deployment({ container: `env: [{ name: A, valueFrom: { ${text} } }]` });
const object = (apiVersion: string, kind: string, rest: string, name = "a") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n${rest}`;
const route = (rest: string) => object("gateway.networking.k8s.io/v1", "HTTPRoute", `spec: { rules: [{ ${rest} }] }`);
const service = (namespace: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: there, namespace: ${namespace} }\nspec: { ports: [{ port: 80 }] }`;
const binding = (kind: string, name: string) =>
  object("rbac.authorization.k8s.io/v1", "RoleBinding", `roleRef: { kind: ${kind}, name: ${name} }`);

describe("L-4: references that were missed", () => {
  const envoy = "gateway.envoyproxy.io/v1alpha1";
  const authority = '{ caCertificateRefs: [{ group: "", kind: Secret, name: gone }] }';
  const missing: [name: string, manifest: string, wanted: string][] = [
    ["a projected Secret", volume("projected: { sources: [{ secret: { name: gone } }] }"), "Secret murima/gone"],
    [
      "a projected ConfigMap",
      volume("projected: { sources: [{ configMap: { name: gone } }] }"),
      "ConfigMap murima/gone",
    ],
    [
      "an item of a ConfigMap",
      volume("configMap: { name: there, items: [{ key: gone, path: x }] }"),
      "the key gone in ConfigMap murima/there",
    ],
    [
      "an item of a projected ConfigMap",
      volume("projected: { sources: [{ configMap: { name: there, items: [{ key: gone, path: x }] } }] }"),
      "the key gone in ConfigMap murima/there",
    ],
    ["a claim", volume("persistentVolumeClaim: { claimName: gone }"), "PersistentVolumeClaim murima/gone"],
    ["the old name of an account", deployment({ pod: "serviceAccount: gone" }), "ServiceAccount murima/gone"],
    [
      "a pull secret of an account",
      object("v1", "ServiceAccount", "imagePullSecrets: [{ name: gone }]"),
      "Secret murima/gone",
    ],
    ["a Role", binding("Role", "gone"), "Role murima/gone"],
    ["a ClusterRole", binding("ClusterRole", "gone"), "ClusterRole gone"],
    [
      "a backend of an Ingress",
      object(
        "networking.k8s.io/v1",
        "Ingress",
        "spec: { rules: [{ http: { paths: [{ backend: { service: { name: gone } } }] } }] }",
      ),
      "Service murima/gone",
    ],
    [
      "the usual backend of an Ingress",
      object("networking.k8s.io/v1", "Ingress", "spec: { defaultBackend: { service: { name: gone } } }"),
      "Service murima/gone",
    ],
    [
      "a mirror",
      route("filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: gone, port: 80 } } }]"),
      "Service murima/gone",
    ],
    ["a backend elsewhere", route("backendRefs: [{ name: gone, namespace: other, port: 80 }]"), "Service other/gone"],
    [
      "a filter of another kind",
      route(
        "filters: [{ type: ExtensionRef, extensionRef: { group: gateway.envoyproxy.io, kind: HTTPRouteFilter, name: gone } }]",
      ),
      "HTTPRouteFilter murima/gone",
    ],
    [
      "the secret of a client of an issuer",
      object(envoy, "SecurityPolicy", "spec: { oidc: { clientSecret: { name: gone } } }"),
      "Secret murima/gone",
    ],
    [
      "the authority of clients",
      object(envoy, "ClientTrafficPolicy", `spec: { tls: { clientValidation: ${authority} } }`),
      "Secret murima/gone",
    ],
    [
      "the authority of a backend",
      object("gateway.networking.k8s.io/v1", "BackendTLSPolicy", `spec: { validation: ${authority} }`),
      "Secret murima/gone",
    ],
    [
      "what proxies show a backend",
      object(envoy, "EnvoyProxy", "spec: { backendTLS: { clientCertificateRef: { name: gone } } }"),
      "Secret murima/gone",
    ],
    [
      "settings of the proxies of one Gateway",
      object(
        "gateway.networking.k8s.io/v1",
        "Gateway",
        "spec: { infrastructure: { parametersRef: { kind: EnvoyProxy, name: gone } } }",
      ),
      "EnvoyProxy murima/gone",
    ],
  ];
  for (const [name, manifest, wanted] of missing)
    test(`L-4: ${name}`, async () =>
      expect(await said("dangling-reference", settings, manifest)).toEqual([`needs ${wanted}, which is not there`]));
});

describe("L-4: twin: what is legal", () => {
  const legal: [name: string, ...manifests: string[]][] = [
    ["an optional key of a Secret", env("secretKeyRef: { name: gone, key: k, optional: true }")],
    [
      "an optional key of a ConfigMap that is there",
      settings,
      env("configMapKeyRef: { name: there, key: gone, optional: true }"),
    ],
    ["an optional envFrom", deployment({ container: "envFrom: [{ secretRef: { name: gone, optional: true } }]" })],
    ["an optional volume", volume("secret: { secretName: gone, optional: true }")],
    ["an optional projected source", volume("projected: { sources: [{ secret: { name: gone, optional: true } }] }")],
    [
      "a backend of another namespace",
      service("other"),
      route("backendRefs: [{ name: there, namespace: other, port: 80 }]"),
    ],
    ["a Service that a StatefulSet only names", object("apps/v1", "StatefulSet", "spec: { serviceName: gone }")],
    [
      "a Role that every cluster has",
      binding("Role", "extension-apiserver-authentication-reader").replace(
        "{ name: a }",
        "{ name: a, namespace: kube-system }",
      ),
    ],
    ["a ClusterRole that every cluster has", binding("ClusterRole", "view")],
    ["an item that is there", settings, volume("configMap: { name: there, items: [{ key: a, path: x }] }")],
  ];
  for (const [name, ...manifests] of legal)
    test(`L-4: twin: ${name}`, async () => expect(await said("dangling-reference", ...manifests)).toEqual([]));
});
