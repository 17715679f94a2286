import { at, isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { addonOf } from "../../render/source-file.ts";
import { pathOf } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** Settings that the proofs of this repository stand on, with the one value each may have. */
const required: Readonly<Record<string, string>> = {
  "application.resourceTrackingMethod": "annotation",
  // Without it every Application acts as Argo CD itself, and all deployers are void.
  "application.sync.impersonation.enabled": "true",
};

/** How healthy a kind is, what makes Argo CD look again, and who signs in: none of it decides what is compared or applied. */
const harmless =
  /^(resource\.customizations\.(health\.[a-z0-9.-]+_[A-Za-z]+|ignoreResourceUpdates\.[A-Za-z0-9._-]+)|url|oidc\.config)$/;

/** Kinds that nothing of a repository makes: Argo CD need not watch them. */
const unwatched = new Set([
  "/Endpoints",
  "authentication.k8s.io/TokenReview",
  "authorization.k8s.io/SubjectAccessReview",
  "cert-manager.io/CertificateRequest",
  "certificates.k8s.io/CertificateSigningRequest",
  "cilium.io/CiliumEndpoint",
  "cilium.io/CiliumEndpointSlice",
  "cilium.io/CiliumIdentity",
  "coordination.k8s.io/Lease",
  "discovery.k8s.io/EndpointSlice",
]);

/** Argo CD's own configuration objects, by name: argo-cd.readthedocs.io, declarative setup. */
const configuration = /^argocd-/;

/** Parameters of its programs that say nothing about what they may do. */
const parameters = new Set([
  "applicationsetcontroller.enable.leader.election",
  "controller.diff.server.side",
  "redis.server",
  "server.insecure",
]);

export const argocdSettings: Rule = {
  id: "argocd-settings",
  severity: "error",
  absolute: true,
  holds:
    "Argo CD is configured by argocd-cm of root and by its own addon: impersonation and tracking as the proofs need them, nothing unwatched that is deployed, and nobody may do more in it than look and sync.",
  because:
    "A setting can switch off whole kinds of objects, accounts or comparisons, and everything that is proven here with them (R9).",
  *check(fleet) {
    const rendered = new Set<string>();
    for (const { application, cluster, hooks, id, object, at: where } of renderedObjects(fleet)) {
      const isConfiguration =
        id.group === "" && ["ConfigMap", "Secret"].includes(id.kind) && configuration.test(id.name);
      if (!isConfiguration || id.namespace !== "argocd") continue;
      const isSettings = id.kind === "ConfigMap" && id.name === "argocd-cm";
      if (addonOf(application) === "argocd" && !isSettings) {
        for (const message of ownProblems(id.name, object)) yield { ...where, message, fix: "remove it" };
        continue;
      }
      if (!isSettings || application.name !== "root") {
        const message = `configures Argo CD, from ${application.name}`;
        yield { ...where, message, fix: `only argocd-cm in ${pathOf("clusterBase", {}, "settings")} does: remove it` };
        continue;
      }
      // A hook configures nothing: it is not there between two syncs, if ever.
      if (hooks.length === 0) rendered.add(cluster);
      const data = objectAt(object, "data");
      for (const [key, value] of Object.entries(required))
        if (data[key] !== value)
          yield { ...where, message: `${key} is ${JSON.stringify(data[key] ?? null)}`, fix: `set it to "${value}"` };
      for (const key of Object.keys(data)) {
        if (key === "resource.exclusions")
          for (const kind of excluded(stringAt(data, key) ?? ""))
            if (!unwatched.has(kind))
              yield { ...where, message: `leaves ${kind} out of what is compared`, fix: "remove it" };
        const isKnown =
          required[key] !== undefined ||
          key === "resource.exclusions" ||
          harmless.test(key) ||
          (key === "admin.enabled" && data[key] === "false");
        if (!isKnown)
          yield { ...where, message: `sets ${key}, which is not among the settings the proofs know`, fix: "remove it" };
      }
    }
    for (const root of fleet.applications)
      if (root.name === "root" && root.notRendered === undefined && !rendered.has(root.cluster))
        yield {
          application: root.id,
          message: "has no argocd-cm, so nothing says that Argo CD acts as deployers",
          fix: `include ${pathOf("clusterBase", {})}, which holds it`,
        };
  },
};

/** GROUP/KIND of each kind that is not watched; what can't be read is one of its own, and so refused. */
function excluded(text: string): string[] {
  let entries: unknown;
  try {
    entries = Bun.YAML.parse(text);
  } catch {
    entries = undefined;
  }
  if (!Array.isArray(entries)) return ["what is no list"];
  return entries.flatMap((entry: unknown) => {
    if (!isObject(entry) || listAt(entry, "apiGroups").length !== 1) return ["more than one group at a time"];
    const [group] = stringsAt(entry, "apiGroups");
    const kinds = stringsAt(entry, "kinds");
    return kinds.length === 0 ? [`${group}/*`] : kinds.map((kind) => `${group}/${kind}`);
  });
}

/** What its own addon may not configure. */
function* ownProblems(name: string, object: JsonObject): Iterable<string> {
  const data = objectAt(object, "data");
  if (name === "argocd-cmd-params-cm")
    for (const key of Object.keys(data))
      if (!parameters.has(key)) yield `sets ${key}, which is not among the parameters the proofs know`;
  if (name !== "argocd-rbac-cm") return;
  if ((at(data, "policy.default") ?? "") !== "") yield "gives everybody a role (policy.default)";
  for (const [key, text] of Object.entries(data)) {
    if (!/^policy(\.[^.]+)*\.csv$/.test(key)) continue;
    for (const line of (typeof text === "string" ? text : "*").split("\n")) {
      const [type, , ...words] = line.split(",").map((word) => word.trim());
      const may = type === "p" && ["get", "sync"].includes(words[1] ?? "");
      const joins = type === "g" && (words[0] ?? "").startsWith("role:") && words[0] !== "role:admin";
      if (line.trim() !== "" && !may && !joins) yield `gives more than to look and to sync: ${line.trim()}`;
    }
  }
}
