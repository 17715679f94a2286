/** What the frozen fleet renders for a store and its readers. */
import { type JsonObject, listAt, objectAt, stringAt } from "../../../scripts/lib/core/json.ts";
import { loadFleet } from "../../../scripts/lib/fleet/load.ts";
import { Repository } from "../../../scripts/lib/fleet/repository.ts";
import { sampleRepository, type TestRepository } from "../repository.ts";

/** Objects of one cluster. */
export class Rendered {
  readonly objects: readonly JsonObject[];

  constructor(objects: readonly JsonObject[]) {
    this.objects = objects;
  }

  /** All of a kind, of one API group where two have it. */
  all(kind: string, group = ""): JsonObject[] {
    return this.objects.filter(
      (object) => object["kind"] === kind && stringAt(object, "apiVersion")!.startsWith(group),
    );
  }

  one(kind: string, name: string, group = ""): JsonObject {
    const found = this.all(kind, group).filter((object) => stringAt(object, "metadata", "name") === name);
    if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name} are rendered, not one`);
    return found[0]!;
  }
}

/** Renders some Applications of clusters of the frozen fleet, perhaps edited first. */
export async function rendered(
  clusters: readonly string[],
  edit: (fleet: TestRepository) => Promise<unknown> = () => Promise.resolve(),
): Promise<Map<string, Rendered>> {
  await using fleet = await sampleRepository(clusters);
  await edit(fleet);
  const loaded = await loadFleet(await Repository.read(fleet.root, { env: process.env }));
  return new Map(
    clusters.map((cluster) => {
      const own = loaded.fleet.applications.filter((application) => application.cluster === cluster);
      return [cluster, new Rendered(own.flatMap(({ objects }) => objects.map(({ object }) => object)))];
    }),
  );
}

/** What a container gets as variables: plain ones as they are, those out of Secrets as this says. */
export function environmentOf(
  container: unknown,
  secret: (name: string, key: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    listAt(container, "env").map((entry) => {
      const reference = objectAt(entry, "valueFrom", "secretKeyRef");
      const value = stringAt(entry, "value") ?? secret(stringAt(reference, "name")!, stringAt(reference, "key")!);
      return [stringAt(entry, "name")!, value];
    }),
  );
}

/** libpq's settings for what the service chart tells a service of its database. */
export function libpq(env: Record<string, string>, { port, ca }: { port: number; ca: string }): Record<string, string> {
  const given = (name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`the chart gives no ${name}`);
    return value;
  };
  return {
    PGHOST: given("DB_HOST"),
    PGHOSTADDR: "127.0.0.1",
    PGPORT: String(port),
    PGUSER: given("DB_USER"),
    PGPASSWORD: given("DB_PASSWORD"),
    PGDATABASE: given("DB_NAME"),
    PGSSLMODE: given("DB_SSLMODE"),
    PGSSLROOTCERT: ca,
  };
}
