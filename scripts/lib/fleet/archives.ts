import type { Finding } from "../core/finding.ts";
import { isObject, stringAt } from "../core/json.ts";
import { heldArchive } from "../io/archives.ts";
import type { NamedDefinition } from "../io/definitions.ts";
import { contractsOf } from "../model/definitions.ts";
import type { Contract, Kinds } from "../model/kinds.ts";
import type { Application } from "../render/application.ts";
import { addonOf } from "../render/source-file.ts";
import { placesIn } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { archiveFolder, chartFile, definitionsFile } from "../repo/layout.ts";
import type { Tree } from "../repo/tree.ts";

/** What a cluster pins of an addon, and the file that says so. */
interface Pin {
  cluster: string;
  kind: "chart" | "manifests";
  digest: string;
  file: string;
}

/** Archives that clusters run, as far as this machine has them. */
export interface Archives {
  /** The repository's files, and those of the archives beside them. */
  tree: Tree;
  findings: Finding[];
  /** What the cluster of an Application knows: of an upstream chart by the definitions of the cluster's charts too. */
  kinds: (base: Kinds, application: Pick<Application, "cluster" | "folder">) => Kinds;
  /** The same of a cluster, whoever asks. */
  defined: (base: Kinds, cluster: string) => Kinds;
  /** The definitions themselves that a cluster runs, by GROUP/KIND. */
  definitions: (cluster: string) => ReadonlyMap<string, NamedDefinition>;
}

/** Everything that clusters pin, whether or not it is here. */
function pinsOf({ tree, sources }: Content, clusters: readonly string[]): Pin[] {
  return placesIn(tree, "addon")
    .filter(({ cluster }) => clusters.includes(cluster))
    .flatMap((place) => {
      const [chart, definitions] = [chartFile(place), definitionsFile(place)];
      const read = (file: string, root: string) =>
        tree.has(file) ? stringAt(sources.data(file), root, "digest") : undefined;
      return [
        { kind: "chart" as const, digest: read(chart, "chart"), file: chart },
        { kind: "manifests" as const, digest: read(definitions, "definitions"), file: definitions },
      ].flatMap(({ kind, digest, file }) =>
        digest === undefined ? [] : [{ cluster: place.cluster, kind, digest, file }],
      );
    });
}

/** Reads the archives that some clusters run. What this machine does not have is left out, and said where it is missed. */
export async function archivesOf(
  content: Content,
  env: Record<string, string | undefined>,
  clusters: readonly string[],
): Promise<Archives> {
  const pins = pinsOf(content, clusters);
  const findings: Finding[] = [];
  const files = new Map<string, Uint8Array>();
  const definitions = new Map<string, string[]>();
  for (const [digest, own] of Map.groupBy(pins, (pin) => pin.digest)) {
    const { kind, file } = own[0]!;
    const held = await heldArchive(env, kind, digest);
    if (held === undefined) continue;
    if ("problem" in held) {
      const fix = "bun run bump-chart to another version: nothing of this one is used";
      findings.push({
        rule: "chart-archive",
        severity: "error",
        file,
        message: `pins an archive that ${held.problem}`,
        fix,
      });
      continue;
    }
    for (const [path, bytes] of held.files) files.set(`${archiveFolder(digest)}/${path}`, bytes);
    if (kind === "manifests")
      for (const { cluster } of own) definitions.set(cluster, [...(definitions.get(cluster) ?? []), digest].toSorted());
  }
  const tree = files.size === 0 ? content.tree : content.tree.beside(files);
  return {
    tree,
    findings,
    kinds: (base, application) => (addonOf(application) === undefined ? base : definedKinds(base, application.cluster)),
    defined: definedKinds,
    definitions: (cluster) =>
      new Map((definitions.get(cluster) ?? []).flatMap((digest) => [...defined(tree, digest).named])),
  };

  function definedKinds(base: Kinds, cluster: string): Kinds {
    const digests = definitions.get(cluster) ?? [];
    if (digests.length === 0) return base;
    // Clusters of one version of Kubernetes and the same charts know the same.
    const own = withDefinitions.get(base) ?? new Map<string, Kinds>();
    withDefinitions.set(base, own);
    const key = digests.join();
    let kinds = own.get(key);
    if (kinds === undefined)
      own.set(key, (kinds = base.with(digests.flatMap((digest) => defined(tree, digest).contracts))));
    return kinds;
  }
}

/** What an archive of definitions holds. */
interface Defined {
  contracts: Contract[];
  /** By GROUP/KIND. */
  named: Map<string, NamedDefinition>;
}

/** What a version of Kubernetes knows with the definitions of some archives, by their digests: what it judged it remembers. */
const withDefinitions = new WeakMap<Kinds, Map<string, Kinds>>();

/** Read once a process: some are megabytes. */
const byDigest = new Map<string, Defined>();

function defined(tree: Tree, digest: string): Defined {
  let found = byDigest.get(digest);
  if (found === undefined) {
    found = { contracts: [], named: new Map() };
    for (const file of tree.below(archiveFolder(digest))) {
      const data: unknown = Bun.YAML.parse(tree.text(file));
      if (!isObject(data) || stringAt(data, "kind") !== "CustomResourceDefinition") continue;
      found.contracts.push(...contractsOf(data));
      const id = `${stringAt(data, "spec", "group")}/${stringAt(data, "spec", "names", "kind")}`;
      found.named.set(id, { name: `${digest}/${file.split("/").at(-1)}`, definition: data });
    }
    byDigest.set(digest, found);
  }
  return found;
}
