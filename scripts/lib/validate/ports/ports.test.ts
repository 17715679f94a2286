/** K6: names and numbers of ports, followed both ways. */
import { describe, expect, test } from "bun:test";

import { deployment, said } from "../../../../tests/support/rule.ts";

const app = deployment();
const service = (target: string, more = "") =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: app, labels: { app: app } }\nspec: { selector: { app: app }, ports: [{ name: web, port: 80, targetPort: ${target}${more} }] }`;
const monitor = (endpoint: string) =>
  `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: app }\nspec: { selector: { matchLabels: { app: app } }, endpoints: [{ ${endpoint} }] }`;
const route = (backend: string) =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: app }\nspec: { rules: [{ backendRefs: [{ ${backend} }] }] }`;
const policy = (rule: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: app }\nspec: { podSelector: { matchLabels: { app: app } }, ${rule} }`;
const probe = (port: string) => deployment({ container: `livenessProbe: { httpGet: { port: ${port} } }` });
const toApp = "to: [{ podSelector: { matchLabels: { app: app } } }]";

const cases: [name: string, bad: string[], message: RegExp, good: string[]][] = [
  ["a probe", [probe("htpp")], /livenessProbe at the port htpp/, [probe("http")]],
  ["a probe by number", [probe("htpp")], /htpp/, [probe("8081")]],
  [
    "a hook",
    [deployment({ container: "lifecycle: { preStop: { httpGet: { port: gone } } }" })],
    /preStop at the port gone/,
    [deployment({ container: "lifecycle: { preStop: { httpGet: { port: http } } }" })],
  ],
  ["targetPort by name", [app, service("htpp")], /leads to the port htpp/, [app, service("http")]],
  ["targetPort by number", [app, service("80")], /leads to the port 80/, [app, service("8080")]],
  [
    "targetPort of another protocol",
    [app, service("8080", ", protocol: UDP")],
    /8080 \(UDP\)/,
    [app, service("8080", ", protocol: TCP")],
  ],
  [
    "a monitor's port",
    [app, service("http"), monitor("port: http")],
    /scrapes the port http/,
    [app, service("http"), monitor("port: web")],
  ],
  [
    "B1 a monitor's targetPort",
    [app, service("http"), monitor("targetPort: gone")],
    /scrapes the port gone, which no pod/,
    [app, service("http"), monitor("targetPort: metrics")],
  ],
  [
    "a monitor's targetPort by number",
    [app, service("http"), monitor("targetPort: 9")],
    /scrapes the port 9, which no pod/,
    [app, service("http"), monitor("targetPort: 9090")],
  ],
  [
    "a route's port",
    [app, service("http"), route("name: app, port: 8080")],
    /port 8080 of the Service app, which has 80/,
    [app, service("http"), route("name: app, port: 80")],
  ],
  [
    "a route without port",
    [app, service("http"), route("name: app")],
    /names no port of the Service app/,
    [app, service("http"), route("name: app, port: 80")],
  ],
  [
    "ingress of a policy",
    [app, policy("ingress: [{ ports: [{ port: 80 }] }]")],
    /opens the port 80, which no pod it selects has/,
    [app, policy("ingress: [{ ports: [{ port: 8080 }] }]")],
  ],
  [
    "ingress of a policy by name",
    [app, policy("ingress: [{ ports: [{ port: web }] }]")],
    /opens the port web/,
    [app, policy("ingress: [{ ports: [{ port: http }] }]")],
  ],
  [
    "ingress of a policy by range",
    [app, policy("ingress: [{ ports: [{ port: 80, endPort: 90 }] }]")],
    /opens the port 80 to 90/,
    [app, policy("ingress: [{ ports: [{ port: 8000, endPort: 9000 }] }]")],
  ],
  [
    "egress of a policy",
    [app, policy(`egress: [{ ${toApp}, ports: [{ port: 80 }] }]`)],
    /opens the port 80, which no pod it leads to has/,
    [app, policy(`egress: [{ ${toApp}, ports: [{ port: http }] }]`)],
  ],
  [
    "egress to pods that are not known",
    [app, policy(`egress: [{ ${toApp}, ports: [{ port: 80 }] }]`)],
    /80/,
    [
      app,
      policy(
        "egress: [{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ports: [{ port: 53, protocol: UDP }] }]",
      ),
    ],
  ],
  [
    "egress to addresses",
    [app, policy(`egress: [{ ${toApp}, ports: [{ port: 80 }] }]`)],
    /80/,
    [app, policy("egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 443 }] }]")],
  ],
  [
    "ingress of pods that list no port",
    [app, policy("ingress: [{ ports: [{ port: 80 }] }]")],
    /80/,
    [app.replace(/ports: .*/, ""), policy("ingress: [{ ports: [{ port: 80 }] }]")],
  ],
];

describe("K6: what names a port, names one that is there", () => {
  for (const [name, bad, message, good] of cases)
    test(`K6: ${name}`, async () => {
      expect((await said("port-match", ...bad)).join("\n")).toMatch(message);
      expect(await said("port-match", ...good)).toEqual([]);
    });
});

describe("K6: egress to pods of which there are none", () => {
  const to = (label: string) => policy(`egress: [{ to: [{ podSelector: { matchLabels: { app: ${label} } } }] }]`);
  test("K6: in a namespace whose pods are all rendered", async () =>
    expect(await said("selector-match", app, to("ap"))).toEqual([
      "leads to pods with app=ap in murima, and there are none",
    ]));
  test("K6: twin: in a namespace where an operator makes pods", async () => {
    const cluster = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: a }";
    const operated = "apiVersion: apps.example/v1\nkind: Database\nmetadata: { name: a }";
    expect(await said("selector-match", app, to("ap"), cluster)).toHaveLength(1);
    expect(await said("selector-match", app, to("ap"), operated)).toEqual([]);
  });
  test("K6: twin: pods that are there; where nothing is rendered", async () => {
    expect(await said("selector-match", app, to("app"))).toEqual([]);
    const elsewhere = policy(
      "egress: [{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: stores } }, podSelector: { matchLabels: { app: a } } }] }]",
    );
    expect(await said("selector-match", app, elsewhere)).toEqual([]);
  });
});
