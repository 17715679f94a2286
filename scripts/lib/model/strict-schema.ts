/** A JSON Schema as found in a file: any object. */
export type JsonSchema = { [keyword: string]: unknown };

const dropped = new Set(["description", "example", "externalDocs"]);

/** Extensions that say more than types: which items of a list are one and the same. */
const kept = new Set(["x-kubernetes-list-map-keys", "x-kubernetes-list-type"]);

/** What `resource.Quantity` accepts (k8s.io/apimachinery, quantity.go). */
const quantity = {
  type: ["string", "number"],
  pattern: "^[+-]?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
};

/**
 * Turns an OpenAPI schema of Kubernetes, or of a CustomResourceDefinition, into a closed draft-07 schema without
 * prose: a field that the API server would prune or refuse is an error here.
 */
export function strictSchema(schema: unknown): JsonSchema {
  return strict(schema) as JsonSchema;
}

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (typeof node !== "object" || node === null) return node;
  const from = node as JsonSchema;
  const to: JsonSchema = {};
  for (const [keyword, value] of Object.entries(from)) {
    if (dropped.has(keyword) || (keyword.startsWith("x-kubernetes-") && !kept.has(keyword))) continue;
    // An empty default says nothing, and one that is no single value is no key of a list; most lists are atomic.
    if (keyword === "default" && (typeof value === "object" || !value)) continue;
    if (keyword === "x-kubernetes-list-type" && value !== "set") continue;
    if (keyword === "properties") to[keyword] = strictProperties(value as JsonSchema);
    else if (keyword === "enum" || keyword === "required") to[keyword] = value;
    else to[keyword] = strict(value);
  }
  if (from["x-kubernetes-int-or-string"] === true || from["format"] === "int-or-string") {
    for (const keyword of ["format", "anyOf", "oneOf"]) delete to[keyword];
    to["type"] = ["integer", "string"];
  }
  if (from["x-kubernetes-embedded-resource"] === true && to["properties"] === undefined) {
    to["required"] = ["apiVersion", "kind"];
  }
  const open = from["x-kubernetes-preserve-unknown-fields"] === true;
  if (to["properties"] !== undefined && to["additionalProperties"] === undefined && !open) {
    to["additionalProperties"] = false;
  }
  // A $ref beside other keywords is a $ref alone in draft-07, which is what is meant: only prose stood beside it.
  if (typeof to["$ref"] === "string") return nullable(from, { $ref: to["$ref"] });
  return nullable(from, to);
}

function strictProperties(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strict(value)]));
}

function nullable(from: JsonSchema, to: JsonSchema): JsonSchema {
  delete to["nullable"];
  if (from["nullable"] !== true) return to;
  if (to["type"] !== undefined) to["type"] = [to["type"], "null"].flat();
  if (Array.isArray(to["enum"])) to["enum"] = [...to["enum"], null];
  return to;
}

/** Definitions of Kubernetes that are no plain objects: their Go types write themselves as JSON. */
const special: Record<string, JsonSchema> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": quantity,
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { type: ["integer", "string"] },
  "io.k8s.apimachinery.pkg.runtime.RawExtension": {},
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": { type: "object" },
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": {},
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": {},
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": {},
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": {},
};

/** One definition of a Kubernetes release, made strict. */
export function strictDefinition(name: string, definition: unknown): JsonSchema {
  return special[name] ?? strictSchema(definition);
}
