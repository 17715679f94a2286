import { type Finding, type Omission } from "../core/finding.ts";
import type { RuleId } from "../core/rule-id.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { keptStoresOf, recoveryOf } from "../fleet/recovery.ts";
import type { Cluster } from "../model/generated.ts";
import { pathOf, placesIn } from "../repo/address.ts";
import { secretFiles } from "../secret/secrets.ts";
import { pendingOf } from "../secret/sops-secret.ts";
import { addonsOf, overlaysOf, placeableAddonsOf, planOf } from "./parts.ts";

/** done: seen to be so. open: seen not to be so. look: nothing here can see it, a person has to. */
export type State = "done" | "look" | "open";

/** One box of a checklist. */
export interface Item {
  what: string;
  state: State;
  /** What was seen, or what a person has to look at. */
  says: string[];
}

/** Boxes of the guide's appendix A that rules judge: all of their findings about the cluster are theirs. */
const judged: readonly { what: string; rules: readonly RuleId[]; says: (spec: Cluster["spec"]) => string }[] = [
  {
    what: "hardware",
    rules: ["hardware-minimum", "quota-capacity", "pod-resources", "connection-budget"],
    says: ({ capacity }) =>
      `what runs fits into ${capacity.cpu} CPUs, ${capacity.memory} and ${capacity.storage} of storage`,
  },
  {
    what: "network",
    rules: [
      "cidr-overlap",
      "range-match",
      "literal-range",
      "network-policy",
      "egress-outside",
      "port-match",
      "cluster-peer",
    ],
    says: ({ cidrs }) => `nodes ${cidrs.nodes}, pods ${cidrs.pods}, services ${cidrs.services}: no other cluster's`,
  },
  {
    what: "certificates",
    rules: ["host-certificate", "certificate-name", "peer-certificate", "host-collision"],
    says: () => "every host has a listener whose certificate carries it",
  },
  {
    what: "backups",
    rules: ["recovery-point", "recovery-order", "restore-rehearsal", "backup-schedule", "store-owner"],
    says: () => "what is kept keeps what the environment promises",
  },
  {
    what: "monitoring",
    rules: ["namespace-care", "alert-expression", "alert-labels", "metric-exported", "dashboard-datasource"],
    says: ({ alerts }) =>
      alerts === undefined
        ? "alerts are there to look at, and nobody is told"
        : `alerts reach ${alerts.oncall} and five teams`,
  },
  {
    what: "security",
    rules: [
      "default-deny",
      "pod-security",
      "plaintext-secret",
      "published-key",
      "rbac-escalation",
      "service-exposure",
      "sops-file",
      "storage-encrypted",
      "tenant-isolation",
    ],
    says: () => "namespaces are closed, pods restricted, secrets encrypted to the cluster and its recovery key",
  },
];

/** What is to be seen to before a cluster is installed, or a release goes there. */
export function boxesBefore(
  fleet: Fleet,
  { metadata, spec }: Cluster,
  findings: readonly Finding[],
  notChecked: readonly Omission[],
): Item[] {
  const { name } = metadata;
  const own = findings.filter((finding) => isAbout(finding, name));
  const known = new Set<string>(judged.flatMap(({ rules }) => rules));
  const ofRules = judged.map(({ what, rules, says }): Item => {
    const found = own.filter(({ rule }) => (rules as readonly string[]).includes(rule));
    return found.length === 0
      ? { what, state: "done", says: [says(spec)] }
      : { what, state: "open", says: found.map(lineOf) };
  });
  const others = own.filter(({ rule, severity }) => severity === "error" && !known.has(rule));
  return [
    ...ofRules.slice(0, 2),
    namesOf(spec),
    ...ofRules.slice(2),
    ...storesOf(fleet, { metadata, spec } as Cluster),
    secretsOf(fleet, name),
    partsOf(fleet, name, spec),
    others.length === 0
      ? { what: "everything else", state: "done", says: ["no other rule finds anything there"] }
      : { what: "everything else", state: "open", says: others.map(lineOf) },
    ...(notChecked.length === 0
      ? []
      : [
          {
            what: "not judged",
            state: "look" as const,
            says: notChecked.map(({ what, reason }) => `${what}: ${reason}`),
          },
        ]),
    {
      what: "people",
      state: "look",
      says: [
        "who installs it has read docs/runbooks/cluster-installation.md, who is on call docs/runbooks/README.md",
        "two people have tried bun run bootstrap, a rollback and a restore on a cluster that does not count",
      ],
    },
  ];
}

const isAbout = ({ file, application }: Finding, cluster: string) =>
  application?.startsWith(`${cluster}/`) === true || file?.startsWith(`${pathOf("cluster", { cluster })}/`) === true;

const lineOf = ({ rule, file, line, application, message }: Finding) =>
  `${file === undefined ? application : line === undefined ? file : `${file}:${line}`} ${rule}: ${message}`;

/** Nothing in Git says whether a record is there; external-dns makes them where it runs. */
function namesOf({ domain, provider }: Cluster["spec"]): Item {
  return provider === "aws"
    ? {
        what: "DNS",
        state: "look",
        says: [`the zone of ${domain} is in Route 53 and delegated to; external-dns writes the records once it runs`],
      }
    : {
        what: "DNS",
        state: "look",
        says: [`*.${domain} leads to an address that MetalLB or the machine gives the gateway`],
      };
}

/** What of stores is the provider's, or was never tried. */
function storesOf(fleet: Fleet, cluster: Cluster): Item[] {
  const { spec, metadata } = cluster;
  const kept = keptStoresOf(fleet, metadata.name);
  const untried = kept.filter((store) => spec.rehearsals?.last?.[store] === undefined);
  const promised = kept.map((store) => {
    const { point, days } = recoveryOf(fleet, cluster, store);
    return `${store}: at most ${point ?? "an unknown number of"} minutes are lost, ${days ?? "an unknown number of"} days are kept`;
  });
  const isPromised = fleet.documents.environments.get(spec.environment)?.document.spec.recovery !== undefined;
  if (kept.length === 0 || !isPromised) return [];
  return [
    {
      what: "restore",
      state: untried.length === 0 ? "done" : "look",
      says: [
        ...promised,
        ...(untried.length === 0
          ? []
          : [`never restored there: ${untried.join(", ")} (docs/runbooks/disaster-recovery.md)`]),
      ],
    },
  ];
}

/** Values that somebody has to give: placeholders are in their places. */
function secretsOf({ tree, sources }: Fleet, cluster: string): Item {
  const folder = `${pathOf("cluster", { cluster })}/`;
  const pending = secretFiles({ tree })
    .filter((file) => file.startsWith(folder))
    .flatMap((file) => {
      const names = pendingOf(sources.data(file));
      return names.length === 0 ? [] : [`${file}: ${names.join(", ")}`];
    });
  return pending.length === 0
    ? { what: "secrets", state: "done", says: ["no value is a placeholder"] }
    : {
        what: "secrets",
        state: "open",
        says: [...pending, "these are placeholders: give each by bun run secrets set"],
      };
}

/** Whether it is put together as its facts have it. */
function partsOf(fleet: Fleet, name: string, spec: Cluster["spec"]): Item {
  const { tree } = fleet;
  const services = placesIn(tree, "clusterService", { cluster: name }).map(({ service }) => service);
  const plan = planOf(fleet, name, spec, services);
  const runs = new Set(placesIn(tree, "addon", { cluster: name }).map(({ addon }) => addon));
  const missing = [
    ...placeableAddonsOf(plan)
      .filter((addon) => !runs.has(addon))
      .map((addon) => `${pathOf("addon", { cluster: name, addon })} is missing`),
    ...overlaysOf(fleet, name, plan)
      .filter(({ folder }) => !tree.has(`${folder}/kustomization.yaml`))
      .map(({ folder }) => `${folder} is missing`),
  ];
  const absent = addonsOf(plan).filter((addon) => !plan.locked.has(addon));
  const unlocked = absent.length === 0 ? [] : [`no archive is locked of ${absent.join(", ")} (docs/addons.md)`];
  if (missing.length > 0) return { what: "parts", state: "open", says: [...missing, ...unlocked] };
  if (unlocked.length > 0) return { what: "parts", state: "look", says: unlocked };
  return { what: "parts", state: "done", says: [`platform, stores and addons of a cluster of model ${spec.model}`] };
}
