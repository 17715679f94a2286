import { ToolError } from "../scripts/lib/core/errors.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../scripts/lib/core/json.ts";
import { CipherError } from "../scripts/lib/secret/cipher.ts";
import { openFile } from "../scripts/lib/secret/file.ts";
import { identityKey, operatorLabel } from "../scripts/lib/secret/sops-secret.ts";
import { emitYaml } from "../scripts/lib/yaml/emit.ts";
import type { Api } from "./api.ts";
import { play, type Played } from "./played.ts";

const group = "/apis/addons.projectcapsule.dev/v1alpha1";

/**
 * Plays the sops-operator, as KWOK plays kubelets: makes Secrets of what its keys open, keys that come in Secrets among
 * them, and says in a condition that all is ready. What no key opens is called ready as well: only clusters of the lab
 * with a published key have one. Ends when `stop` is called.
 */
export function startOperator(api: Api, identities: readonly string[]): Played & { made: () => number } {
  const keys = new Set(identities);
  let made = 0;
  const round = async () => {
    for (const kind of ["sopsproviders", "sopssecrets"]) {
      const { body } = await api.request("GET", `${group}/${kind}`);
      for (const object of listAt(body, "items").filter(isObject)) {
        const generation = objectAt(object, "metadata")["generation"] as number;
        if (objectAt(object, "status")["observedGeneration"] === generation) continue;
        try {
          if (kind === "sopssecrets") made += await decrypt(object);
          await ready(kind, object, generation);
        } catch (error) {
          // An object or its namespace went meanwhile: the next round sees what is there then.
          if (!(error instanceof ToolError)) throw error;
        }
      }
    }
  };
  return { ...play(round, 250), made: () => made };

  async function decrypt({ metadata, spec, sops }: JsonObject): Promise<number> {
    let opened: Awaited<ReturnType<typeof openFile>>;
    try {
      opened = await openFile(emitYaml({ spec: spec!, sops: sops! }), [...keys]);
    } catch (error) {
      if (error instanceof CipherError) return 0;
      throw error;
    }
    const namespace = stringAt(metadata, "namespace")!;
    const secrets = listAt(opened.document.toJS(), "spec", "secrets").filter(isObject);
    for (const { name, type, labels, data, stringData } of secrets) {
      const own = objectAt(stringData);
      if (objectAt(labels)[operatorLabel] === "true") keys.add(stringAt(own, identityKey)!);
      await api.keep({
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: name!,
          namespace,
          labels: objectAt(labels),
          ownerReferences: [
            {
              apiVersion: "addons.projectcapsule.dev/v1alpha1",
              kind: "SopsSecret",
              name: stringAt(metadata, "name")!,
              uid: stringAt(metadata, "uid")!,
            },
          ],
        },
        type: type ?? "Opaque",
        data: objectAt(data),
        stringData: own,
      });
    }
    return secrets.length;
  }

  async function ready(kind: string, { metadata }: JsonObject, generation: number): Promise<void> {
    const [name, namespace] = [stringAt(metadata, "name")!, stringAt(metadata, "namespace")];
    const condition = {
      type: "Ready",
      status: "True",
      reason: "Loaded",
      message: "Secrets Decrypted",
      lastTransitionTime: stringAt(metadata, "creationTimestamp")!,
    };
    await api.request(
      "PATCH",
      `${group}/${namespace === undefined ? "" : `namespaces/${namespace}/`}${kind}/${name}/status`,
      { status: { conditions: [condition], observedGeneration: generation } },
      "application/merge-patch+json",
    );
  }
}
