import { Ajv, type ErrorObject, type SchemaObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import { acceptance, inDocument, openFormats, type Resolve } from "./acceptance.ts";
import { regExp } from "./patterns.ts";
import { type Violation, violations } from "./violation.ts";

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
  for (const format of openFormats) ajv.addFormat(format, true);
  return ajv;
}

/** A compiled schema: data in, violations out. */
export type Check = (data: unknown) => Violation[];

/** A check of a schema that is sound: compiled when the first data comes that it may not accept. */
export function whenNeeded(schema: SchemaObject, resolve: Resolve, compile: () => Check): Check {
  const accepts = acceptance(schema, resolve);
  let compiled: Check | undefined;
  return (data) => (accepts(data) ? [] : (compiled ??= compile())(data));
}

export function check(validate: ValidateFunction): Check {
  return (data) => (validate(data) ? [] : violations(validate.errors as ErrorObject[], data));
}

/** Compiles a schema that stands alone, and that anybody may have written. */
export function compile(schema: SchemaObject): Check {
  return check(newAjv().compile(schema));
}

/** Compiles schemas of ours, each when it is needed: a test holds them against the schema of schemas. */
export function lazily(schema: SchemaObject): Check {
  return whenNeeded(schema, inDocument(schema), () => check(own().compile(schema)));
}

let shared: Ajv | undefined;
const own = () => (shared ??= newAjv({ validateSchema: false }));
