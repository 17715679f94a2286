/** Faults of a fleet that renders well and would not run: each by the id it was found under, beside a benign twin. */
import { describe, expect, test } from "bun:test";

import type { Finding } from "../scripts/lib/core/finding.ts";
import { clusterFacts as facts, type Edit, findingsOf, rulesOf } from "./support/findings.ts";
import { cluster } from "./support/fleet.ts";
import type { TestRepository } from "./support/repository.ts";

const route = "apps/charts/service/templates/httproute.yaml";
const tenantRoute = "apps/tenant/components/routes/open/httproute.yaml";
const filter = /      filters:\n(?:        #.*\n)*(?:        - type: RequestHeaderModifier\n)(?:          .*\n)+/;

describe("R11, F2: every route says what becomes of the tenant's header", () => {
  const hybrid = [cluster.hybrid, cluster.hybridSite];
  const cases: [name: string, clusters: readonly string[], edit: Edit, expected: string[]][] = [
    ["the filter is gone", [cluster.dev], (fleet) => fleet.edit(route, filter, ""), ["tenant-header"]],
    [
      "the filter removes another header",
      [cluster.dev],
      (fleet) => fleet.edit(route, "              - X-Tenant-ID\n", "              - X-Other\n"),
      ["tenant-header"],
    ],
    [
      "a route of the platform sets it",
      [cluster.dev],
      (fleet) =>
        fleet.edit(
          route,
          "            remove:\n              - X-Tenant-ID\n",
          "            set:\n              - name: x-tenant-id\n                value: wonka\n",
        ),
      ["tenant-header"],
    ],
    [
      "a tenant's route removes what it sets",
      [cluster.shared],
      (fleet) =>
        fleet.edit(
          tenantRoute,
          "          requestHeaderModifier:\n",
          "          requestHeaderModifier:\n            remove:\n              - X-Tenant-ID\n",
        ),
      ["tenant-header"],
    ],
    [
      "in other letters",
      [cluster.dev],
      (fleet) => fleet.edit(route, "              - X-Tenant-ID\n", "              - x-tenant-id\n"),
      [],
    ],
    ["an internal route keeps it", hybrid, () => Promise.resolve(), []],
    [
      "a route of both gateways",
      hybrid,
      (fleet) =>
        fleet.edit(
          route,
          "  hostnames:\n",
          // Not where it has that one already: the same twice is refused by the definition itself.
          '    {{- if eq .Values.route.gateway "internal" }}\n    - group: gateway.networking.k8s.io\n      kind: Gateway\n      name: public\n      namespace: gateway\n      sectionName: https\n    {{- end }}\n  hostnames:\n',
        ),
      // At the public one nobody is asked for a certificate.
      ["tenant-header", "peer-certificate"],
    ],
  ];
  for (const [name, clusters, edit, expected] of cases)
    test(name, async () => {
      const rules = rulesOf(await findingsOf(clusters, edit));
      expect(rules).toEqual(expected as Finding["rule"][]);
    });
});

describe("F11: pools fit the connections of their store", () => {
  const values = `clusters/${cluster.sharedUs}/values.yaml`;
  const budget =
    (number: number): Edit =>
    (fleet) =>
      fleet.edit(facts(cluster.sharedUs), "postgresql: 3000", `postgresql: ${number}`);
  // Shared and soylent's own copies: two services of 11 pods and a migration each, 20 connections a pod.
  const needed = 2 * 2 * 12 * 20;

  test("all copies of a cluster count, at their most, while they are replaced", async () => {
    const [finding, ...more] = await findingsOf([cluster.sharedUs], budget(needed - 1));
    expect([finding!.rule, finding!.file, finding!.line, more]).toEqual([
      "connection-budget",
      facts(cluster.sharedUs),
      43,
      [],
    ]);
    expect(finding!.message).toContain(`${needed - 1} connections for services, which may open ${needed}`);
    expect(finding!.message).toContain("tenant-soylent-auth-service 12 x 20 (apps/charts/service/values.yaml:");
    expect(await findingsOf([cluster.sharedUs], budget(needed))).toEqual([]);
  });

  test("workers, cron jobs and a pool of its own count", async () => {
    const more =
      (number: number): Edit =>
      async (fleet) => {
        await budget(number)(fleet);
        await fleet.values(
          `clusters/${cluster.sharedUs}/services/case-service/values.yaml`,
          "config:\n  database:\n    poolMax: 7\nworkers:\n  queue:\n    command:\n      - node\n",
        );
      };
    // 11 + 11 pods and a migration of 7 instead of 12 of 20.
    const other = needed - 12 * 20 + 23 * 7;
    const [finding] = await findingsOf([cluster.sharedUs], more(other - 1));
    expect(finding!.message).toContain(`may open ${other}`);
    expect(finding!.message).toContain(
      `case-service 23 x 7 (clusters/${cluster.sharedUs}/services/case-service/values.yaml:`,
    );
    expect(await findingsOf([cluster.sharedUs], more(other))).toEqual([]);
  });

  test("a budget has to be there, and lower pools fit a lower one", async () => {
    const none: Edit = (fleet) => fleet.edit(facts(cluster.sharedUs), /    maxConnections:\n.*\n/, "");
    expect(await findingsOf([cluster.sharedUs], none)).toEqual([
      expect.objectContaining({
        rule: "connection-budget",
        message: expect.stringContaining(`may open ${needed}`) as string,
      }),
    ]);
    const lower: Edit = async (fleet) => {
      await budget(needed / 4)(fleet);
      await fleet.values(values, "database:\n  poolMax: 5\n");
    };
    expect(await findingsOf([cluster.sharedUs], lower)).toEqual([]);
  });

  test("clusters that share their stores share the connections", async () => {
    const edit =
      (number: number): Edit =>
      async (fleet) => {
        const said = await fleet.read(facts(cluster.dev));
        const [domain, range] = [
          /mode: managed\n {4}domain: (.*)/.exec(said)![1]!,
          /stores:[^]*?cidrs:\n {6}- (.*)/.exec(said)![1]!,
        ];
        await fleet.edit(facts(cluster.staging), /(?<=mode: managed\n {4}domain: ).*/, domain);
        await fleet.edit(facts(cluster.staging), /(?<=cidrs:\n {6}- ).*/, range);
        const generated = `clusters/${cluster.staging}/stores/postgresql/accounts.patch.yaml`;
        await fleet.edit(generated, /postgresql\.staging-shared\..*/, `postgresql.${domain}`);
        for (const [own, other] of [
          [cluster.dev, cluster.staging],
          [cluster.staging, cluster.dev],
        ] as const) {
          await fleet.edit(
            facts(own),
            "    mode: managed\n",
            `    mode: managed\n    shared:\n      with:\n        - ${other}\n      reason: one team, one data set\n`,
          );
          await fleet.edit(facts(own), "postgresql: 3000", `postgresql: ${number}`);
        }
      };
    // dev runs one pod of two services and one more in a rollout, staging four and one more; migrations.
    const both = 2 * (2 + 1 + 5 + 1) * 20;
    const [first] = await findingsOf([cluster.dev, cluster.staging], edit(both - 1));
    expect([first!.rule, first!.message]).toEqual(["connection-budget", expect.stringContaining(`may open ${both}`)]);
    expect(await findingsOf([cluster.dev, cluster.staging], edit(both))).toEqual([]);
  });
});

describe("F3: what both halves of a deployment use is one store, or declared to be two", () => {
  const hybrid = [cluster.hybrid, cluster.hybridSite];
  const declared = /    stores:\n      redis:\n.*\n.*\n/;

  test("a queue that is split is named with its services on both sides", async () => {
    const edit: Edit = async (fleet) =>
      fleet.edit("apps/services/api-gateway/values.yaml", "  stores:\n", "  stores:\n    - rabbitmq\n");
    const findings = await findingsOf(hybrid, edit);
    const split = findings.filter(({ rule }) => rule === "split-store");
    expect(split.map(({ file, line }) => [file, line])).toEqual([
      [facts(cluster.hybridSite), 56],
      [facts(cluster.hybrid), 62],
    ]);
    const [message] = split.filter(({ file }) => file === facts(cluster.hybrid)).map((finding) => finding.message);
    expect(message).toBe(
      "api-gateway here and case-service on prod-hybrid-site use rabbitmq, and each cluster has its own",
    );
  });

  test("both say so, and the same; neither says it of a store that is not split", async () => {
    expect(rulesOf(await findingsOf(hybrid, (fleet) => fleet.edit(facts(cluster.hybrid), declared, "")))).toEqual([
      "split-store",
    ]);
    const idle: Edit = (fleet) =>
      fleet.edit(
        facts(cluster.hybrid),
        "      redis:\n",
        "      mongodb:\n        link: none\n        reason: nobody uses it there\n      redis:\n",
      );
    expect(await findingsOf(hybrid, idle)).toEqual([
      expect.objectContaining({ rule: "split-store", message: "mongodb is not split" }),
    ]);
  });
});

describe("F3: two brokers are joined as both facts say", () => {
  const hybrid = [cluster.hybrid, cluster.hybridSite];
  const queues: Edit = (fleet) =>
    fleet.edit("apps/services/api-gateway/values.yaml", "  stores:\n", "  stores:\n    - rabbitmq\n");
  const declare = (fleet: TestRepository, name: string, ...link: string[]) => {
    const entry = ["rabbitmq:", ...[...link, "reason: events of cases"].map((line) => `  ${line}`), ""];
    return fleet.edit(
      facts(name),
      "      redis:\n",
      `${entry.join("\n      ").trimEnd()}\n      redis:\n`.replace(/^/, "      "),
    );
  };
  const shovel = (from: string) => ["link: shovel", `from: ${from}`];
  const cases: [name: string, cloud: string[], site: string[], expected: string[]][] = [
    ["as it should be", shovel(cluster.hybridSite), shovel(cluster.hybridSite), []],
    [
      "from each other",
      shovel(cluster.hybridSite),
      shovel(cluster.hybrid),
      [
        "the link of rabbitmq is shovel from prod-hybrid, but the facts of prod-hybrid say shovel from prod-hybrid-site",
        "the link of rabbitmq is shovel from prod-hybrid-site, but the facts of prod-hybrid-site say shovel from prod-hybrid",
      ],
    ],
    [
      "only one says so",
      ["link: none"],
      shovel(cluster.hybridSite),
      [
        "the link of rabbitmq is shovel from prod-hybrid-site, but the facts of prod-hybrid say none",
        "the link of rabbitmq is none, but the facts of prod-hybrid-site say shovel from prod-hybrid-site",
      ],
    ],
    [
      "from a broker that a provider runs",
      shovel(cluster.hybrid),
      shovel(cluster.hybrid),
      [
        "the shovel of rabbitmq is from prod-hybrid, whose broker a provider runs",
        "the shovel of rabbitmq is from prod-hybrid, whose broker a provider runs",
      ],
    ],
    [
      "from a third",
      shovel("elsewhere"),
      shovel("elsewhere"),
      [
        "the shovel of rabbitmq is from elsewhere, which is neither prod-hybrid-site nor prod-hybrid",
        "the shovel of rabbitmq is from elsewhere, which is neither prod-hybrid nor prod-hybrid-site",
      ],
    ],
  ];
  test.each(cases)("%s", async (_name, cloud, site, expected) => {
    const findings = await findingsOf(hybrid, async (fleet) => {
      await queues(fleet);
      await declare(fleet, cluster.hybrid, ...cloud);
      await declare(fleet, cluster.hybridSite, ...site);
    });
    const split = findings.filter(({ rule }) => rule === "split-store");
    expect(split.map(({ message }) => message)).toEqual(expected);
  });

  test("a shovel that does not say which cluster sends", async () => {
    const edit: Edit = (fleet) => declare(fleet, cluster.hybrid, "link: shovel");
    expect(rulesOf(await findingsOf(hybrid, edit))).toContain("document-schema");
  });
});

describe("F6: one of the two clusters of a hybrid deployment says where browsers are", () => {
  const hybrid = [cluster.hybrid, cluster.hybridSite];
  test.each([
    ["neither", (fleet: TestRepository) => fleet.edit(facts(cluster.hybridSite), "    public: true\n", "")],
    [
      "both",
      (fleet: TestRepository) =>
        fleet.edit(facts(cluster.hybrid), "    stores:\n      redis:", "    public: true\n    stores:\n      redis:"),
    ],
  ])("%s does", async (_name, edit) => {
    const findings = await findingsOf(hybrid, edit);
    expect(rulesOf(findings)).toEqual(["cluster-peer"]);
  });
});
