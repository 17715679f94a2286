// Generated from schemas/*.json by tools/types.ts. Do not edit.

/**
 * An upstream chart that clusters may run: where it comes from, and what it may do here. Which version runs where is in clusters/CLUSTER/addons/ADDON/chart.yaml.
 */
export interface Addon {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Addon";
  metadata: {
    /**
     * The folder's.
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
     * Upstream. Argo CD never asks it: charts mirror copies its archives into our registry.
     */
    source: {
      /**
       * Of the upstream chart: https://… with an index.yaml, or oci://….
       */
      repository: string;
      chart: string;
      /**
       * Upstream has no chart, but these files of plain manifests, at REPOSITORY/VERSION/FILE (VERSION in a path of theirs is its number without v): they are made a chart here.
       *
       * @minItems 1
       */
      manifests?: [string, ...string[]];
    };
    /**
     * Where it runs: the one of this folder's namespace/, or one that another addon or apps/platform/namespaces has.
     */
    namespace: string;
    /**
     * Level that its namespace enforces (Pod Security Standards).
     */
    podSecurity: "restricted" | "privileged";
    /**
     * Day after which the version that is locked newest gets no more fixes, as upstream says; unknown where it says nothing.
     */
    endOfLife: string;
    /**
     * What it has to reach, for people who open networks.
     *
     * @minItems 0
     */
    reaches: string[];
    /**
     * What was seen of its programs at work, and where. Without it: nothing.
     */
    tried?: string;
    /**
     * What people have to know of it.
     *
     * @minItems 1
     */
    remarks?: [string, ...string[]];
    /**
     * The chart brings CustomResourceDefinitions: an Application of their own deploys them, which never prunes.
     */
    definitions?: {
      /**
       * Values under which the chart renders its CustomResourceDefinitions, where it has them among its templates.
       */
      values?: {
        [k: string]: unknown;
      };
    };
    /**
     * What its project allows beside its own namespace: exactly what the chart renders.
     */
    deploys?: {
      /**
       * Other namespaces that it has objects in.
       *
       * @minItems 1
       */
      namespaces?: [string, ...string[]];
      /**
       * Cluster-wide kinds, as GROUP/KIND.
       *
       * @minItems 1
       */
      clusterKinds?: [string, ...string[]];
    };
    /**
     * Paths of values that take the name of the cluster. A part may hold a slash.
     *
     * @minItems 1
     */
    clusterName?: [string, ...string[]];
    /**
     * Every image that the chart runs, and the values by which it is named. clusters/CLUSTER/addons/ADDON/images.yaml follows from it and from lock.yaml.
     *
     * @minItems 1
     */
    images?: [
      {
        /**
         * Upstream name, with its registry.
         */
        image: string;
        /**
         * Its tag, where that is not in the chart's own values.
         */
        tag?: string;
        /**
         * Values of the chart that say which image runs.
         */
        values: {
          /**
           * Path of the value that takes REGISTRY/NAME:TAG@DIGEST.
           */
          reference?: string;
          /**
           * … REGISTRY.
           */
          registry?: string;
          /**
           * … NAME without the registry.
           */
          repository?: string;
          /**
           * … REGISTRY/NAME.
           */
          name?: string;
          /**
           * … TAG.
           */
          tag?: string;
          /**
           * … DIGEST.
           */
          digest?: string;
          /**
           * … TAG@DIGEST.
           */
          pinned?: string;
        };
      },
      ...{
        /**
         * Upstream name, with its registry.
         */
        image: string;
        /**
         * Its tag, where that is not in the chart's own values.
         */
        tag?: string;
        /**
         * Values of the chart that say which image runs.
         */
        values: {
          /**
           * Path of the value that takes REGISTRY/NAME:TAG@DIGEST.
           */
          reference?: string;
          /**
           * … REGISTRY.
           */
          registry?: string;
          /**
           * … NAME without the registry.
           */
          repository?: string;
          /**
           * … REGISTRY/NAME.
           */
          name?: string;
          /**
           * … TAG.
           */
          tag?: string;
          /**
           * … DIGEST.
           */
          digest?: string;
          /**
           * … TAG@DIGEST.
           */
          pinned?: string;
        };
      }[],
    ];
    /**
     * What a cluster has by it and others depend on.
     *
     * @minItems 1
     */
    provides?: [
      {
        kind: string;
        name: string;
      },
      ...{
        kind: string;
        name: string;
      }[],
    ];
    /**
     * Objects that its programs make when they run: references to them are in order.
     *
     * @minItems 1
     */
    makes?: [
      {
        kind: "ConfigMap" | "Secret" | "Service" | "ServiceAccount";
        namespace: string;
        name: string;
        /**
         * Who makes it, and when.
         */
        reason: string;
      },
      ...{
        kind: "ConfigMap" | "Secret" | "Service" | "ServiceAccount";
        namespace: string;
        name: string;
        /**
         * Who makes it, and when.
         */
        reason: string;
      }[],
    ];
    /**
     * What its objects may do beyond the rules, for as long as it runs. More than renders is an error, and so is less.
     *
     * @minItems 1
     */
    allowances?: [
      {
        /**
         * Name of the rule (docs/rules.md).
         */
        rule: string;
        /**
         * As findings name them, exactly.
         *
         * @minItems 1
         */
        objects: [string, ...string[]];
        /**
         * Messages, exactly: of a finding that says anything else nothing is excused. Without it every message is.
         *
         * @minItems 1
         */
        what?: [string, ...string[]];
        /**
         * Why upstream needs it, and why that is acceptable.
         */
        reason: string;
      },
      ...{
        /**
         * Name of the rule (docs/rules.md).
         */
        rule: string;
        /**
         * As findings name them, exactly.
         *
         * @minItems 1
         */
        objects: [string, ...string[]];
        /**
         * Messages, exactly: of a finding that says anything else nothing is excused. Without it every message is.
         *
         * @minItems 1
         */
        what?: [string, ...string[]];
        /**
         * Why upstream needs it, and why that is acceptable.
         */
        reason: string;
      }[],
    ];
  };
}

/**
 * Which bytes each version of an addon's chart is. Written by charts and bump-chart alone.
 */
export interface AddonLock {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "AddonLock";
  metadata: {
    /**
     * The folder's.
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
     * Sorted by version.
     */
    charts: {
      /**
       * Of the chart, as upstream writes it.
       */
      version: string;
      /**
       * Of the archive, as upstream offers it.
       */
      archive: string;
      /**
       * Of the manifest in our registries; it follows from the archive.
       */
      digest: string;
      /**
       * Of the manifest with its CustomResourceDefinitions; it follows from the archive too.
       */
      definitions?: string;
      /**
       * Images that the chart runs, by digest of the index.
       */
      images?: {
        image: string;
        tag: string;
        digest: string;
      }[];
    }[];
  };
}

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
      /**
       * Cilium's own setting, where it is set: ranges of policies match nodes too. Without it they never do, and no pod reaches an API server that runs on nodes.
       */
      policyCIDRMatchMode?: "nodes";
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
     * What its nodes run images for, OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT. linux/amd64 if absent.
     *
     * @minItems 1
     */
    platforms?: [string, ...string[]];
    /**
     * IPv4 ranges of the cluster itself; no two of the fleet overlap. Those of managed stores are in stores.cidrs.
     */
    cidrs: {
      /**
       * Machines.
       */
      nodes: string;
      pods: string;
      services: string;
    };
    /**
     * Where its stores are. Charts and overlays derive host names, addresses and NetworkPolicies from it.
     */
    stores: {
      /**
       * managed: the cloud runs them, outside the cluster. operator: operators run them in the namespace stores.
       */
      mode: "managed" | "operator";
      /**
       * Managed only: a private DNS zone. A store's host is STORE.DOMAIN, for example redis.DOMAIN.
       */
      domain?: string;
      /**
       * Managed only: IPv4 ranges of the subnets the stores are in.
       *
       * @minItems 1
       */
      cidrs?: [string, ...string[]];
      /**
       * Managed only: stores whose certificates name another host than STORE.DOMAIN, as those of a cloud do. Services verify the host.
       */
      hosts?: {
        elasticsearch?: string;
        mongodb?: string;
        postgresql?: string;
        rabbitmq?: string;
        redis?: string;
      };
      /**
       * How many connections a store has for services. Those that the pools of all pods on the cluster can open have to fit.
       */
      maxConnections?: {
        postgresql?: number;
      };
      /**
       * Managed only: other clusters that use the same stores. Each of them names this one in turn.
       */
      shared?: {
        /**
         * Names of clusters.
         *
         * @minItems 1
         */
        with: [string, ...string[]];
        /**
         * Why these clusters do not have stores of their own.
         */
        reason: string;
      };
      /**
       * Operator only: the StorageClass of the stores' volumes. Encrypted at rest, and of this cluster.
       */
      storageClass?: string;
      /**
       * Operator only: where backups of stores go, in an object store that speaks S3. Credentials are the Secrets backup-storage of the namespace stores.
       */
      backup?: {
        /**
         * Its host. It answers on 443, with a certificate of the trust bundle.
         */
        endpoint: string;
        /**
         * Its addresses, as an IPv4 range.
         */
        cidr: string;
        /**
         * Its name.
         */
        bucket: string;
        /**
         * Where it is, as the object store says it.
         */
        region: string;
        /**
         * A bucket in another place that the object store copies everything to.
         */
        copy?: {
          /**
           * Its name.
           */
          bucket: string;
          /**
           * Where it is, as the object store says it.
           */
          region: string;
        };
      };
      /**
       * Operator only, in place of backup.
       */
      noBackup?: {
        /**
         * Why nothing of it is worth keeping.
         */
        reason: string;
      };
      /**
       * Managed only: what the provider keeps of each store that holds data.
       */
      recovery?: {
        elasticsearch?: {
          /**
           * At most so much of what was written last is lost: 5m, 1h.
           */
          point: string;
          /**
           * How many days back it can be restored.
           */
          days: number;
          /**
           * What of the provider's does it.
           */
          by: string;
          /**
           * A second region that it is copied to.
           */
          copy?: string;
        };
        mongodb?: {
          /**
           * At most so much of what was written last is lost: 5m, 1h.
           */
          point: string;
          /**
           * How many days back it can be restored.
           */
          days: number;
          /**
           * What of the provider's does it.
           */
          by: string;
          /**
           * A second region that it is copied to.
           */
          copy?: string;
        };
        postgresql?: {
          /**
           * At most so much of what was written last is lost: 5m, 1h.
           */
          point: string;
          /**
           * How many days back it can be restored.
           */
          days: number;
          /**
           * What of the provider's does it.
           */
          by: string;
          /**
           * A second region that it is copied to.
           */
          copy?: string;
        };
      };
    };
    /**
     * Whom its alerts reach. Needs apps/platform/alerts/components/mail in clusters/CLUSTER/platform/alerts.
     */
    alerts?: {
      /**
       * A relay in the cluster's network that takes mail by STARTTLS and asks for no password.
       */
      mail: {
        /**
         * Its name, which its certificate carries.
         */
        host: string;
        /**
         * Where it answers.
         */
        port: number;
        /**
         * Its addresses, as an IPv4 range.
         */
        cidr: string;
        /**
         * Who the mail is from.
         */
        from: string;
      };
      /**
       * Who is told of what is critical, at any hour.
       */
      oncall: string;
      /**
       * Who is told of warnings, by the label team of an alert.
       */
      teams: {
        /**
         * Argo CD, Git, releases.
         */
        delivery: string;
        /**
         * Cluster, gateway, certificates, and what no other team has.
         */
        platform: string;
        /**
         * The services and their queues.
         */
        services: string;
        /**
         * The stores and their backups.
         */
        stores: string;
        /**
         * One customer's trouble.
         */
        support: string;
      };
      /**
       * When warnings are sent, Monday to Friday. In UTC: the operator's AlertmanagerConfig knows no time zones, so take hours that fit in summer and in winter.
       */
      hours: {
        from: string;
        to: string;
      };
      /**
       * Who waits outside for an alert that always fires, and calls when it does not come: Prometheus, Alertmanager or the whole cluster is gone then.
       */
      watchdog: {
        /**
         * Where it is sent, by POST. No password: whoever knows it can keep the caller quiet, and nothing else.
         */
        url: string;
        /**
         * Its addresses, as an IPv4 range.
         */
        cidr: string;
      };
    };
    /**
     * Restores of its stores with data that were tried out, where the facts of the environment ask for them.
     */
    rehearsals?: {
      /**
       * By this day every store has been restored, or restored again.
       */
      next: string;
      /**
       * What was seen the last time. A store that is not here was never restored.
       */
      last?: {
        elasticsearch?: {
          /**
           * The day of it.
           */
          day: string;
          /**
           * From the decision to restore until services read it again.
           */
          took: string;
          /**
           * What had been written last and was not there.
           */
          lost: string;
          /**
           * Where it is written down: a link to the record.
           */
          by: string;
        };
        mongodb?: {
          /**
           * The day of it.
           */
          day: string;
          /**
           * From the decision to restore until services read it again.
           */
          took: string;
          /**
           * What had been written last and was not there.
           */
          lost: string;
          /**
           * Where it is written down: a link to the record.
           */
          by: string;
        };
        postgresql?: {
          /**
           * The day of it.
           */
          day: string;
          /**
           * From the decision to restore until services read it again.
           */
          took: string;
          /**
           * What had been written last and was not there.
           */
          lost: string;
          /**
           * Where it is written down: a link to the record.
           */
          by: string;
        };
      };
    };
    /**
     * The other cluster of a hybrid deployment, whose services are called through its internal gateway. Needs clusters/components/peer in the cluster's kustomization.yaml.
     */
    peer?: {
      /**
       * Its name.
       */
      cluster: string;
      /**
       * Its spec.domain.
       */
      domain: string;
      /**
       * Its spec.cidrs.nodes: where its gateway answers.
       */
      nodes: string;
      /**
       * Services that run there and not here; the host of each is SERVICE.DOMAIN.
       *
       * @minItems 1
       */
      services: [string, ...string[]];
      /**
       * Whether browsers reach the deployment at the peer's domain: callbacks and allowed origins name it. One of the two says so.
       */
      public?: boolean;
      /**
       * Stores that services of both clusters use, though each cluster has one of its own: why that is right. Both name the same ones.
       */
      stores?: {
        elasticsearch?: {
          /**
           * none: neither needs what the other holds. Only brokers can be joined.
           */
          link: "none";
          reason: string;
        };
        mongodb?: {
          /**
           * none: neither needs what the other holds. Only brokers can be joined.
           */
          link: "none";
          reason: string;
        };
        postgresql?: {
          /**
           * none: neither needs what the other holds. Only brokers can be joined.
           */
          link: "none";
          reason: string;
        };
        rabbitmq?: {
          /**
           * shovel: what is published in the broker of one, the other's gets as well. none: neither needs what the other has.
           */
          link: "none" | "shovel";
          /**
           * With a shovel: the cluster whose broker sends. It runs that by an operator.
           */
          from?: string;
          reason: string;
        };
        redis?: {
          /**
           * none: neither needs what the other holds. Only brokers can be joined.
           */
          link: "none";
          reason: string;
        };
      };
    };
    /**
     * What all its nodes offer together.
     */
    capacity: {
      cpu: string;
      memory: string;
      storage: string;
      /**
       * Over how many equal parts that fail apart its nodes are spread: zones of a provider, machines on premises. Where the environment promises recovery, what runs has to fit while one of them is away.
       */
      failureDomains?: number;
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
    /**
     * Who looks after it, at the consoles of apps/platform/consoles: Argo CD, Grafana, and Kibana where it runs.
     */
    staff: {
      /**
       * Where they come from, as an IPv4 range: an office, a VPN. Nobody else reaches a console.
       */
      cidr: string;
      /**
       * Who says who they are, by OpenID Connect. It knows the clients argocd, grafana and kibana, and names groups in the claim groups: murima:platform and murima:support.
       */
      signOn: {
        /**
         * As its tokens name it. Argo CD asks it for its configuration.
         */
        issuer: string;
        /**
         * Where browsers are sent to sign in.
         */
        authorizationEndpoint: string;
        /**
         * Where a code becomes tokens.
         */
        tokenEndpoint: string;
        /**
         * The keys that its tokens are signed with. Its certificate, as that of tokenEndpoint, is one of a public authority: proxies know no other.
         */
        jwksUri: string;
        /**
         * Its addresses, as an IPv4 range. It answers on 443.
         */
        cidr: string;
      };
    };
    /**
     * On AWS only: where it is there. The infrastructure repository makes it, and hands it over (docs/models.md).
     */
    aws?: {
      /**
       * The account that owns it.
       */
      account: string;
      /**
       * Its network.
       */
      vpc: string;
      /**
       * Availability zones of its nodes; spec.capacity.failureDomains is their number.
       *
       * @minItems 1
       */
      zones: [string, ...string[]];
      /**
       * Roles that pods take by EKS Pod Identity, by NAMESPACE/SERVICEACCOUNT. Whoever makes the cluster makes the associations: nothing in it names a role.
       */
      roles: {
        [k: string]: string;
      };
    };
  };
}

/**
 * Whose repository this is: its names, each by what it is for. Only bun run adopt writes it, with everything that holds one of them.
 */
export interface Company {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Company";
  metadata: {
    name: "company";
    annotations: {
      /**
       * Kustomize reads the object as a source of replacements and leaves it out of its output.
       */
      "config.kubernetes.io/local-config": "true";
    };
  };
  spec: {
    /**
     * For people, in texts and at sign-on.
     */
    displayName: string;
    /**
     * On GitHub, whose teams review. Names of the services' images begin with it, and that of the cache on a machine.
     */
    organisation: string;
    /**
     * This one's name in the organisation.
     */
    repository: string;
    /**
     * Below it lie the hosts of clusters, customers, stores and sign-on.
     */
    domain: string;
    /**
     * What follows @ in its addresses.
     */
    mail: string;
    /**
     * Where nodes pull images from, a host: it has copies of the upstream images below the names of their own registries.
     */
    registry: string;
    /**
     * Of our documents' apiVersion, without /v1.
     */
    apiGroup: string;
    /**
     * In front of the / of our labels and annotations.
     */
    labelPrefix: string;
    /**
     * Of the shared services; priority classes, dashboards, virtual hosts and users of stores are called after it as well. One word.
     */
    namespace: string;
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
    /**
     * How long a version runs in one ring before the next takes it, from the commit that brought it there; promote holds to it. Without it nobody waits.
     */
    soak?: string;
    images: {
      /**
       * Whether tags like v1.2.0-rc.1 may run here.
       */
      prereleases: "allowed" | "forbidden";
      /**
       * Pattern of tags that may run here beside versions: builds. What it captures first tells which is newer.
       */
      tags?: string;
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
     * An environment that has the same values but for these.
     */
    mirrors?: {
      environment: string;
      except: {
        /**
         * Keys of the environment's values, joined by dots.
         */
        path: string;
        reason: string;
      }[];
    };
    /**
     * Hosts of tenants are TENANT.tenantDomain unless they bring their own.
     */
    tenantDomain?: string;
    /**
     * Public key that every secret of the environment is encrypted to as well; its private half is kept offline.
     */
    recoveryRecipient?: string;
    /**
     * Whether private keys of its clusters may lie in the repository, for everybody to try things out. Nothing real is encrypted to them, and no other environment accepts them. False if absent.
     */
    publishedKeys?: boolean;
    /**
     * What is promised of stores that hold data; nothing if absent. A tenant's facts may promise it more.
     */
    recovery?: {
      /**
       * At most so much of what was written last is lost.
       */
      point: string;
      /**
       * A store that is lost is back after this.
       */
      time: string;
      /**
       * How many days back a store can be restored.
       */
      days: number;
      /**
       * What is done after a cluster was lost, one after the other, until customers work again. Together no longer than time.
       *
       * @minItems 1
       */
      order?: [
        {
          /**
           * What is done, and by whom or what.
           */
          step: string;
          /**
           * How long, at most.
           */
          takes: string;
          /**
           * Whether somebody measured it, or it is only stated.
           */
          known: "measured" | "stated";
        },
        ...{
          /**
           * What is done, and by whom or what.
           */
          step: string;
          /**
           * How long, at most.
           */
          takes: string;
          /**
           * Whether somebody measured it, or it is only stated.
           */
          known: "measured" | "stated";
        }[],
      ];
      /**
       * A restore of every store is tried out at least every so many days; never, if absent.
       */
      rehearsal?: number;
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
       * What the finding says, where a rule has more than one thing to say; * stands for any part.
       */
      message?: string;
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
      kind: "ConfigMap" | "Gateway" | "Service";
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
       * Who brings it, and when this entry goes.
       */
      reason: string;
    }[];
    /**
     * What objects depend on in their cluster, and no addon of ours brings.
     */
    cluster?: {
      kind: "APIService" | "CustomResourceDefinition" | "GatewayClass" | "Namespace" | "Prometheus" | "StorageClass";
      /**
       * @minItems 1
       *
       * Items: Of definitions their group; of a Prometheus any.
       */
      names: [string, ...string[]];
      /**
       * Who brings it, and when this entry goes.
       */
      reason: string;
    }[];
  };
}

/**
 * Which metrics there are, and what exports them. An alert or a dashboard that asks for another asks for nothing.
 */
export interface Metrics {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Metrics";
  metadata: {
    /**
     * metrics
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
     * @minItems 1
     */
    exporters: [
      {
        /**
         * What exports them.
         */
        name: string;
        /**
         * What scrapes it: KIND NAMESPACE/NAME; * stands for any part of a name. A cluster with none of them has none of the metrics. Absent for what Prometheus makes itself.
         *
         * @minItems 1
         */
        monitors?: [string, ...string[]];
        /**
         * Their names; * at the end stands for any. Histograms are _bucket, _count and _sum.
         *
         * @minItems 1
         */
        metrics: [string, ...string[]];
        /**
         * Those of them that are called as counters are and go down as well.
         *
         * @minItems 1
         */
        gauges?: [string, ...string[]];
      },
      ...{
        /**
         * What exports them.
         */
        name: string;
        /**
         * What scrapes it: KIND NAMESPACE/NAME; * stands for any part of a name. A cluster with none of them has none of the metrics. Absent for what Prometheus makes itself.
         *
         * @minItems 1
         */
        monitors?: [string, ...string[]];
        /**
         * Their names; * at the end stands for any. Histograms are _bucket, _count and _sum.
         *
         * @minItems 1
         */
        metrics: [string, ...string[]];
        /**
         * Those of them that are called as counters are and go down as well.
         *
         * @minItems 1
         */
        gauges?: [string, ...string[]];
      }[],
    ];
  };
}

/**
 * What is left of a cluster that is no more: a name that no other gets, a key that opens old backups, and where the last backup of each store is.
 */
export interface Retirement {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Retirement";
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
     * The environment it belonged to.
     */
    environment: string;
    /**
     * How customers used it.
     */
    model: "multi-tenant" | "single-tenant" | "on-premises" | "hybrid";
    /**
     * Names of its services were below it.
     */
    domain: string;
    /**
     * Public key that its secrets were encrypted to, in the history of this repository and in its backups. Its private half is kept as long as they are.
     */
    ageRecipient: string;
    /**
     * Why it went.
     */
    reason: string;
    /**
     * The day of it.
     */
    retired: string;
    /**
     * The last backup of each of its stores with data, where the environment promises recovery.
     */
    backups: {
      /**
       * Whose data it is.
       */
      store: "elasticsearch" | "mongodb" | "postgresql";
      /**
       * Its name, where backups are.
       */
      backup: string;
      /**
       * When it was made, UTC.
       */
      time: string;
      /**
       * Until when it is kept.
       */
      until: string;
    }[];
  };
}

/**
 * How the values of Secrets come to be: what bun run secrets generate makes, and what somebody has to bring.
 */
export interface SecretRules {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "SecretRules";
  metadata: {
    /**
     * secrets
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
     * @minItems 1
     *
     * Items: The first rule that fits a Secret's name is the one.
     */
    rules: [
      {
        /**
         * @minItems 1
         *
         * Items: Name of a Secret; * stands for any part of one.
         */
        names: [string, ...string[]];
        /**
         * Type of the Secret. Opaque if absent.
         */
        type?: "Opaque" | "kubernetes.io/basic-auth" | "kubernetes.io/dockerconfigjson" | "kubernetes.io/tls";
        keys: {
          [k: string]: {
            /**
             * fixed: what value says. given: somebody brings it, a placeholder stands there until then. key: random bytes, as base64. private-key: Ed25519, PKCS #8 as PEM. password: letters and digits. reader: whom the store knows the reader as, with _ for -. redis-user: what Redis reads of a user, with the hash of its password.
             */
            make: "fixed" | "given" | "key" | "password" | "private-key" | "reader" | "redis-user";
            /**
             * Characters of a password, or bytes of a key. 40 and 32 if absent.
             */
            length?: number;
            /**
             * What stands there until somebody brings the value.
             */
            placeholder?: string;
            /**
             * The value of one that is fixed: no secret, but read from one.
             */
            value?: string;
            /**
             * Why rotate --values leaves it alone.
             */
            keep?: string;
            /**
             * Only in the half of an account that is beside the store.
             */
            store?: true;
          };
        };
      },
      ...{
        /**
         * @minItems 1
         *
         * Items: Name of a Secret; * stands for any part of one.
         */
        names: [string, ...string[]];
        /**
         * Type of the Secret. Opaque if absent.
         */
        type?: "Opaque" | "kubernetes.io/basic-auth" | "kubernetes.io/dockerconfigjson" | "kubernetes.io/tls";
        keys: {
          [k: string]: {
            /**
             * fixed: what value says. given: somebody brings it, a placeholder stands there until then. key: random bytes, as base64. private-key: Ed25519, PKCS #8 as PEM. password: letters and digits. reader: whom the store knows the reader as, with _ for -. redis-user: what Redis reads of a user, with the hash of its password.
             */
            make: "fixed" | "given" | "key" | "password" | "private-key" | "reader" | "redis-user";
            /**
             * Characters of a password, or bytes of a key. 40 and 32 if absent.
             */
            length?: number;
            /**
             * What stands there until somebody brings the value.
             */
            placeholder?: string;
            /**
             * The value of one that is fixed: no secret, but read from one.
             */
            value?: string;
            /**
             * Why rotate --values leaves it alone.
             */
            keep?: string;
            /**
             * Only in the half of an account that is beside the store.
             */
            store?: true;
          };
        };
      }[],
    ];
  };
}

/**
 * Who a customer is. Both halves of its placements copy from here; the platform owns it.
 */
export interface Tenant {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Tenant";
  metadata: {
    /**
     * The id: the folder's name, and part of every name that is the tenant's. It never changes.
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
     * For people, as it was given. One line, without control characters and without marks that turn the direction of text.
     */
    displayName: string;
    /**
     * Who reviews the tenant's half: GitHub teams or users, for CODEOWNERS.
     *
     * @minItems 1
     */
    owners: [string, ...string[]];
    contacts: {
      technical: string;
      security?: string;
      billing?: string;
    };
    /**
     * Quota class: a folder of apps/tenant/components/plans.
     */
    plan: "business" | "enterprise" | "starter";
    /**
     * schema: shared services and database; database: a database of its own; dedicated: own copies of the services.
     */
    isolation: "database" | "dedicated" | "schema";
    /**
     * Where its data may lie: it is placed only on clusters there.
     */
    residency: "eu" | "us";
    /**
     * Tenants of an environment take a change in this order, after that of the clusters.
     */
    ring: number;
    /**
     * How much of its data may be lost at most: how often it is backed up.
     */
    recoveryPoint: "15m" | "1h" | "24h";
    /**
     * Why less is promised than the environments of its clusters give.
     */
    recoveryReason?: string;
    /**
     * Public key that the secrets of its placements are encrypted to; absent until bun run secrets keygen has made one.
     */
    ageRecipient?: string;
    /**
     * Public names, exact. The gateway tells by them who the tenant is.
     *
     * @minItems 1
     * @maxItems 16
     */
    hosts:
      | [string]
      | [string, string]
      | [string, string, string]
      | [string, string, string, string]
      | [string, string, string, string, string]
      | [string, string, string, string, string, string]
      | [string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string, string, string]
      | [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ]
      | [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
    /**
     * Feature flags that differ from the platform's; absent where none does. Strings, because they end in a ConfigMap.
     */
    features?: {
      [k: string]: "true" | "false";
    };
    /**
     * What it may use, by name; whole numbers as strings, because they end in a ConfigMap.
     */
    limits: {
      /**
       * Seats.
       */
      agents: string;
      [k: string]: string;
    };
    /**
     * Requests to its hosts, at each proxy of the gateway.
     */
    rateLimit: {
      requests: number;
      unit: "Second" | "Minute" | "Hour";
    };
    /**
     * active, or how far it has left (offboard-tenant).
     */
    state: "active" | "frozen" | "backed-up" | "removed";
    /**
     * Evidence, a step at a time; absent while active.
     */
    offboarding?: {
      reason: string;
      /**
       * Since when its hosts answer 503.
       */
      frozen: string;
      /**
       * Where it had data when it was backed up: each has to be erased before it is gone. Written by offboard-tenant; add volumes by hand where its own copies had some.
       */
      stores?: ("elasticsearch" | "mongodb" | "postgresql" | "rabbitmq" | "redis" | "volumes")[];
      /**
       * @minItems 1
       */
      backups?: [
        {
          /**
           * Where the data lay: a store, or the volumes of its own copies.
           */
          store: "elasticsearch" | "mongodb" | "postgresql" | "rabbitmq" | "redis" | "volumes";
          /**
           * The backup's name where backups are kept.
           */
          backup: string;
          /**
           * When it was finished, UTC.
           */
          time: string;
          /**
           * Of the backup as it was read back.
           */
          checksum: string;
        },
        ...{
          /**
           * Where the data lay: a store, or the volumes of its own copies.
           */
          store: "elasticsearch" | "mongodb" | "postgresql" | "rabbitmq" | "redis" | "volumes";
          /**
           * The backup's name where backups are kept.
           */
          backup: string;
          /**
           * When it was finished, UTC.
           */
          time: string;
          /**
           * Of the backup as it was read back.
           */
          checksum: string;
        }[],
      ];
      /**
       * Since when it is placed nowhere.
       */
      removed?: string;
      /**
       * Ranges of the clusters that were its alone, from when it was removed.
       *
       * @minItems 1
       */
      cidrs?: [string, ...string[]];
    };
  };
}

/**
 * What is left of a customer that has gone: names that nobody may have again, and the proof that its data is deleted.
 */
export interface Tombstone {
  apiVersion: "gitops.murima2025.com/v1";
  kind: "Tombstone";
  metadata: {
    /**
     * The id: the folder's name, and part of every name that is the tenant's. It never changes.
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
     * Its public names. Links to them are still about.
     *
     * @minItems 1
     * @maxItems 16
     */
    hosts:
      | [string]
      | [string, string]
      | [string, string, string]
      | [string, string, string, string]
      | [string, string, string, string, string]
      | [string, string, string, string, string, string]
      | [string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string, string]
      | [string, string, string, string, string, string, string, string, string, string, string, string, string, string]
      | [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ]
      | [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
    /**
     * Address ranges that were its own.
     */
    cidrs: string[];
    /**
     * Since when nothing of it is left.
     */
    erased: string;
    /**
     * @minItems 1
     */
    erasures: [
      {
        /**
         * Where the data lay: a store, or the volumes of its own copies.
         */
        store: "elasticsearch" | "mongodb" | "postgresql" | "rabbitmq" | "redis" | "volumes";
        /**
         * When it was done, UTC.
         */
        time: string;
        /**
         * Where the proof is kept: a ticket, a log, a certificate.
         */
        evidence: string;
      },
      ...{
        /**
         * Where the data lay: a store, or the volumes of its own copies.
         */
        store: "elasticsearch" | "mongodb" | "postgresql" | "rabbitmq" | "redis" | "volumes";
        /**
         * When it was done, UTC.
         */
        time: string;
        /**
         * Where the proof is kept: a ticket, a log, a certificate.
         */
        evidence: string;
      }[],
    ];
  };
}

/** A document of any kind. */
export type AnyDocument =
  | Addon
  | AddonLock
  | Cluster
  | Company
  | Environment
  | Exceptions
  | External
  | Metrics
  | Retirement
  | SecretRules
  | Tenant
  | Tombstone;
