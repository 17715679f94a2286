import type { Ajv, SchemaObject } from "ajv";

import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { suggest } from "../core/suggest.ts";
import type { Resolve } from "./acceptance.ts";
import { KeyedLists } from "./keyed-lists.ts";
import { holdsNull, withoutNullFields } from "./nulls.ts";
import { refine } from "./refine.ts";
import { resourceId } from "./resource.ts";
import { isTouched, type SchemaChange, schemaChanges } from "./schema-change.ts";
import { type Check, check, newAjv, whenNeeded } from "./schema.ts";
import type { Violation } from "./violation.ts";

/** What is said of a kind that has no schema; other findings follow from it. */
export const isUnknownKind = "is a kind nothing here knows";

/** schemas/kubernetes/VERSION.json, as tools/schemas packs it. */
export interface KubernetesSchemas {
  resources: { group: string; version: string; kind: string; namespaced: boolean; definition: string }[];
  removed: { group: string; version: string; kind: string; removed: string; replacement?: string }[];
  definitions: Record<string, SchemaObject>;
}

/** schemas/crds: what this repository may set of a custom resource. The title is the kind. */
export interface Contract extends SchemaObject {
  "x-scope": "Namespaced" | "Cluster";
  properties: { apiVersion: { const: string }; kind: { const: string } };
}

interface Kind {
  /** Of Kubernetes' own kinds: which of its definitions it is. */
  definition?: string;
  isCustom: boolean;
  /** By its own definition. */
  isDefined?: boolean;
  scope: "Namespaced" | "Cluster";
  /** What an object of it is held against. */
  schema: SchemaObject;
  /** How a reference inside the schema is resolved. */
  resolve: Resolve;
  /** Made when the first object of the kind is met: most runs meet a few dozen of the hundreds. */
  check?: Check;
  compile: () => Check;
}

/** What one cluster's API server knows: the kinds of its Kubernetes version and the custom ones under contract. */
export class Kinds {
  readonly #kinds: Map<string, Kind>;
  readonly #definitions: Readonly<Record<string, SchemaObject>>;
  readonly #lists: KeyedLists;
  /** "GROUP KIND" of those known by their own definitions. */
  readonly #defined = new Set<string>();
  readonly #judged = new WeakMap<JsonObject, Violation[]>();
  readonly #changes: Map<Kinds, Map<string, SchemaChange[]>>;
  readonly #removed: Map<string, { removed: string; replacement?: string }>;

  constructor(kubernetes: KubernetesSchemas | Kinds, contracts: readonly Contract[]) {
    let made: Ajv | undefined;
    const ajv = () => (made ??= this.#ajv(kubernetes instanceof Kinds));
    if (kubernetes instanceof Kinds) {
      this.#kinds = new Map(kubernetes.#kinds);
      this.#definitions = kubernetes.#definitions;
      this.#lists = kubernetes.#lists;
      this.#changes = kubernetes.#changes;
      this.#removed = kubernetes.#removed;
      this.#add(ajv, contracts, true);
      return;
    }
    this.#kinds = new Map();
    this.#changes = new Map();
    this.#removed = new Map();
    this.#definitions = refine(kubernetes.definitions);
    this.#lists = new KeyedLists(this.#definitions);
    const resolve = (reference: string) => this.#definitions[reference.replace("#/definitions/", "")];
    for (const { group, version, kind, namespaced, definition } of kubernetes.resources) {
      this.#kinds.set(key(group === "" ? version : `${group}/${version}`, kind), {
        isCustom: false,
        definition,
        schema: { $ref: `#/definitions/${definition}` },
        resolve,
        scope: namespaced ? "Namespaced" : "Cluster",
        compile: () => check(ajv().getSchema(`kubernetes#/definitions/${definition}`)!),
      });
    }
    this.#add(ajv, contracts);
    for (const { group, version, kind, ...rest } of kubernetes.removed) {
      this.#removed.set(key(group === "" ? version : `${group}/${version}`, kind), rest);
    }
  }

  /** The same cluster, which knows some kinds by their own definitions as well: these win over contracts of ours. */
  with(definitions: readonly Contract[]): Kinds {
    return definitions.length === 0 ? this : new Kinds(this, definitions);
  }

  /** Whether a custom kind is known by the definition that the cluster has, and not by our contract alone. */
  isDefined(object: JsonObject): boolean {
    return this.#find(object)?.isDefined === true;
  }

  /** Whether definitions of an object's group and kind are known, in whatever version. */
  definesGroup(object: JsonObject): boolean {
    const { group, kind } = resourceId(object);
    return group !== "" && this.#defined.has(`${group} ${kind}`);
  }

  #ajv(hasContractsOnly: boolean): Ajv {
    const ajv = newAjv({ validateSchema: false });
    return hasContractsOnly ? ajv : ajv.addSchema({ definitions: this.#definitions }, "kubernetes");
  }

  #add(ajv: () => Ajv, contracts: readonly Contract[], isDefined = false): void {
    for (const contract of contracts) {
      const { apiVersion, kind } = contract.properties;
      if (isDefined) this.#defined.add(`${apiVersion.const.split("/")[0]} ${kind.const}`);
      this.#kinds.set(key(apiVersion.const, kind.const), {
        isCustom: true,
        isDefined,
        schema: contract,
        resolve: (reference) =>
          (contract["definitions"] as Record<string, SchemaObject>)[reference.replace("#/definitions/", "")],
        scope: contract["x-scope"],
        compile: () => compiled(ajv, contract),
      });
    }
  }

  /**
   * Whether an object that keeps to its schema here may break that of a later version. Only then it has to be asked for
   * violations there: compiling schemas of every version would take longer than all the rest.
   */
  mayBreakIn(later: Kinds, object: JsonObject): boolean {
    const definition = this.#find(object)?.definition;
    if (definition === undefined || later.#find(object) === undefined) return true;
    let changes = this.#changes.get(later)?.get(definition);
    if (changes === undefined) {
      changes = schemaChanges(definition, this.#definitions, later.#definitions);
      const known = this.#changes.get(later) ?? new Map<string, SchemaChange[]>();
      this.#changes.set(later, known.set(definition, changes));
    }
    return changes.some((change) => isTouched(object, change));
  }

  /** Whether a kind is one of those under contract, and not Kubernetes' own. */
  isCustom(object: JsonObject): boolean {
    return this.#find(object)?.isCustom ?? false;
  }

  /** Whether a kind is one of Kubernetes' own. */
  isOwn(object: JsonObject): boolean {
    return this.#find(object)?.isCustom === false;
  }

  scopeOf = (object: JsonObject): "Namespaced" | "Cluster" | undefined => this.#find(object)?.scope;

  /** Every way in which an object breaks its schema; one that says so where the kind is unknown. Clusters share objects. */
  violations(object: JsonObject): Violation[] {
    let found = this.#judged.get(object);
    if (found === undefined) this.#judged.set(object, (found = this.#judge(object)));
    return found;
  }

  #judge(object: JsonObject): Violation[] {
    const kind = this.#find(object);
    if (kind === undefined) return [this.#unknown(object)];
    kind.check ??= whenNeeded(kind.schema, kind.resolve, kind.compile);
    return kind.check(
      holdsNull(object) ? withoutNullFields(withoutTimestamp(object), kind.schema, kind.resolve) : object,
    );
  }

  /** Items that stand twice in a list that Kubernetes keys; nothing of custom kinds. */
  duplicates(object: JsonObject): Violation[] {
    const definition = this.#find(object)?.definition;
    return definition === undefined ? [] : this.#lists.duplicates(definition, object);
  }

  #find(object: JsonObject): Kind | undefined {
    return this.#kinds.get(key(stringAt(object, "apiVersion") ?? "", stringAt(object, "kind") ?? ""));
  }

  #unknown(object: JsonObject): Violation {
    const apiVersion = stringAt(object, "apiVersion") ?? "";
    const { kind } = resourceId(object);
    const gone = this.#removed.get(key(apiVersion, kind));
    if (gone !== undefined) {
      const fix = gone.replacement === undefined ? "remove it" : `use ${gone.replacement}`;
      return {
        path: ["apiVersion"],
        at: "value",
        message: `${apiVersion} ${kind} is gone since Kubernetes ${gone.removed}`,
        fix,
      };
    }
    const meant = suggest(key(apiVersion, kind), this.#kinds.keys());
    const fix =
      meant === undefined
        ? "add a contract for it to schemas/crds"
        : `did you mean ${meant}? Or add a contract for it to schemas/crds`;
    return { path: ["kind"], at: "value", message: `${apiVersion} ${kind} ${isUnknownKind}`, fix };
  }
}

/** A definition is the same on every cluster that has it: the large ones take long to compile. */
const checks = new WeakMap<Contract, Check>();

function compiled(ajv: () => Ajv, contract: Contract): Check {
  let found = checks.get(contract);
  if (found === undefined) checks.set(contract, (found = check(ajv().compile(contract))));
  return found;
}

function key(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

/** What generators of manifests print of a time that an API server sets; a contract does not name the field. */
function withoutTimestamp(object: JsonObject): JsonObject {
  const { creationTimestamp, ...metadata } = objectAt(object, "metadata");
  return creationTimestamp === null ? { ...object, metadata } : object;
}
