import type { BundleInfo, Rest } from "../bundle/info.ts";

interface PackedBundle {
  kinds: readonly { kind: string; count: number; bytes: number }[];
  largest: readonly { what: string; bytes: number }[];
  rests: readonly Rest[];
  size: number;
  part: { clusters: readonly string[]; tenants: readonly string[] };
  revision: string;
  since: string | undefined;
  git: { commit: string; tree: string };
}

/** Images that are named as the largest. */
const named = 5;

/** How much a bundle is, and of what. */
export function packedReport(bundle: PackedBundle, format: "json" | "text"): string {
  const { kinds, largest, rests, size, part, revision, since, git } = bundle;
  const left = rests.reduce((sum, rest) => sum + rest.size, 0);
  if (format === "json") {
    const data = {
      ...part,
      revision,
      since,
      git: { commit: git.commit, tree: git.tree },
      bytes: size,
      kinds,
      largest: largest.slice(0, named),
      left,
    };
    return `${JSON.stringify(data, null, 2)}\n`;
  }
  const rows = [
    ...kinds.map(({ kind, count, bytes }) => `  ${sizeText(bytes).padStart(10)}  ${kind} (${count})`),
    ...largest
      .slice(0, named)
      .filter(({ bytes }) => bytes > 0)
      .map(({ what, bytes }) => `  ${sizeText(bytes).padStart(10)}  of these ${what}`),
  ];
  const delta =
    since === undefined
      ? ""
      : `left out, as it came with ${since.slice(0, 12)}: ${sizeText(left)} in ${rests.length} blobs\n`;
  return `${part.clusters.join(", ")} as of ${revision.slice(0, 12)}: ${sizeText(size)}\n${rows.join("\n")}\n${delta}`;
}

interface ExportedPart {
  clusters: readonly string[];
  tenants: readonly string[];
  environments: readonly string[];
  revision: string;
  tree: string;
  files: number;
  /** Where it was written: the commit there, and whether it came with this. */
  commit?: string;
  isNew?: boolean;
}

/** What was handed out as Git alone. */
export function exportedReport(part: ExportedPart, format: "json" | "text"): string {
  if (format === "json") return `${JSON.stringify(part, null, 2)}\n`;
  const { clusters, files, tree, revision, commit, isNew } = part;
  const written = commit === undefined ? "" : `, ${isNew === true ? "commit" : "was there as"} ${commit}`;
  return `${clusters.join(", ")}: ${files} files, tree ${tree}, of ${revision.slice(0, 12)}${written}\n`;
}

/** What a bundle would hold, by name and digest. */
export function plannedReport(
  planned: { clusters: readonly string[]; revision: string; images: readonly Named[]; charts: readonly Named[] },
  format: "json" | "text",
): string {
  const { clusters, revision, images, charts } = planned;
  const nameOf = ({ repository, tag, digest }: Named) => `${repository}:${tag}@${digest}`;
  const all = { images: images.map(nameOf), charts: charts.map(nameOf) };
  if (format === "json") return `${JSON.stringify({ clusters, revision, ...all }, null, 2)}\n`;
  return [...all.images, ...all.charts].map((name) => `${name}\n`).join("");
}

interface Named {
  repository: string;
  tag: string;
  digest: string;
}

/** What a bundle says it is, in a line. */
export function bundleText({ clusters, tenants, revision, since, rests }: BundleInfo): string {
  const of = tenants.length === 0 ? "" : ` (${tenants.join(", ")})`;
  const delta = since === undefined ? "" : `, resting on the bundle of ${since.slice(0, 12)} for ${rests.length} blobs`;
  return `${clusters.join(", ")}${of} as of ${revision.slice(0, 12)}${delta}`;
}

/** Bytes as people say them. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
