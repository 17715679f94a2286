import type { JsonObject } from "../../scripts/lib/core/json.ts";

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "20m", memory: "32Mi" } };
const stores = ["elasticsearch", "mongodb", "postgresql", "rabbitmq", "redis"];
const each = (make: (index: number) => JsonObject) =>
  Object.fromEntries(stores.map((name, index) => [name, make(index)]));

/** Values in which everything is set that a service may have: each leaf of the schema is in one of the two. */
export const fullValues: JsonObject[] = [
  {
    facts: {
      stores: {
        mode: "managed",
        domain: "stores.example",
        cidrs: ["10.1.0.0/16"],
        hosts: {
          elasticsearch: "e.example",
          mongodb: "m.example",
          postgresql: "p.example",
          rabbitmq: "q.example",
          redis: "r.example",
        },
      },
      peer: {
        cluster: "other",
        domain: "other.example",
        nodes: "10.2.0.0/16",
        services: ["notification-service"],
        public: false,
      },
    },
    image: {
      prefix: "p",
      pullPolicy: "Always",
      pullSecrets: ["registry"],
      hold: { reason: "r", expires: "2026-01-01" },
    },
    env: { ANY: "v" },
    config: {
      logging: { level: "info", format: "json", includeMetadata: true },
      rateLimiting: { enabled: true, windowMs: 1, max: 2 },
      cors: { enabled: true, allowedHosts: ["app"], allowedOrigins: ["https://a.example"], allowedMethods: ["GET"] },
      web: { host: "app", apiHost: "api" },
      routes: [{ path: "/a", service: "auth-service" }],
      database: { poolMin: 1, poolMax: 2, idleTimeoutMillis: 3, connectionTimeoutMillis: 4 },
      featureFlags: { ANY_ENABLED: true },
      jwt: { accessTokenExpiry: "1m", refreshTokenExpiry: "1d", privateKeySecret: { name: "jwt", key: "key" } },
      oauth: { providers: { google: { enabled: true, secret: "g" }, microsoft: { enabled: true, secret: "m" } } },
      encryption: { enabled: true, keySecret: { name: "encryption", key: "key" }, sensitivePIIFields: ["name"] },
      roles: { agent: { description: "d", permissions: ["cases:read"] } },
    },
    identity: {
      jwt: { algorithm: "EdDSA", issuer: "i", jwksPath: "/j" },
      multiTenancy: {
        isolationStrategy: "schema",
        enforceTenantHeader: true,
        tenantHeaderName: "X-Tenant-ID",
        tenantSources: ["token"],
      },
    },
    database: { poolMin: 5, poolMax: 6, idleTimeoutMillis: 7, connectionTimeoutMillis: 8 },
    dependsOn: {
      services: ["auth-service", "notification-service", "remote-service"],
      stores,
      internet: [{ ports: [443, 587], cidrs: ["10.3.0.0/16"] }],
      kubernetes: true,
    },
    stores: each((index) => ({ host: "store.example", port: 1000 + index, cidrs: ["10.9.0.0/16"] })),
    trust: { configMap: "trust-bundle", key: "ca.crt" },
    secretStamps: { "case-service-redis": "0123456789abcdef" },
    remoteServices: { "remote-service": { host: "remote.example", port: 4321, cidrs: ["10.4.0.0/16"] } },
    ports: { service: 81, http: 82, metrics: 83 },
    probes: { livePath: "/l", readyPath: "/r", startupPath: "/s", startupSeconds: 20 },
    replicas: 4,
    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 3, cpuUtilization: 50 },
    resources,
    drainSeconds: 16,
    priorityClassName: "murima-critical",
    workers: {
      worker: {
        command: ["node"],
        replicas: 5,
        autoscaling: { enabled: false, minReplicas: 1, maxReplicas: 2, cpuUtilization: 60 },
        queues: { work: 30 },
        resources,
        probes: { livePath: "/wl", readyPath: "/wr", startupPath: "/ws", startupSeconds: 30 },
        drainSeconds: 17,
        priorityClassName: "murima-batch",
      },
    },
    cronJobs: {
      report: {
        schedule: "0 1 * * *",
        command: ["node"],
        stores: ["postgresql"],
        services: ["auth-service"],
        internet: [{ ports: [443], cidrs: ["10.5.0.0/16"] }],
        secrets: ["encryption"],
        resources,
        deadlineSeconds: 60,
        startingDeadlineSeconds: 61,
        priorityClassName: "murima-standard",
      },
    },
    route: {
      enabled: true,
      gateway: "public",
      host: "cases",
      paths: [
        { type: "Exact", value: "/c" },
        { type: "PathPrefix", value: "/s", streams: true },
      ],
      timeoutSeconds: 18,
      keys: true,
    },
    monitoring: { enabled: true, interval: "15s", alerts: { errorRatio: 0.05, latencySeconds: 2 } },
    migration: { enabled: true, command: ["node"], stores: ["postgresql"], secrets: ["encryption"] },
    testData: {
      enabled: true,
      command: ["node"],
      stores: ["redis"],
      secrets: ["jwt"],
      priorityClassName: "murima-batch",
    },
    serviceAccount: { annotations: { "a.example/b": "c" } },
    scheduling: {
      nodeSelector: { "a.example/b": "c" },
      tolerations: [{ key: "k", operator: "Equal", value: "v", effect: "NoSchedule" }],
    },
  },
  // What can't stand beside that: a tenant's own copy, and stores in this cluster.
  {
    facts: { tenant: "wonka", stores: { mode: "operator", storageClass: "fast" } },
    publicHost: "wonka.example",
    autoscaling: { enabled: false },
    replicas: 4,
    dependsOn: { services: [], stores },
    stores: each((index) => ({
      port: 2000 + index,
      tls: true,
      vhost: "own",
      exchange: "told",
      pods: { namespace: "stores", labels: { app: "r" } },
      operator: {
        service: "store",
        labels: { "a.example/b": "c" },
        direct: { service: "server", labels: { "a.example/d": "e" } },
      },
    })),
  },
];
