/** The frozen fleet: the data in tests/fleet on the platform's code of this checkout. No test looks at the live data. */
import path from "node:path";

import { readTree } from "../../scripts/lib/io/files.ts";
import { within } from "../../scripts/lib/repo/address.ts";
import { documentFile } from "../../scripts/lib/repo/document-kinds.ts";
import { codeownersFile, sopsConfigFile } from "../../scripts/lib/repo/layout.ts";

/** The checkout the tests run in. */
export const checkout = path.join(import.meta.dirname, "../..");

/** Its clusters, by what tests want them for. */
export const cluster = {
  /** Its key is published; the cluster of a sample where none is named. */
  dev: "dev-shared",
  staging: "staging-shared",
  /** Ring 1, with the tenants wonka and stark. */
  shared: "prod-shared",
  /** Ring 2, with soylent and its own copies of the services. */
  sharedUs: "prod-shared-us",
  single: "prod-single",
  onPremises: "prod-site",
  /** The cloud's half of tyrell's placement, to which its hosts lead. */
  hybrid: "prod-hybrid",
  /** The half in tyrell's data centre. */
  hybridSite: "prod-hybrid-site",
} as const;
export const clusters: readonly string[] = Object.values(cluster);
/** By isolation: wonka and tyrell schema, stark database, soylent dedicated. */
export const tenants = ["soylent", "stark", "tyrell", "wonka"] as const;
/** Customers that tests onboard or have seen leave. */
export const madeUp = [
  "alder",
  "birch",
  "cedar",
  "elder",
  "hazel",
  "linden",
  "maple",
  "rowan",
  "umbrella",
  "umbrella-eu",
] as const;
export const services = ["api-gateway", "auth-service", "case-service", "frontend"] as const;
/** What those services read. */
export const stores = ["elasticsearch", "mongodb", "postgresql", "rabbitmq", "redis"] as const;
/** Parts of the platform that every cluster has. */
const platform = [
  "alerts",
  "authorities",
  "consoles",
  "dashboards",
  "firewall",
  "gateway",
  "namespaces",
  "policies",
  "priority-classes",
  "secrets",
  "storage",
] as const;
/** Applications of every cluster that runs all services and has no tenant: root and those. */
export const applicationsOfACluster = 1 + platform.length + stores.length + services.length;

/** What is not data of a fleet: taken from this checkout, so that tests judge the code that is here. */
const platformCode = [
  "apps/addons",
  "apps/charts",
  "apps/platform",
  "apps/stores",
  "apps/tenant",
  "clusters/base",
  "clusters/components",
];

type Files = ReadonlyMap<string, Uint8Array>;

let read: Promise<Files> | undefined;

async function wholeFleet(): Promise<Files> {
  const { tree: code } = await readTree(checkout, platformCode);
  const { tree: data } = await readTree(path.join(checkout, "tests/fleet"));
  const metrics = documentFile("Metrics", {});
  return new Map([
    ...[code, data].flatMap((tree) => tree.paths.map((file) => [file, tree.bytes(file)] as const)),
    [metrics, await Bun.file(path.join(checkout, metrics)).bytes()],
  ]);
}

/** Files of the frozen fleet as it would be if it had these clusters alone, and the tenants placed on them. */
export async function fleetFiles(chosen: readonly string[]): Promise<Files> {
  read ??= wholeFleet();
  const all = await read;
  for (const name of chosen) if (!clusters.includes(name)) throw new Error(`tests/fleet has no cluster ${name}`);
  const placed = new Set(
    [...all.keys()].flatMap((file) => {
      const [, name, part, tenant] = file.split("/");
      return part === "grants" && chosen.includes(name!) ? [tenant!] : [];
    }),
  );
  const files = new Map([...all].filter(([file]) => isIn(file, chosen, placed)));
  const rewrite = (file: string, change: (text: string) => string) =>
    files.set(file, new TextEncoder().encode(change(new TextDecoder().decode(files.get(file)))));
  // As validate --fix would write them.
  rewrite(codeownersFile, (text) =>
    text.replaceAll(/^\/tenants\/([a-z0-9-]+)\/ .*\n/gm, (line, tenant: string) => (placed.has(tenant) ? line : "")),
  );
  rewrite(sopsConfigFile, (text) =>
    text.replaceAll(/^ {2}- path_regex: \^(\S+)\n(?: {4}.*\n)+/gm, (rule, place: string) =>
      isIn(place, chosen, placed) ? rule : "",
    ),
  );
  return files;
}

/** Whether a path is the chosen clusters', their tenants', or everybody's. */
function isIn(file: string, chosen: readonly string[], placed: ReadonlySet<string>): boolean {
  const own = within("cluster", file)?.cluster;
  if (own !== undefined) return chosen.includes(own);
  const [top, tenant, part] = file.split("/");
  if (top !== "tenants") return true;
  return placed.has(tenant!) && (!clusters.includes(part!) || chosen.includes(part!));
}
