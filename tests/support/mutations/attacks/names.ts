import { tombstone } from "../tenants.ts";
import { type Attack, commit, object } from "./attack.ts";

/** S-12: names and owners. */
export const names: Attack[] = [
  {
    name: "S-12 the tracking id of another Application",
    rule: "object-metadata",
    attack: commit(
      object(
        "v1",
        "ConfigMap",
        "  annotations:\n    argocd.argoproj.io/tracking-id: tenant-stark:/ConfigMap:tenant-stark/settings\n",
      ),
    ),
  },
  {
    name: "S-12 the instance label of another Application",
    rule: "object-metadata",
    attack: commit(object("v1", "ConfigMap", "  labels:\n    argocd.argoproj.io/instance: tenant-stark\n")),
  },
  {
    name: "S-12 owned by another's object",
    rule: "object-metadata",
    attack: commit(
      object(
        "v1",
        "ConfigMap",
        "  ownerReferences:\n    - apiVersion: v1\n      kind: ConfigMap\n      name: settings\n      uid: 7f3c\n",
      ),
    ),
  },
  {
    name: "S-12 a finalizer that stays",
    rule: "object-metadata",
    attack: commit(object("v1", "ConfigMap", "  finalizers:\n    - example.com/never\n")),
  },
  {
    name: "S-12 a name the platform has",
    rule: "duplicate-object",
    attack: commit(
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tenant-stark\n  namespace: murima\ndata:\n  plan: enterprise\n`,
    ),
  },
  {
    name: "S-12 another namespace",
    rule: "project-allows",
    attack: commit(object("v1", "ConfigMap", "  namespace: tenant-stark\n")),
  },
  {
    name: "S-12 B-02 an id that begins with another",
    rule: "tenant-id",
    attack: (fleet) => fleet.write("tenants/wonka-eu/tombstone.yaml", tombstone("wonka-eu")),
  },
  {
    name: "S-12 an id again",
    rule: "tenant-state",
    attack: (fleet) => fleet.write("tenants/wonka/tombstone.yaml", tombstone("wonka")),
  },
  {
    name: "S-12 a range again",
    rule: "tenant-state",
    attack: (fleet) =>
      fleet.write("tenants/umbrella/tombstone.yaml", tombstone("umbrella", "umbrella.example", "[10.28.0.0/16]")),
  },
];
