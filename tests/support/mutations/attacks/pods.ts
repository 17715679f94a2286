import { type Attack, commit, object, template } from "./attack.ts";

/** S-04: pods. */
export const pods: Attack[] = [
  {
    name: "S-04 a tenant commits a pod",
    rule: "project-allows",
    attack: commit(object("v1", "Pod", "spec:\n  hostNetwork: true\n  containers:\n    - name: x\n      image: x\n")),
  },
  ...["hostNetwork: true", "hostPID: true", "shareProcessNamespace: true"].map((line): Attack => ({
    name: `S-04 ${line}`,
    clusters: ["prod-shared-us"],
    rule: "pod-security",
    attack: (fleet) =>
      fleet.edit(
        template("deployment.yaml"),
        "      enableServiceLinks: false\n",
        `      enableServiceLinks: false\n      ${line}\n`,
      ),
  })),
  {
    name: "S-04 seccomp Unconfined in a hook",
    clusters: ["prod-shared-us"],
    rule: "pod-security",
    attack: (fleet) => fleet.edit(template("_helpers.tpl"), "type: RuntimeDefault", "type: Unconfined"),
  },
];
