import { UsageError } from "../core/errors.ts";
import { isObject, objectAt, stringAt } from "../core/json.ts";
import type { Tenant } from "../model/generated.ts";
import type { Check } from "../model/schema.ts";
import type { Content } from "../repo/content.ts";
import { givenProblems, readGiven } from "../repo/given-file.ts";
import { offeredClusters } from "../repo/offered.ts";
import { newTenantDocument } from "./facts.ts";
import { findCluster, type NewTenant } from "./new-tenant.ts";
import { parseFeatures, parseLimits, parsePairs, parseRate } from "./options.ts";

type Spec = Tenant["spec"];

/** Facts of a new tenant, as options have them. */
export interface NewTenantOptions {
  cluster: string[];
  routes?: string | undefined;
  displayName?: string | undefined;
  owner: string[];
  contact: string[];
  plan?: Spec["plan"] | undefined;
  isolation?: Spec["isolation"] | undefined;
  residency?: Spec["residency"] | undefined;
  ring: number;
  recoveryPoint: Spec["recoveryPoint"];
  recoveryReason?: string | undefined;
  host: string[];
  feature: string[];
  limit: string[];
  rate: string;
}

const handleProblem = (handle: string): string | undefined =>
  /^@[A-Za-z0-9-]+(\/[A-Za-z0-9._-]+)?$/.test(handle) ? undefined : "write it like @org/team or @person";

/** What a person has to say of a new tenant, with what options say already. */
export function questionsOf(
  { displayName, contact, owner, limit, cluster, isolation, plan }: NewTenantOptions,
  /** The fleet, where somebody has to choose from it. */
  read: () => Promise<Pick<Content, "documents">>,
) {
  return {
    displayName: { option: "--display-name", text: "Display name", given: displayName },
    technical: { option: "--contact technical=ADDRESS", text: "Address of its technical contact", given: contact[0] },
    owner: {
      option: "--owner",
      text: "GitHub team that reviews its files (@org/team)",
      given: owner[0],
      check: handleProblem,
    },
    agents: {
      option: "--limit agents=NUMBER",
      text: "Number of agent seats",
      given: limit.find((one) => one.startsWith("agents=")),
      check: (answer: string) => (/^[1-9]\d{0,5}$/.test(answer) ? undefined : "it takes a number"),
    },
    cluster: {
      option: "--cluster",
      text: "Cluster",
      given: cluster[0],
      choices: async () => offeredClusters(await read()),
      many: true,
    },
    isolation: {
      option: "--isolation",
      text: "How it is isolated",
      given: isolation,
      otherwise: "schema",
      choices: () => [
        { value: "schema", about: "shared services, a schema of its own" },
        { value: "database", about: "shared services, a database of its own" },
        { value: "dedicated", about: "its own copies of all services" },
      ],
    },
    plan: {
      option: "--plan",
      text: "Plan",
      given: plan,
      otherwise: "",
      choices: ({ isolation: chosen }: Readonly<Record<string, string>>) => [
        ...(chosen === "dedicated" ? [] : [{ value: "starter" }, { value: "business" }]),
        { value: "enterprise", about: "the one that holds copies of its own" },
      ],
    },
  };
}

/** The options with a person's answers in place of what was not given. */
export function withAnswers(
  options: NewTenantOptions,
  answers: Record<keyof ReturnType<typeof questionsOf>, string>,
): NewTenantOptions {
  const { displayName, technical, owner, agents, cluster } = answers;
  const isolation = answers.isolation as Spec["isolation"];
  // Copies of one's own fit no smaller plan than enterprise, which nobody gets without having said so.
  const plan = answers.plan === "" ? "starter" : (answers.plan as Spec["plan"]);
  return {
    ...options,
    displayName,
    isolation,
    plan,
    contact: options.contact.length > 0 ? options.contact : [`technical=${technical}`],
    owner: options.owner.length > 0 ? options.owner : [owner],
    limit: agents.startsWith("agents=") ? options.limit : [...options.limit, `agents=${agents}`],
    cluster: options.cluster.length > 0 ? options.cluster : cluster.split(","),
  };
}

/** The facts that options describe. Residency is that of the first cluster where none is given. */
export function specOf(content: Content, options: NewTenantOptions): NewTenant["spec"] {
  const { isolation = "schema", plan = "starter" } = options;
  if (isolation === "dedicated" && plan !== "enterprise")
    throw new UsageError("--isolation dedicated needs --plan enterprise: its own copies fit no smaller quota");
  for (const owner of options.owner) {
    const problem = handleProblem(owner);
    if (problem !== undefined) throw new UsageError(`--owner ${owner}: ${problem}`);
  }
  const residency = options.residency ?? findCluster(content, options.cluster[0]!).spec.residency;
  if (residency === undefined)
    throw new UsageError(`--residency is missing: the facts of ${options.cluster[0]} promise none`);
  const features = parseFeatures(options.feature);
  return {
    displayName: options.displayName ?? "",
    owners: options.owner as [string, ...string[]],
    contacts: parsePairs("--contact", options.contact) as unknown as Spec["contacts"],
    plan,
    isolation,
    residency,
    ring: options.ring,
    recoveryPoint: options.recoveryPoint,
    ...(options.recoveryReason === undefined ? {} : { recoveryReason: options.recoveryReason }),
    hosts: options.host.length === 0 ? undefined : (options.host as Spec["hosts"]),
    ...(features === undefined ? {} : { features }),
    limits: parseLimits(options.limit) as Spec["limits"],
    rateLimit: parseRate(options.rate),
    state: "active" as const,
  };
}

/** What a Tenant document need not say: the defaults of the options. */
const defaults = {
  plan: "starter",
  isolation: "schema",
  ring: 1,
  recoveryPoint: "1h",
  rateLimit: { requests: 600, unit: "Minute" },
  state: "active",
} as const satisfies Partial<Spec>;

/**
 * The spec of a Tenant document out of a file, held against the schema: a field that is misspelt is said, not lost. Hosts
 * and residency may be left out where the tenant's cluster gives them.
 */
export function specFrom(
  { file, text, id }: { file: string; text: string; id: string },
  residency: Spec["residency"] | undefined,
  check: Check,
): NewTenant["spec"] {
  const source = readGiven(file, text);
  const { data } = source;
  if (!isObject(data) || stringAt(data, "kind") !== "Tenant")
    throw new UsageError(`${file} is not a Tenant document: write one as in tenants/README.md`);
  const name = stringAt(data, "metadata", "name");
  if (name !== undefined && name !== id) throw new UsageError(`${file} describes ${name}, not ${id}`);
  const spec = { ...defaults, ...(residency === undefined ? {} : { residency }), ...objectAt(data, "spec") };
  const { apiVersion, kind, metadata } = newTenantDocument(id, {} as Spec);
  // A host stands in for the one that the cluster's domain gives.
  const whole = { apiVersion, kind, ...data, metadata, spec: { hosts: [`${id}.example.com`], ...spec } };
  const problems = givenProblems(file, source, check(whole));
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return spec as unknown as NewTenant["spec"];
}
