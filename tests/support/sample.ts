import type { Application, FleetObject } from "../../scripts/lib/render/application.ts";
import { validate, type Validation } from "../../scripts/lib/validate/validate.ts";
import { checkout } from "./fleet.ts";

/** The sample fleet, expanded, rendered and checked. */
export function sampleValidation(): Promise<Validation> {
  return validate({ root: checkout, env: process.env, selection: { clusters: [], applications: [] }, cache: true });
}

/** Every object of a kind that it renders. */
export function objectsOf({ fleet }: Validation, kind: string): { application: Application; object: FleetObject }[] {
  return fleet.applications.flatMap((application) =>
    application.objects.filter(({ id }) => id.kind === kind).map((object) => ({ application, object })),
  );
}
