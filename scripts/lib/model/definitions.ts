import { at, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Contract } from "./kinds.ts";
import { strictSchema } from "./strict-schema.ts";

/** Metadata of any object, as an API server reads it: the schema of a definition leaves it out. */
const metadata = { type: "object", properties: { name: { type: "string" }, namespace: { type: "string" } } };

/** What a CustomResourceDefinition lets a cluster know: one contract a version that is served. */
export function contractsOf(definition: JsonObject): Contract[] {
  const [group, kind] = [stringAt(definition, "spec", "group"), stringAt(definition, "spec", "names", "kind")];
  const scope = stringAt(definition, "spec", "scope");
  return listAt(definition, "spec", "versions")
    .filter((version) => at(version, "served") === true)
    .map((version) => {
      const schema = strictSchema(at(version, "schema", "openAPIV3Schema"));
      const properties = objectAt(schema, "properties");
      return {
        ...schema,
        required: ["apiVersion", "kind", "metadata", ...listAt(schema, "required").filter((name) => name === "spec")],
        properties: {
          ...properties,
          apiVersion: { const: `${group}/${stringAt(version, "name")}` },
          kind: { const: kind },
          metadata,
        },
        "x-scope": scope === "Cluster" ? "Cluster" : "Namespaced",
      } as unknown as Contract;
    });
}
