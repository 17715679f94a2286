import { labelOf, sharedNamespace } from "../core/company.ts";
import { type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { emitYaml } from "../yaml/emit.ts";
import { ciphertextOf } from "./cipher.ts";
import { placeOf } from "./recipients.ts";

/** The namespace where the operator runs, and where private keys are. */
export const operatorNamespace = "sops-operator";
/** Whose key opens a SopsSecret of the platform, and which Secret holds that key. */
export const keyLabel = labelOf("key");
/** Marks a Secret as one that holds private keys for the operator. */
export const operatorLabel = "sops.addons.projectcapsule.dev";
/** The key in such a Secret. */
export const identityKey = "age.agekey";
/** The public half of the private key that a SopsSecret carries: to be compared with the facts without opening it. */
export const recipientAnnotation = labelOf("recipient");
/** Values that somebody has to bring yet, SECRET/KEY with commas between: a placeholder stands there. */
export const pendingAnnotation = labelOf("pending");

/** On a role: what reads by it can't do without the Secrets it names. */
export const requiredAnnotation = labelOf("required");

/** One Secret that the operator makes. */
export interface SecretItem {
  name: string;
  type?: string | undefined;
  labels?: Record<string, string>;
  stringData: Record<string, string>;
}

/** A SopsSecret in the clear, as text to be encrypted. */
export function sopsSecretText(
  { name, namespace, annotations = {} }: { name: string; namespace: string; annotations?: Record<string, string> },
  secrets: readonly SecretItem[],
): string {
  const sorted = (object: Record<string, string>) =>
    Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return emitYaml({
    apiVersion: "addons.projectcapsule.dev/v1alpha1",
    kind: "SopsSecret",
    metadata: {
      name,
      namespace,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: sorted(annotations) }),
    },
    spec: {
      secrets: secrets.map(({ name: own, type, labels, stringData }) => ({
        name: own,
        ...(type === undefined ? {} : { type }),
        ...(labels === undefined ? {} : { labels: sorted(labels) }),
        stringData: sorted(stringData),
      })),
    },
  });
}

/** The Secrets that a SopsSecret makes: names, labels and the keys in them. */
export function secretsOf(object: Json | undefined): { name: string; labels: JsonObject; keys: string[] }[] {
  return listAt(object, "spec", "secrets").flatMap((item) => {
    const name = stringAt(item, "name");
    const keys = [...Object.keys(objectAt(item, "data")), ...Object.keys(objectAt(item, "stringData"))];
    return name === undefined ? [] : [{ name, labels: objectAt(item, "labels"), keys }];
  });
}

/** What somebody has to bring yet: SECRET/KEY each. */
export function pendingOf(object: Json | undefined): string[] {
  return (stringAt(object, "metadata", "annotations", pendingAnnotation) ?? "")
    .split(",")
    .filter((name) => name !== "");
}

/** Values that are there and empty: SECRET/KEY each. In the clear, or as seen without a key. */
export function emptiesOf(data: Json | undefined): string[] {
  return listAt(data, "spec", "secrets").flatMap((item) =>
    ["data", "stringData"].flatMap((field) =>
      Object.entries(objectAt(item, field)).flatMap(([key, value]) => {
        if (typeof value !== "string") return [];
        const found = value === "" ? { length: 0 } : ciphertextOf(value);
        return typeof found !== "string" && found.length === 0 ? [`${stringAt(item, "name") ?? ""}/${key}`] : [];
      }),
    ),
  );
}

/** What a person can start from, in the clear: one Secret with the keys that most have. */
export function exampleOf(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.sops\.yaml$/, "");
  const place = placeOf(file);
  const namespace = place?.kind === "tenantSecret" ? `tenant-${place.tenant}` : sharedNamespace;
  const stringData = { password: "REPLACE", username: "REPLACE" };
  return sopsSecretText({ name, namespace }, [{ name, stringData }]);
}
