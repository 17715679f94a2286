import type { Cluster } from "./generated.ts";

/** Who has a thing in hand: we, or the customer of the cluster; by half where a deployment is split. */
type Party = "platform" | "customer" | "by half";

/** What it means for a cluster to be of one of the models of guide section 2. */
export interface DeploymentModel {
  /** How many customers a cluster takes. With one, everything of the cluster is that customer's alone. */
  tenants: "many" | "one";
  /** Whose domain a tenant's host is in: below ours it follows from the id, below the customer's it has to be given. */
  hosts: "platform" | "customer";
  /** Who owns the machines, their network and the control plane. */
  machines: Party;
  /** Who keeps the stores: the platform's cloud, or operators on the customer's machines. */
  stores: Party;
}

/** Every model that the schema of Cluster knows. */
export const deploymentModels: Readonly<Record<Cluster["spec"]["model"], DeploymentModel>> = {
  "multi-tenant": { tenants: "many", hosts: "platform", machines: "platform", stores: "platform" },
  "single-tenant": { tenants: "one", hosts: "platform", machines: "platform", stores: "platform" },
  "on-premises": { tenants: "one", hosts: "customer", machines: "customer", stores: "customer" },
  hybrid: { tenants: "one", hosts: "customer", machines: "by half", stores: "by half" },
};

/** The model of a cluster. */
export const modelOf = ({ spec }: Cluster): DeploymentModel => deploymentModels[spec.model];
