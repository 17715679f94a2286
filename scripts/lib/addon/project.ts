import { chartRepository, definitionsRepository } from "../argocd/pull-source.ts";
import type { Change } from "../core/change.ts";
import { canonical, listAt, stringsAt } from "../core/json.ts";
import { pathOf } from "../repo/address.ts";
import type { Content } from "../repo/content.ts";
import { addonProjectFile, platformProjectFile } from "../repo/layout.ts";
import { editYaml } from "../yaml/emit.ts";

/** An address and an account stand without quotes, as people write them: no reader takes them for anything else. */
const unquoted = (text: string) => text.replaceAll(/"((?:https|oci):\/\/[^"]*|deployers:platform)"/g, "$1");

const server = "https://kubernetes.default.svc";

/** The platform's project makes the namespaces of addons; what else it deploys to has a folder of its own. */
export function* platformProjectChange({ tree, documents, sources }: Content): Iterable<Change> {
  if (!tree.has(platformProjectFile) || sources.data(platformProjectFile) === undefined) return;
  const namespaces = pathOf("platformDefinition", { part: "namespaces" });
  const own = tree.list(namespaces).filter((name) => tree.has(`${namespaces}/${name}/namespace.yaml`));
  const addons = [...documents.addons].flatMap(([addon, { document }]) =>
    tree.isFolder(pathOf("addonDefinition", { addon }, "namespace")) ? [document.spec.namespace] : [],
  );
  const value = [...new Set([...own, ...addons])].toSorted().map((namespace) => ({ server, namespace }));
  const found = listAt(sources.data(platformProjectFile), "spec", "destinations");
  if (canonical(found) === canonical(value)) return;
  yield {
    path: platformProjectFile,
    content: unquoted(editYaml(tree.text(platformProjectFile), [{ path: ["spec", "destinations"], value }])),
  };
}

/**
 * The project of addons allows what the facts of all of them say that they deploy: namespaces, and cluster-wide kinds. It
 * is one for all clusters, as every list of root is.
 */
export function* projectChange({ tree, sources, documents }: Content): Iterable<Change> {
  if (!tree.has(addonProjectFile) || documents.addons.size === 0 || sources.data(addonProjectFile) === undefined)
    return;
  const specs = [...documents.addons.values()].map(({ document }) => document.spec);
  // Definitions are applied from where Argo CD is: they have no namespace.
  const own = [...new Set(["argocd", ...specs.map(({ namespace }) => namespace)])].toSorted();
  const all = [...new Set([...own, ...specs.flatMap(({ deploys }) => deploys?.namespaces ?? [])])].toSorted();
  const definitions = specs.some(({ definitions: has }) => has !== undefined)
    ? ["apiextensions.k8s.io/CustomResourceDefinition"]
    : [];
  const kinds = [
    ...new Set([...definitions, ...specs.flatMap(({ deploys }) => deploys?.clusterKinds ?? [])]),
  ].toSorted();
  const repositories = [...documents.addons].flatMap(([addon, { document }]) => [
    ...(document.spec.definitions === undefined ? [] : [`oci://${definitionsRepository("REGISTRY", addon)}`]),
    `oci://${chartRepository("REGISTRY", addon)}`,
  ]);
  const [git] = stringsAt(sources.data(addonProjectFile), "spec", "sourceRepos");
  const content = editYaml(tree.text(addonProjectFile), [
    { path: ["spec", "sourceRepos"], value: [git ?? "", ...repositories.toSorted()] },
    { path: ["spec", "destinations"], value: all.map((namespace) => ({ server, namespace })) },
    {
      path: ["spec", "clusterResourceWhitelist"],
      value: kinds.map((entry) => {
        const [group, kind] = entry.split("/");
        return { group: group!, kind: kind! };
      }),
    },
    {
      path: ["spec", "destinationServiceAccounts"],
      value: own.map((namespace) => ({ server, namespace, defaultServiceAccount: "deployers:platform" })),
    },
  ]);
  const text = unquoted(content);
  if (text !== tree.text(addonProjectFile)) yield { path: addonProjectFile, content: text };
}
