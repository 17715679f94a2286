import { writeFile } from "node:fs/promises";
import path from "node:path";

import { ToolError } from "../scripts/lib/core/errors.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../scripts/lib/core/json.ts";

/** What a kubelet gives a program of a Pod: words and environment. */
export interface ContainerStart {
  args: string[];
  env: Record<string, string>;
}

/** A volume of a Pod that is of an object of its namespace, and where the container sees it. */
export interface Mount {
  kind: "ConfigMap" | "Secret";
  name: string;
  path: string;
}

/** The container's own words, with $(NAME) as its environment has it, and each path of a volume below `root`. */
export function containerStart(pod: JsonObject, container: JsonObject, root: string): ContainerStart {
  const mounts = mountsOf(pod, container).map((mount) => mount.path);
  const env = Object.fromEntries(
    listAt(container, "env").map((entry) => {
      const name = stringAt(entry, "name") ?? "";
      const field = stringAt(entry, "valueFrom", "fieldRef", "fieldPath");
      const value = field === undefined ? stringAt(entry, "value") : stringAt(pod, ...field.split("."));
      if (value === undefined) throw new ToolError(`the lab can't give a container its environment ${name}`);
      return [name, value];
    }),
  );
  const args = stringsAt(container, "args").map((arg) => {
    const text = arg.replaceAll(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
    const mounted = mounts.find((mount) => text.includes(`${mount}/`) || text.endsWith(mount));
    return mounted === undefined ? text : text.replace(mounted, root + mounted);
  });
  return { args, env };
}

/** Volumes of a container that its program reads; the token that every Pod has comes another way. */
export function mountsOf(pod: JsonObject, container: JsonObject): Mount[] {
  const volumes = new Map(listAt(pod, "spec", "volumes").map((volume) => [stringAt(volume, "name"), volume]));
  return listAt(container, "volumeMounts").flatMap((mount): Mount[] => {
    const volume = volumes.get(stringAt(mount, "name"));
    const where = stringAt(mount, "mountPath") ?? "";
    const settings = stringAt(volume, "configMap", "name");
    const secret = stringAt(volume, "secret", "secretName");
    if (settings !== undefined) return [{ kind: "ConfigMap", name: settings, path: where }];
    return secret === undefined ? [] : [{ kind: "Secret", name: secret, path: where }];
  });
}

/** Writes what an object holds into the folder of its volume, as a kubelet does again and again. */
export async function writeVolume(object: JsonObject, folder: string): Promise<void> {
  const encoding = stringAt(object, "kind") === "Secret" ? "base64" : "utf8";
  for (const [file, text] of Object.entries(objectAt(object, "data") as Record<string, string>))
    await writeFile(path.join(folder, file), Buffer.from(text, encoding), { mode: 0o600 });
}

/** The first container of a Pod: programs that are played have one. */
export function containerOf(pod: JsonObject): JsonObject {
  const [container, ...others] = listAt(pod, "spec", "containers").filter(isObject);
  if (container === undefined || others.length > 0)
    throw new ToolError(`${stringAt(pod, "metadata", "name") ?? "a Pod"} has not one container: the lab can't play it`);
  return container;
}
