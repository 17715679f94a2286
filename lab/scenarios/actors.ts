import { UsageError } from "../../scripts/lib/core/errors.ts";
import type { Application } from "../../scripts/lib/render/application.ts";

const prefix = "service-";

/** Which of a cluster's services scenarios change, and which tells what was seen: the first without a route, and another. */
export function actorsOf(applications: readonly Application[]): { service: string; witness: string } {
  const services = applications.filter(({ name }) => name.startsWith(prefix));
  const hasRoute = ({ objects }: Application) => objects.some(({ id }) => id.kind === "HTTPRoute");
  const names = services
    .toSorted((a, b) => Number(hasRoute(a)) - Number(hasRoute(b)) || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name.slice(prefix.length));
  const [service, witness] = names;
  if (service === undefined || witness === undefined)
    throw new UsageError(`scenarios need two services; the cluster runs ${names.join(", ") || "none"}`);
  return { service, witness };
}
