import { isObject, stringAt } from "../core/json.ts";
import { packArchive } from "./archive.ts";

/**
 * The definitions among rendered manifests, packed as an artifact of their own: a file each, as it was rendered, and a
 * kustomization that lists them. Undefined where there are none.
 */
export function definitionsArchive(manifests: string): Uint8Array | undefined {
  const files = new Map<string, Uint8Array>();
  const put = (name: string, text: string) => files.set(name, new TextEncoder().encode(text));
  for (const text of manifests.split(/^---[ \t]*$/m)) {
    if (!/^kind: "?CustomResourceDefinition"?$/m.test(text)) continue;
    const data: unknown = Bun.YAML.parse(text);
    if (!isObject(data) || stringAt(data, "kind") !== "CustomResourceDefinition") continue;
    const name = stringAt(data, "metadata", "name");
    if (name === undefined || !/^[a-z0-9.-]+$/.test(name)) continue;
    put(`${name}.yaml`, `---\n${text.trim()}\n`);
  }
  if (files.size === 0) return undefined;
  const list = [...files.keys()].toSorted().map((file) => `  - ./${file}\n`);
  put(
    "kustomization.yaml",
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list.join("")}`,
  );
  return packArchive("", files);
}
