import { Repository } from "../../scripts/lib/fleet/repository.ts";
import type { Application, FleetObject } from "../../scripts/lib/render/application.ts";
import { validate, type Validation } from "../../scripts/lib/validate/validate.ts";
import { clusters } from "./fleet.ts";
import { sampleRepository } from "./repository.ts";

/** The whole frozen fleet, or some clusters of it, expanded, rendered and checked. */
export async function sampleValidation(names: readonly string[] = clusters): Promise<Validation> {
  await using fleet = await sampleRepository(names);
  return await validate(await Repository.read(fleet.root, { env: process.env }));
}

/** Every object of a kind that it renders. */
export function objectsOf({ fleet }: Validation, kind: string): { application: Application; object: FleetObject }[] {
  return fleet.applications.flatMap((application) =>
    application.objects.filter(({ id }) => id.kind === kind).map((object) => ({ application, object })),
  );
}
