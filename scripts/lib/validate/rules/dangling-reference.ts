import { listAt, objectAt, stringAt } from "../../core/json.ts";
import { containers } from "../../model/pods.ts";
import type { Fleet, Rule, RuleFinding } from "../rule.ts";
import { type Subject, subjects } from "../subjects.ts";

/** One object that another needs, and the key in it if only one will do. */
interface Reference {
  kind: string;
  namespace: string;
  name: string;
  key?: string;
}

export const danglingReference: Rule = {
  id: "dangling-reference",
  severity: "error",
  needs: "clusters",
  holds: "An object that another needs is rendered for the same cluster, or declared in apps/external.yaml.",
  because:
    "A pod whose Secret or ConfigMap is missing never starts; a route whose Service is missing answers 500 (D-40).",
  *check(fleet) {
    const rendered = index(fleet);
    const used = new Set<string>();
    for (const subject of subjects(fleet)) {
      for (const reference of references(subject)) {
        const keys = rendered.get(where(subject.cluster, reference));
        if (keys !== undefined && (reference.key === undefined || keys.has(reference.key))) continue;
        const declaration = external(fleet, reference);
        if (declaration !== undefined) {
          used.add(declaration);
          continue;
        }
        const missing = keys === undefined ? "" : `the key ${reference.key} in `;
        const wanted = `${missing}${reference.kind} ${reference.namespace}/${reference.name}`;
        const fix = "add it, correct the name, or declare it in apps/external.yaml with a reason";
        yield { ...subject.at, message: `needs ${wanted}, which is not there`, fix };
      }
    }
    if (fleet.extent === "fleet") yield* unused(fleet, used);
  },
};

function where(cluster: string, { kind, namespace, name }: Reference): string {
  return [cluster, kind, namespace, name].join("\0");
}

/** What is rendered, with the keys of ConfigMaps and Secrets. */
function index(fleet: Fleet): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { cluster, id, object } of subjects(fleet)) {
    const keys = ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(objectAt(object, field)));
    found.set(where(cluster, id), new Set(keys));
  }
  return found;
}

/** The entry of apps/external.yaml that excuses a reference. */
function external({ documents }: Fleet, { kind, namespace, name, key }: Reference): string | undefined {
  for (const [position, entry] of (documents.external?.document.spec.objects ?? []).entries()) {
    if (entry.kind !== kind || !matches(entry.namespace, namespace)) continue;
    if (key !== undefined && entry.keys?.includes(key) !== true) continue;
    const pattern = entry.names.findIndex((pattern) => matches(pattern, name));
    if (pattern !== -1) return `${position}.${pattern}`;
  }
  return undefined;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${parts.join("[a-z0-9-]+")}$`).test(name);
}

function* unused({ documents, sources }: Fleet, used: ReadonlySet<string>): Iterable<RuleFinding> {
  if (documents.external === undefined) return;
  const { file, document } = documents.external;
  for (const [position, entry] of document.spec.objects.entries()) {
    for (const [pattern, name] of entry.names.entries()) {
      if (used.has(`${position}.${pattern}`)) continue;
      const at = sources.locate(file, ["spec", "objects", position, "names", pattern]);
      yield { file, ...at, message: `nothing refers to ${entry.kind} ${name} any more`, fix: "remove the entry" };
    }
  }
}

function* references({ id, object, pods }: Subject): Iterable<Reference> {
  const own = (kind: string, name: string | undefined, key?: string): Reference[] =>
    name === undefined ? [] : [{ kind, namespace: id.namespace, name, ...(key === undefined ? {} : { key }) }];
  for (const { spec: pod } of pods) {
    // "default" is made by Kubernetes itself.
    const account = stringAt(pod, "serviceAccountName");
    if (account !== "default") yield* own("ServiceAccount", account);
    for (const secret of listAt(pod, "imagePullSecrets"))
      yield* own("Secret", stringAt(secret, "name"), ".dockerconfigjson");
    for (const volume of listAt(pod, "volumes")) {
      yield* own("ConfigMap", stringAt(volume, "configMap", "name"));
      yield* own("Secret", stringAt(volume, "secret", "secretName"));
    }
    for (const container of containers(pod)) {
      for (const from of listAt(container, "envFrom")) {
        yield* own("ConfigMap", stringAt(from, "configMapRef", "name"));
        yield* own("Secret", stringAt(from, "secretRef", "name"));
      }
      for (const variable of listAt(container, "env")) {
        for (const [field, kind] of [
          ["secretKeyRef", "Secret"],
          ["configMapKeyRef", "ConfigMap"],
        ] as const) {
          const from = objectAt(variable, "valueFrom", field);
          yield* own(kind, stringAt(from, "name"), stringAt(from, "key"));
        }
      }
    }
  }
  if (id.kind === "HTTPRoute") {
    for (const parent of listAt(object, "spec", "parentRefs")) {
      yield {
        kind: "Gateway",
        namespace: stringAt(parent, "namespace") ?? id.namespace,
        name: stringAt(parent, "name") ?? "",
      };
    }
    for (const rule of listAt(object, "spec", "rules")) {
      for (const backend of listAt(rule, "backendRefs")) yield* own("Service", stringAt(backend, "name"));
    }
  }
  if (id.kind === "ConfigMap") {
    for (const value of Object.values(objectAt(object, "data"))) {
      const host = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/.exec(typeof value === "string" ? value : "");
      if (host !== null) yield { kind: "Service", namespace: host[2]!, name: host[1]! };
    }
  }
}
