// Generated from schemas/*.json by tools/types.ts. Do not edit.

/**
 * The facts of one Kubernetes cluster. Everything that depends on the cluster is copied from here.
 */
export interface Cluster {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Cluster";
  metadata: {
    /**
     * The folder's name.
     */
    name: string;
    annotations: {
      /**
       * Kustomize reads the object as a source of replacements and leaves it out of its output.
       */
      "config.kubernetes.io/local-config": "true";
    };
  };
  spec: {
    /**
     * The rung of promotion it belongs to: a folder of environments/.
     */
    environment: string;
    /**
     * How customers use it (guide section 2).
     */
    model: "multi-tenant" | "single-tenant" | "on-premises" | "hybrid";
    /**
     * Clusters of an environment take a change in this order.
     */
    ring: number;
    /**
     * Who runs the machines. A provider without a model here is refused by name.
     */
    provider: "aws" | "kind" | "on-premises";
    /**
     * The provider's name for the place.
     */
    region: string;
    /**
     * Where data kept here lies; tenants that ask for a residency go only where it is met.
     */
    residency?: "eu" | "us";
    /**
     * Minor version, in quotes. There has to be a schema for it in schemas/kubernetes.
     */
    kubernetesVersion: string;
    /**
     * APIs of the cluster beside Kubernetes' own, as charts ask for them.
     */
    apiVersions: string[];
    cni: {
      /**
       * Network plugin.
       */
      name: "calico" | "cilium" | "kindnet" | "vpc-cni";
      /**
       * Isolation between tenants rests on it. The VPC CNI enforces nothing unless told to.
       */
      enforcesNetworkPolicies: true;
    };
    /**
     * UID of its namespace kube-system. bootstrap and reap touch no cluster that has another; absent until the cluster is there.
     */
    fingerprint?: string;
    /**
     * Names of the services are below it.
     */
    domain: string;
    /**
     * Where its nodes pull images from: ours, or the customer's mirror of it. No other is allowed.
     */
    registry: string;
    /**
     * IPv4 ranges; no two of the fleet overlap.
     */
    cidrs: {
      /**
       * Machines.
       */
      nodes: string;
      pods: string;
      services: string;
      /**
       * Managed stores, where the cloud runs them.
       */
      stores?: string;
    };
    /**
     * What all its nodes offer together.
     */
    capacity: {
      cpu: string;
      memory: string;
      storage: string;
    };
    repository: {
      /**
       * Where this cluster pulls from: this repository, or the customer's mirror of it.
       */
      url: string;
      /**
       * Full name of a branch, so that Argo CD needs not guess.
       */
      revision: string;
    };
    /**
     * Public key that this cluster's secrets are encrypted to.
     */
    ageRecipient: string;
  };
}

/**
 * The facts of one rung of promotion.
 */
export interface Environment {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Environment";
  metadata: {
    /**
     * The folder's name.
     */
    name: string;
    annotations: {
      /**
       * Kustomize reads the object as a source of replacements and leaves it out of its output.
       */
      "config.kubernetes.io/local-config": "true";
    };
  };
  spec: {
    /**
     * Place in the order of promotion, from 1.
     */
    rank: number;
    /**
     * The environment whose images come here next. Absent at the start.
     */
    promotesFrom?: string;
    images: {
      /**
       * Whether tags like v1.2.0-rc.1 may run here.
       */
      prereleases: "allowed" | "forbidden";
    };
    /**
     * What becomes of an Application whose folder is gone: Argo CD deletes it, or it is kept until somebody removes it with evidence.
     */
    orphans: "deleted" | "kept";
    /**
     * How many objects one pull request may remove without a label that says it is meant.
     */
    deletionBudget: {
      applications: number;
      namespaces: number;
      volumes: number;
      customResources: number;
    };
    /**
     * An environment whose services have the same values but for these.
     */
    mirrors?: {
      environment: string;
      except: {
        /**
         * Keys of a service's merged values, joined by dots.
         */
        path: string;
        reason: string;
      }[];
    };
  };
}

/**
 * Findings that are known and excused for a time. The one place where a rule is set aside.
 */
export interface Exceptions {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Exceptions";
  metadata: {
    /**
     * exceptions
     */
    name: string;
    annotations: {
      /**
       * Kustomize reads the object as a source of replacements and leaves it out of its output.
       */
      "config.kubernetes.io/local-config": "true";
    };
  };
  spec: {
    exceptions: {
      /**
       * Name of the rule (docs/rules.md).
       */
      rule: string;
      /**
       * Where; * stands for any part of a path.
       */
      file?: string;
      /**
       * CLUSTER/APPLICATION; * stands for any part.
       */
      application?: string;
      /**
       * GROUP/KIND NAMESPACE/NAME as findings name it; * stands for any part.
       */
      object?: string;
      /**
       * Why it is right for now, and what has to happen.
       */
      reason: string;
      /**
       * Day after which it is a finding again, YYYY-MM-DD in quotes.
       */
      expires: string;
    }[];
  };
}

/**
 * Objects that the fleet refers to and does not hold. The one place where a dangling reference is excused.
 */
export interface External {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "External";
  metadata: {
    /**
     * external
     */
    name: string;
    annotations: {
      /**
       * Kustomize reads the object as a source of replacements and leaves it out of its output.
       */
      "config.kubernetes.io/local-config": "true";
    };
  };
  spec: {
    objects: {
      kind: "Gateway" | "Secret" | "Service";
      /**
       * Name; * stands for any part of one.
       */
      namespace: string;
      /**
       * @minItems 1
       *
       * Items: Name; * stands for any part of one.
       */
      names: [string, ...string[]];
      /**
       * Of a Secret.
       */
      keys?: string[];
      /**
       * Who brings it, and when this entry goes.
       */
      reason: string;
    }[];
  };
}
