import type { JsonPath } from "../../core/json.ts";
import { placesIn } from "../../repo/address.ts";
import type { Rule } from "../rule.ts";

/** Service accounts that call AWS, by the addon that has them: who makes records, and who proves a name by one. */
const callers: Readonly<Record<string, string>> = {
  "cert-manager": "cert-manager/cert-manager",
  "external-dns": "external-dns/external-dns",
};

const regionOf = (zone: string) => zone.slice(0, -1);

export const awsAccount: Rule = {
  id: "aws-account",
  severity: "error",
  holds:
    "A cluster on AWS says in which account, network and zones it is; its zones are of its region, roles of its account, and each addon that calls AWS has a role.",
  because:
    "A role of another account opens another customer's zone; without one no record is written and no certificate issued.",
  *check({ documents, sources, tree }) {
    for (const [cluster, { file, document }] of documents.clusters) {
      const { aws, capacity, provider, region } = document.spec;
      const at = (...path: JsonPath) => ({ file, ...sources.locate(file, ["spec", ...path]) });
      if ((provider === "aws") !== (aws !== undefined)) {
        yield aws === undefined
          ? {
              ...at("provider"),
              message: "is aws, and spec.aws is missing",
              fix: "add what the infrastructure repository hands over",
            }
          : { ...at("aws"), message: `is there, and the machines are those of ${provider}`, fix: "remove it" };
      }
      if (aws === undefined) continue;
      for (const [index, zone] of aws.zones.entries())
        if (regionOf(zone) !== region)
          yield {
            ...at("aws", "zones", index),
            message: `${zone} is no zone of ${region}`,
            fix: "correct the zone, or the region",
          };
      const { failureDomains } = capacity;
      if (failureDomains !== undefined && failureDomains !== aws.zones.length)
        yield {
          ...at("capacity", "failureDomains"),
          message: `is ${failureDomains}, and there are ${aws.zones.length} zones`,
          fix: "name every zone that nodes are in, and no other",
        };
      for (const [caller, role] of Object.entries(aws.roles))
        if (accountIn(role) !== aws.account)
          yield {
            ...at("aws", "roles", caller),
            message: `${role} is of the account ${accountIn(role)}, not ${aws.account}`,
            fix: "take a role of the cluster's own account",
          };
      for (const { addon } of placesIn(tree, "addon", { cluster })) {
        const caller = callers[addon];
        if (caller === undefined || aws.roles[caller] !== undefined) continue;
        yield {
          ...at("aws", "roles"),
          message: `lacks ${caller}, which the addon ${addon} runs as`,
          fix: "add its role",
        };
      }
    }
  },
};

/** The account that an ARN names. */
const accountIn = (arn: string) => arn.split(":")[4];
