/** L-2: rights as RBAC matches them. */
import { describe, expect, test } from "bun:test";

import { said } from "../../../tests/support/rule.ts";

const role = (resource: string, verb = "create", group = '""') =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: a }\nrules: [{ apiGroups: [${group}], resources: ["${resource}"], verbs: [${verb}] }]`;
const binding = (kind: string, name: string, to = "view") =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: a }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${to}" }\nsubjects: [{ kind: ${kind}, name: "${name}", namespace: murima }]`;

describe("L-2: rights that give rights", () => {
  const refused = {
    "exec in every pod": role("*/exec"),
    "tokens of everybody": role("*/token"),
    "attach to anything": role("*/attach"),
    "pods/portforward": role("pods/portforward"),
    "serviceaccounts/token": role("serviceaccounts/token"),
    "every subresource": role("pods/*"),
    webhooks: role("validatingwebhookconfigurations", "create", "admissionregistration.k8s.io"),
    "webhooks that change objects": role("mutatingwebhookconfigurations", "update", "admissionregistration.k8s.io"),
    "nobody, as a user": binding("User", "system:anonymous"),
    "nobody, as a group": binding("Group", "system:unauthenticated"),
    masters: binding("Group", "system:masters"),
    "all accounts of a namespace": binding("Group", "system:serviceaccounts:murima"),
    "a default account as a user": binding("User", "system:serviceaccount:murima:default"),
    "a role of Kubernetes itself": binding(
      "ServiceAccount",
      "a",
      "system:controller:clusterrole-aggregation-controller",
    ),
  };
  for (const [name, manifest] of Object.entries(refused))
    test(`L-2: ${name}`, async () => expect(await said("rbac-escalation", manifest)).toHaveLength(1));

  const taken = {
    logs: role("pods/log", "get"),
    "the scale of anything": role("*/scale", "update"),
    "webhooks, to read": role("validatingwebhookconfigurations", "list", "admissionregistration.k8s.io"),
    "pods, to read": role("pods", "get"),
    "an account by name": binding("ServiceAccount", "a"),
    "a user by name": binding("User", "someone@example.com"),
    "an account that checks tokens": binding("ServiceAccount", "a", "system:auth-delegator"),
  };
  for (const [name, manifest] of Object.entries(taken))
    test(`L-2: twin: ${name}`, async () => expect(await said("rbac-escalation", manifest)).toEqual([]));
});
