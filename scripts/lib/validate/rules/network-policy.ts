import { at as valueAt, listAt, stringAt, stringsAt } from "../../core/json.ts";
import { externalNamespaces } from "../../fleet/absent-charts.ts";
import { renderedObjects, standingObjects } from "../../fleet/objects.ts";
import { nameLabel } from "../../network/network.ts";
import { parsePolicy } from "../../network/policy.ts";
import type { Rule } from "../rule.ts";

/** Where a cluster's own pods are; nobody renders it. */
const builtin = ["kube-system"];

export const networkPolicy: Rule = {
  id: "network-policy",
  severity: "error",
  needs: "clusters",
  holds:
    "A NetworkPolicy is one a server takes, says both peers of a meaning in one item, each port with its protocol, and names namespaces that are there.",
  because:
    "One hyphen turns 'these pods in that namespace' into 'these pods, or that namespace', and nothing says so (D-15, N-02 to N-11).",
  *check(fleet) {
    const namespaces = new Set(
      builtin.flatMap((name) => [...fleet.documents.clusters.keys()].map((cluster) => `${cluster}/${name}`)),
    );
    const external = externalNamespaces(fleet);
    // Where no namespace is rendered at all, another rule says so.
    const known = new Set<string>();
    for (const { cluster, id } of standingObjects(fleet, "Namespace")) {
      known.add(cluster);
      namespaces.add(`${cluster}/${id.name}`);
    }
    for (const { cluster, object, at } of renderedObjects(fleet, "NetworkPolicy")) {
      for (const problem of parsePolicy(object).problems)
        yield { ...at, message: problem, fix: "write it as the API has it" };
      const types = stringsAt(object, "spec", "policyTypes");
      for (const [field, type] of [
        ["ingress", "Ingress"],
        ["egress", "Egress"],
      ] as const) {
        const rules = listAt(object, "spec", field);
        if (types.length > 0 && !types.includes(type) && rules.length > 0)
          yield {
            ...at,
            message: `has ${field} rules that do nothing: its policyTypes lack ${type}`,
            fix: `add ${type}, or remove the rules`,
          };
        for (const rule of rules) {
          const peers = listAt(rule, field === "ingress" ? "from" : "to");
          const has = (peer: unknown, selector: string) => valueAt(peer, selector) !== undefined;
          const isSplit = peers.some(
            (peer, index) =>
              has(peer, "namespaceSelector") &&
              !has(peer, "podSelector") &&
              has(peers[index + 1], "podSelector") &&
              !has(peers[index + 1], "namespaceSelector"),
          );
          if (isSplit)
            yield {
              ...at,
              message: "lets in a whole namespace or these pods of its own",
              fix: "put both selectors into one item if these pods of that namespace are meant",
            };
          for (const peer of peers) {
            const name = stringAt(peer, "namespaceSelector", "matchLabels", nameLabel);
            if (name === undefined || external.has(name)) continue;
            if (known.has(cluster) && !namespaces.has(`${cluster}/${name}`))
              yield {
                ...at,
                message: `names the namespace ${name}, which ${cluster} does not have`,
                fix: "correct the name",
              };
          }
          for (const port of listAt(rule, "ports"))
            if (stringAt(port, "protocol") === undefined)
              yield { ...at, message: "names a port without a protocol, which means TCP", fix: "write the protocol" };
        }
      }
    }
  },
};
