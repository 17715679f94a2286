import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { clusterFacts, codeownersFile } from "../repo/layout.ts";
import type { Dropped } from "./kept.ts";
import { linesWith, type Names, renamer } from "./names.ts";
import { type Files, textOf } from "./plan.ts";

/** What nobody can do from here, as sentences: each says where. */
export function leftByHand(
  before: Content,
  [from, names]: readonly [Names, Names],
  dropped: Dropped,
  files: Files,
): string[] {
  const { clusters, environments, tenants } = before.documents;
  const rename = renamer(from, names);
  const kept = [...clusters.values()]
    .map(({ document }) => document)
    .filter(({ metadata }) => !dropped.clusters.includes(metadata.name));
  const customers = [...tenants.keys()].filter((name) => !dropped.tenants.includes(name));
  const ours = (host: string) => host === names.domain || host.endsWith(`.${names.domain}`);
  const hosts = [
    ...kept.map(({ spec }) => spec.domain),
    ...[...environments.values()].flatMap(({ document }) => document.spec.tenantDomain ?? []),
  ]
    .map(rename)
    .filter(ours);
  const owners = textOf(files.get(codeownersFile) ?? new Uint8Array())?.match(/@[a-z0-9-]+\/[a-z0-9-]+/g) ?? [];
  const services = placesIn(before.tree, "service").map(({ service }) => service);
  const mentions = mentionsOf(files, [...dropped.clusters, ...dropped.tenants]);
  const gone = [
    ...(dropped.clusters.length === 0
      ? []
      : [`clusters: ${dropped.clusters.join(", ")} run on as they are; nobody tells their Argo CD to stop`]),
    ...(mentions === "" ? [] : [`texts that name what is gone, as examples: ${mentions}`]),
  ];
  // Who only takes clusters and tenants out is who it was.
  if ((Object.keys(from) as (keyof Names)[]).every((field) => from[field] === names[field])) return gone;
  return [
    `GitHub: github.com/${names.organisation}/${names.repository}, the teams ${sorted(owners).join(", ")}, the rules of .github/rulesets, and what the workflows need (docs/delivery.md)`,
    `registry: ${names.registry} with the images of the services (${names.organisation}/${services.join(", ")}), of upstream and the archives of charts: bun run charts mirror, bun run charts images (docs/addons.md)`,
    `DNS: ${sorted(hosts).join(", ") || "none of the hosts here is below your domain"}`,
    `facts that are still those of the one before: address ranges, providers, sign-on, mail servers and people on call in ${clusterFacts("CLUSTER")} (${kept.map(({ metadata }) => metadata.name).join(", ")})`,
    ...(customers.length === 0
      ? []
      : [
          `tenants: ${customers.join(", ")} are customers of the one before: their contacts, or bun run offboard-tenant`,
        ]),
    "values that only you can know: bun run secrets audit lists what is pending",
    "keys: each private key above to its owner, and bun run bootstrap --cluster CLUSTER --context CONTEXT --apply on each cluster",
    "this machine: bun run charts pull and bun run engine, since the cache has another name now",
    "history: what was before is in git, names and encrypted values alike; begin a new one where that must not be",
    "LICENSE and SECURITY.md: whether they say what you want them to",
    ...(mentions === "" ? [] : [`texts that name what is gone, as examples: ${mentions}`]),
  ];
}

const sorted = (names: readonly string[]) => [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1));

/** Texts for people, and workflows, that name something: with how many lines each. */
function mentionsOf(files: Files, gone: readonly string[]): string {
  return [...files]
    .filter(([file]) => /^(?:\.github\/.*|docs\/.*|(?!tests\/).*\.md)$/.test(file))
    .map(([file, bytes]): [string, number] => [
      file,
      new Set(linesWith(textOf(bytes) ?? "", gone).map(({ line }) => line)).size,
    ])
    .filter(([, count]) => count > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, count]) => `${file} (${count})`)
    .join(", ");
}
