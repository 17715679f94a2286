import { posix } from "node:path";

import { at, isObject, objectAt, stringsAt } from "../core/json.ts";
import type { JsonObject } from "../core/json.ts";
import { modelOf } from "../model/deployment-model.ts";
import type { Cluster, Environment } from "../model/generated.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { serviceValueFiles } from "../repo/layout.ts";
import { serviceValues } from "../repo/service-values.ts";
import { type StoreName, storeNames } from "../store/account.ts";

type Spec = Cluster["spec"];

/** A cluster as it is put together: its facts, its environment, and what runs there. */
export interface Plan {
  spec: Spec;
  environment: Environment["spec"];
  services: readonly string[];
  stores: readonly StoreName[];
  /** Whether a worker of a service there takes work from a queue. */
  hasQueues: boolean;
  /** Addons that an archive is locked of: the others can't be placed yet. */
  locked: ReadonlySet<string>;
}

/** An addon, the APIs that it brings, and which clusters have it: every one, if nothing is said. */
interface Part {
  addon: string;
  apis?: readonly string[];
  where?: (plan: Plan) => boolean;
}

const onAws = ({ spec }: Plan) => spec.provider === "aws";
const onPremises = ({ spec }: Plan) => spec.provider === "on-premises";
const operated =
  (...stores: readonly StoreName[]) =>
  (plan: Plan) =>
    plan.spec.stores.mode === "operator" && stores.some((store) => plan.stores.includes(store));

/** What a cluster is made of beside our own services, by its facts. docs/models.md shows it to people. */
export const addonParts: readonly Part[] = [
  { addon: "argocd", apis: ["argoproj.io/v1alpha1"] },
  { addon: "cert-manager", apis: ["cert-manager.io/v1"] },
  {
    addon: "cloudnative-pg",
    apis: ["postgresql.cnpg.io/v1"],
    where: operated("postgresql"),
  },
  {
    addon: "eck-operator",
    apis: ["elasticsearch.k8s.elastic.co/v1", "kibana.k8s.elastic.co/v1"],
    where: operated("elasticsearch"),
  },
  { addon: "envoy-gateway", apis: ["gateway.envoyproxy.io/v1alpha1", "gateway.networking.k8s.io/v1"] },
  { addon: "external-dns", where: onAws },
  { addon: "fluent-bit" },
  // Workers are scaled by their queues where customers wait for them.
  {
    addon: "keda",
    apis: ["keda.sh/v1alpha1"],
    where: ({ environment, hasQueues }) => hasQueues && environment.recovery !== undefined,
  },
  { addon: "kube-prometheus" },
  { addon: "local-path", where: onPremises },
  { addon: "metallb", where: onPremises },
  { addon: "metrics-server" },
  { addon: "node-exporter" },
  { addon: "plugin-barman-cloud", apis: ["barmancloud.cnpg.io/v1"], where: operated("postgresql") },
  { addon: "prometheus-operator", apis: ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1alpha1"] },
  { addon: "psmdb-operator", apis: ["psmdb.percona.com/v1"], where: operated("mongodb") },
  { addon: "rabbitmq-cluster-operator", apis: ["rabbitmq.com/v1beta1"], where: operated("rabbitmq") },
  { addon: "rabbitmq-topology-operator", apis: ["rabbitmq.com/v1beta1"] },
  { addon: "redis-operator", apis: ["redis.redis.opstreelabs.in/v1beta2"], where: operated("redis") },
  { addon: "snapshot-controller", where: onAws },
  { addon: "sops-operator", apis: ["addons.projectcapsule.dev/v1alpha1"] },
  { addon: "tigera-operator", where: ({ spec }) => spec.provider === "on-premises" && spec.cni.name === "calico" },
  { addon: "trust-manager", apis: ["trust.cert-manager.io/v1alpha1"] },
  { addon: "velero", where: ({ environment, spec }) => spec.provider !== "kind" && environment.recovery !== undefined },
];

/** The addons that a cluster is to have, sorted. */
export const addonsOf = (plan: Plan): string[] => partsOf(plan).map(({ addon }) => addon);
/** Those of them that it can have. */
export const placeableAddonsOf = (plan: Plan): string[] => addonsOf(plan).filter((addon) => plan.locked.has(addon));

/** The APIs that its charts may ask for, sorted. */
export const apisOf = (plan: Plan): string[] => [...new Set(partsOf(plan).flatMap(({ apis = [] }) => apis))].toSorted();

const partsOf = (plan: Plan) => addonParts.filter(({ where }) => where?.(plan) ?? true);

/** What runs on a cluster follows from its services: their stores, and whether they wait for queues. */
export function planOf(content: Content, name: string, spec: Spec, services: readonly string[]): Plan {
  const { environment } = spec;
  const values = services.map((service): JsonObject => {
    const found = serviceValues(content, serviceValueFiles({ service, environment, cluster: name }));
    return isObject(found) ? found : {};
  });
  const needed = new Set(values.flatMap((own) => stringsAt(own, "dependsOn", "stores")));
  return {
    spec,
    environment: content.documents.environments.get(environment)!.document.spec,
    services,
    stores: storeNames.filter((store) => needed.has(store)),
    locked: new Set(content.documents.addonLocks.keys()),
    hasQueues: values.some((own) =>
      Object.values(objectAt(own, "workers")).some((worker) => at(worker, "queues") !== undefined),
    ),
  };
}

/** A kustomization of a cluster: what it lists, from the root of the repository. */
export interface Overlay {
  /** Its folder. */
  folder: string;
  resources: readonly string[];
  components?: readonly string[];
  patches?: readonly string[];
}

/** Every kustomization of a cluster but those of its grants. */
export function overlaysOf(content: Content, name: string, plan: Plan): Overlay[] {
  return [...rootOf(name, plan), ...platformOf(content, name, plan), ...storesOf(content, name, plan)];
}

function rootOf(name: string, { spec }: Plan): Overlay[] {
  const folder = pathOf("cluster", { cluster: name });
  return [
    { folder: `${folder}/facts`, resources: [`${folder}/facts/cluster.yaml`] },
    {
      folder,
      resources: [pathOf("clusterBase", {}), `${folder}/facts`],
      components: [
        pathOf("environmentPart", { environment: spec.environment, part: "argocd" }),
        pathOf("clusterComponent", { component: "facts" }),
        ...(spec.peer === undefined ? [] : [pathOf("clusterComponent", { component: "peer" })]),
      ],
    },
  ];
}

function platformOf({ tree }: Content, name: string, plan: Plan): Overlay[] {
  const { spec } = plan;
  const facts = pathOf("cluster", { cluster: name }, "facts");
  const copied = pathOf("clusterComponent", { component: "facts" });
  const definition = (part: string, component?: string) =>
    pathOf("platformDefinition", { part }, component === undefined ? "" : `components/${component}`);
  /** What the environment makes of a part, where it has something to say. */
  const ofEnvironment = (part: string) =>
    [pathOf("environmentPart", { environment: spec.environment, part })].filter((folder) =>
      tree.has(`${folder}/kustomization.yaml`),
    );
  const overlay = (part: string, own: Omit<Overlay, "folder">): Overlay => ({
    folder: pathOf("platform", { cluster: name, part }),
    ...own,
  });
  const isPlatforms = modelOf({ spec } as Cluster).hosts === "platform";
  const isPeer = spec.peer !== undefined;
  const isAws = spec.provider === "aws";
  const isOperated = spec.stores.mode === "operator";
  const authority = { aws: "letsencrypt", kind: "local", "on-premises": "given" }[spec.provider];
  const addons = placeableAddonsOf(plan);
  const runs = (addon: string) => addons.includes(addon);
  // Who is told of alerts is Alertmanager's to know.
  const isTold = spec.alerts !== undefined && runs("kube-prometheus");
  const managers = addons
    .map((addon) => pathOf("addonDefinition", { addon }, `namespace/components/${spec.stores.mode}`))
    .filter((folder) => tree.has(`${folder}/kustomization.yaml`));
  return [
    overlay("alerts", {
      resources: [...(isTold ? [facts] : []), definition("alerts")],
      components: [definition("alerts", isTold ? "mail" : "quiet")],
    }),
    overlay("authorities", {
      resources: [...(isAws ? [facts] : []), definition("authorities")],
      components: [definition("authorities", authority), ...(isPeer ? [definition("authorities", "peer")] : [])],
    }),
    overlay("consoles", {
      resources: [facts, definition("consoles")],
      components: [
        ...(runs("argocd") ? [definition("consoles", "argocd")] : []),
        ...(isAws ? [definition("consoles", "aws")] : []),
        ...(runs("kube-prometheus") ? [definition("consoles", "grafana")] : []),
        ...(isOperated && plan.stores.includes("elasticsearch") ? [definition("consoles", "kibana")] : []),
        copied,
      ],
    }),
    overlay("dashboards", {
      resources: [definition("dashboards")],
      components: isOperated ? [definition("dashboards", "stores")] : [],
    }),
    overlay("firewall", {
      resources: [definition("firewall"), facts],
      components: [copied, ...ofEnvironment("firewall")],
    }),
    overlay("gateway", {
      resources: [
        facts,
        definition("gateway"),
        ...(isPlatforms ? [pathOf("environmentPart", { environment: spec.environment, part: "facts" })] : []),
        ...(isPeer ? [pathOf("platform", { cluster: name, part: "gateway" }, "peer.yaml")] : []),
      ],
      components: [
        ...(isAws ? [definition("gateway", "aws")] : []),
        ...(isPeer ? [definition("gateway", "internal")] : []),
        ...(isPeer && isAws ? [definition("gateway", "aws-internal")] : []),
        ...(isPeer ? [definition("gateway", "peer")] : []),
        // Tokens are made where their service runs.
        ...(spec.peer?.services.includes("auth-service") === true ? [definition("gateway", "peer-tokens")] : []),
        ...(isPlatforms ? [definition("gateway", "tenants")] : []),
        ...ofEnvironment("gateway"),
        copied,
      ],
    }),
    overlay("namespaces", { resources: [definition("namespaces"), facts], components: [...managers, copied] }),
    overlay("policies", { resources: [facts, definition("policies")], components: [copied] }),
    overlay("priority-classes", { resources: [definition("priority-classes")] }),
    overlay("secrets", { resources: [], components: [definition("secrets")] }),
    ...(isAws ? [overlay("storage", { resources: [definition("storage")] })] : []),
  ];
}

/** Accounts that a store takes as a patch of its own resource, and those it takes as objects beside it. */
const accountForms: Readonly<Record<StoreName, Record<Spec["stores"]["mode"], { objects: boolean; patch: boolean }>>> =
  {
    elasticsearch: { operator: { objects: true, patch: true }, managed: { objects: true, patch: false } },
    mongodb: { operator: { objects: false, patch: true }, managed: { objects: true, patch: false } },
    postgresql: { operator: { objects: true, patch: false }, managed: { objects: true, patch: true } },
    rabbitmq: { operator: { objects: true, patch: false }, managed: { objects: true, patch: false } },
    redis: { operator: { objects: false, patch: true }, managed: { objects: true, patch: false } },
  };

function storesOf({ tree }: Content, name: string, { spec, stores }: Plan): Overlay[] {
  const { mode } = spec.stores;
  const has = (folder: string) => tree.has(`${folder}/kustomization.yaml`);
  return stores.map((store): Overlay => {
    const folder = pathOf("store", { cluster: name, store });
    const definition = pathOf("storeDefinition", { store }, mode);
    const backup = pathOf("storeDefinition", { store }, "backup");
    const isBackedUp = mode === "operator" && spec.stores.backup !== undefined && has(backup);
    const small = pathOf("environmentPart", { environment: spec.environment, part: "stores" });
    const facts = pathOf("environmentPart", { environment: spec.environment, part: "facts" });
    const { objects, patch } = accountForms[store][mode];
    return {
      folder,
      resources: [
        pathOf("cluster", { cluster: name }, "facts"),
        ...(has(definition) ? [definition] : []),
        // How long backups are kept is the environment's to say.
        ...(isBackedUp && store === "postgresql" ? [facts] : []),
        ...(objects ? [posix.join(folder, "accounts.yaml")] : []),
      ],
      components: [
        ...(has(`${definition}/facts`) ? [`${definition}/facts`] : []),
        ...(isBackedUp ? [backup] : []),
        ...(has(small) ? [small] : []),
      ],
      patches: patch ? [posix.join(folder, "accounts.patch.yaml")] : [],
    };
  });
}
