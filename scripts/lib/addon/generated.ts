import path from "node:path";

import type { Change } from "../core/change.ts";
import { canonical, stringAt, stringsAt } from "../core/json.ts";
import { pathOf, placesIn, within } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { definitionsFile, imagesFile } from "../repo/layout.ts";
import { heading } from "../repo/modeline.ts";
import { realChanges } from "../repo/real-changes.ts";
import { editYaml, emitYaml } from "../yaml/emit.ts";
import { replaceScalars } from "../yaml/scalar.ts";
import { clusterValues } from "./cluster-values.ts";
import { pageChange } from "./page.ts";
import { addonPlacements, type Placement } from "./placements.ts";
import { platformProjectChange, projectChange } from "./project.ts";

const imagesHeading = `---
# Generated from lock.yaml of the addon and the registry of the cluster: bun run validate --fix writes it.
`;

/**
 * What follows from the folders of addons and their facts, where it is otherwise than it should be: a folder in
 * clusters/CLUSTER/addons deploys an addon, and no list beside it is kept by hand.
 */
export function addonChanges(content: Content): Change[] {
  const placements = addonPlacements(content);
  const changes = [
    ...placements.flatMap((placement) => [
      ...namespaceOf(content, placement),
      ...definitionsOf(content, placement),
      ...imagesOf(content, placement),
    ]),
    ...namespaces(content, placements),
    ...projectChange(content),
    ...platformProjectChange(content),
    ...pageChange(content),
  ];
  return realChanges(content.tree, changes);
}

function* namespaceOf({ tree, sources }: Content, { chart, facts }: Placement): Iterable<Change> {
  const value = facts?.document.spec.namespace;
  const found = stringAt(sources.data(chart.file), "chart", "namespace");
  if (value === undefined || found === undefined || found === value) return;
  yield { path: chart.file, content: replaceScalars(tree.text(chart.file), [{ path: ["chart", "namespace"], value }]) };
}

function* definitionsOf({ tree }: Content, { addon, cluster, chart, facts, locked }: Placement): Iterable<Change> {
  const file = definitionsFile({ addon, cluster });
  if (facts === undefined) return;
  if (facts.document.spec.definitions === undefined) {
    if (tree.has(file)) yield { path: file, content: null };
    return;
  }
  const digest = locked?.definitions;
  if (digest === undefined) return;
  const text = replaceScalars("definitions:\n  version: x\n  digest: x\n", [
    { path: ["definitions", "version"], value: chart.tag },
    { path: ["definitions", "digest"], value: digest },
  ]);
  yield { path: file, content: heading(file) + text };
}

function* imagesOf({ documents }: Content, { addon, cluster, facts, locked }: Placement): Iterable<Change> {
  const registry = documents.clusters.get(cluster)?.document.spec.registry;
  if (facts === undefined || registry === undefined) return;
  const values = clusterValues(facts.document.spec, locked, { cluster, registry });
  if (values === undefined) return;
  yield { path: imagesFile({ addon, cluster }), content: imagesHeading + emitYaml(values) };
}

/** The base of an addon's namespace; undefined where another has it. */
export function namespaceBase({ tree }: Content, addon: string): string | undefined {
  const folder = pathOf("addonDefinition", { addon }, "namespace");
  return tree.has(`${folder}/kustomization.yaml`) ? folder : undefined;
}

/** The namespaces of a cluster are what it always has, and those of the addons that it runs. */
function* namespaces(content: Content, placements: readonly Placement[]): Iterable<Change> {
  const { tree, sources } = content;
  for (const { cluster } of placesIn(tree, "cluster")) {
    const folder = pathOf("platform", { cluster, part: "namespaces" });
    const file = `${folder}/kustomization.yaml`;
    if (!tree.has(file) || sources.data(file) === undefined) continue;
    const own = placements.filter((placement) => placement.cluster === cluster);
    const wanted = own.flatMap(({ addon }) => namespaceBase(content, addon) ?? []);
    const listed = stringsAt(sources.data(file), "resources");
    const isAddons = (entry: string) => within("addonDefinition", `${path.posix.join(folder, entry)}/`) !== undefined;
    const others = listed.filter((entry) => !isAddons(entry));
    const value = [...others, ...wanted.map((base) => path.posix.relative(folder, base))].toSorted();
    if (canonical(value) !== canonical(listed.toSorted()))
      yield { path: file, content: editYaml(tree.text(file), [{ path: ["resources"], value }]) };
  }
}
