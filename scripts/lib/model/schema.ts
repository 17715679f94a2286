import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { RE2JS } from "re2js";

import { type Violation, violations } from "./violation.ts";

/** Patterns of Kubernetes are Go's RE2; JavaScript knows nearly all of them, RE2 in JavaScript the rest. */
const regExp = Object.assign(
  (pattern: string, flags: string) => {
    try {
      return new RegExp(pattern, flags);
    } catch {
      const compiled = RE2JS.compile(pattern);
      // Ajv tells patterns apart by their text: without one of its own, the first of a schema would judge for all.
      return { test: (text: string) => compiled.matcher(text).find(), toString: () => `re2:${pattern}` };
    }
  },
  { code: "re2" },
);

/** Our own schemas need not be held against the schema of schemas at every start: a test does that. */
export function newAjv(options: { validateSchema?: boolean } = {}): Ajv {
  const ajv = new Ajv({
    ...options,
    strict: false,
    allErrors: true,
    verbose: true,
    inlineRefs: false,
    // Optimising the code of a schema takes longer than what it saves in a run.
    code: { regExp, optimize: false },
  });
  // The package is CommonJS: its type says default export, the module is the function itself.
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  for (const format of ["int32", "int64", "double", "float", "byte", "int-or-string"]) ajv.addFormat(format, true);
  return ajv;
}

/** A compiled schema: data in, violations out. */
export type Check = (data: unknown) => Violation[];

export function check(validate: ValidateFunction): Check {
  return (data) => (validate(data) ? [] : violations(validate.errors as ErrorObject[], data));
}

/** Compiles a schema that stands alone, and that anybody may have written. */
export function compile(schema: SchemaObject): Check {
  return check(newAjv().compile(schema));
}

/** Compiles schemas of ours, each when it is first asked: a test holds them against the schema of schemas. */
export function lazily(schema: SchemaObject): Check {
  let compiled: Check | undefined;
  return (data) => (compiled ??= check(own().compile(schema)))(data);
}

let shared: Ajv | undefined;
const own = () => (shared ??= newAjv({ validateSchema: false }));
