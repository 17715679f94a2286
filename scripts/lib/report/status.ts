import type { Lag, Place, Status } from "../fleet/status.ts";
import { type ImageFile, whereOf } from "../image/deployed.ts";
import { plainTable } from "./table.ts";

/** Which version runs where, for people: a row per place, since there are more of them than fit side by side. */
export function statusText({ places, services, images, lags, orphans }: Status, colour: boolean): string {
  const byPlace = Map.groupBy(images, (image) => whereOf(image));
  const cell = (place: Place, service: string) => {
    const image = byPlace.get(whereOf(place))?.find((own) => own.service === service);
    return image === undefined ? "" : `${image.tag}${image.hold === undefined ? "" : " (held)"}`;
  };
  const rows = places.map((place) => [
    place.cluster,
    place.tenant ?? "",
    place.environment,
    String(place.ring),
    ...services.map((service) => cell(place, service)),
  ]);
  const short = services.map((service) => service.replace(/-service$/, ""));
  const notes = [
    ...lagNotes(lags, byPlace),
    ...images
      .filter(({ hold }) => hold !== undefined)
      .map(
        (image) =>
          `${image.service} is held at ${image.tag} on ${whereOf(image)} until ${image.hold!.expires}: ${image.hold!.reason}`,
      ),
    ...orphans.map((service) => `${service} runs nowhere`),
  ];
  return `${plainTable(["cluster", "tenant", "environment", "ring", ...short], rows, colour)}\n${notes.map((note) => `${note}\n`).join("")}`;
}

/** The same for programs: every image by its place, with what it lags behind. */
export function statusJson({ places, services, images, lags, orphans }: Status): string {
  const named = ({ file: _file, ...image }: ImageFile) => image;
  const data = {
    places,
    services,
    images: images.map(named),
    lags: lags.map(({ image, behind }) => ({
      service: image.service,
      cluster: image.cluster,
      ...(image.tenant === undefined ? {} : { tenant: image.tenant }),
      tag: image.tag,
      behind: behind.cluster,
      newer: behind.tag,
    })),
    holds: images.filter(({ hold }) => hold !== undefined).map(named),
    orphans,
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** Lags that say the same of several services, in one line. */
function lagNotes(lags: readonly Lag[], byPlace: ReadonlyMap<string, readonly ImageFile[]>): string[] {
  const alike = Map.groupBy(
    lags,
    ({ image, behind }) => `${whereOf(image)} runs ${image.tag} where ${behind.cluster} runs ${behind.tag}`,
  );
  return [...alike].map(([what, group]) => {
    const all = byPlace.get(whereOf(group[0]!.image))!.length;
    const which = group.length === all ? `all ${all} services` : group.map(({ image }) => image.service).join(", ");
    return `${what}: ${which}`;
  });
}
