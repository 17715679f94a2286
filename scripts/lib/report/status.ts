import { createColors } from "picocolors";

import { wrapLines } from "../core/wrap.ts";
import type { Lag, Place, Status } from "../fleet/status.ts";
import { type ImageFile, whereOf } from "../image/deployed.ts";
import { fittingTable, type Look } from "./table.ts";

/**
 * Which version runs where, for people: a row per place, since there are more of them than fit side by side. What all
 * services of a place have in common is said once; `wide` shows every one of them in a column.
 */
export function statusText(status: Status, look: Look, wide = false): string {
  const { places, services, images, charts, lags, orphans } = status;
  const byPlace = Map.groupBy(images, (image) => whereOf(image));
  const chartsOf = (place: Place) =>
    place.tenant === undefined ? charts.filter(({ cluster }) => cluster === place.cluster) : [];
  const paint = createColors(look.colour);
  const lagging = new Set(lags.map(({ image }) => image));
  const mark = (image: ImageFile, text: string, differs = false) => {
    if (image.hold !== undefined) return paint.magenta(text);
    return lagging.has(image) ? paint.yellow(text) : differs ? paint.cyan(text) : text;
  };
  const cell = (place: Place, service: string) => {
    const image = byPlace.get(whereOf(place))?.find((own) => own.service === service);
    return image === undefined ? "" : mark(image, tagText(image));
  };
  const rows = places.map((place) => [
    place.cluster,
    place.tenant ?? "",
    place.environment,
    String(place.ring),
    ...(wide
      ? services.map((service) => cell(place, service))
      : [groupsOf(byPlace.get(whereOf(place)) ?? [], mark).join("\n")]),
    ...(charts.length === 0
      ? []
      : [
          chartsOf(place)
            .map((chart) => mark(chart, `${chart.service} ${tagText(chart)}`))
            .join("\n"),
        ]),
  ]);
  const notes = [
    ...lagNotes(lags, byPlace),
    ...[...images, ...charts]
      .filter(({ hold }) => hold !== undefined)
      .map(
        (image) =>
          `${image.service} is held at ${image.tag} on ${whereOf(image)} until ${image.hold!.expires}: ${image.hold!.reason}`,
      ),
    ...orphans.map((service) => `${service} runs nowhere`),
  ];
  const head = [
    "cluster",
    "tenant",
    "environment",
    "ring",
    ...(wide ? services.map(shortName) : ["versions"]),
    ...(charts.length === 0 ? [] : ["addons"]),
  ];
  const table = fittingTable(head, rows, look, { expendable: wide ? [] : ["environment", "ring"] });
  return `${table}\n${notes.map((note) => `${wrapLines(note, look.width)}\n`).join("")}`;
}

const shortName = (service: string) => service.replace(/-service$/, "");

const tagText = ({ tag, hold }: ImageFile) => `${tag}${hold === undefined ? "" : " (held)"}`;

/** "all 10: v1.2.0", or what most have and then each that has something else. */
function groupsOf(
  images: readonly ImageFile[],
  mark: (image: ImageFile, text: string, differs?: boolean) => string,
): string[] {
  const groups = [...Map.groupBy(images, tagText).values()].toSorted((a, b) => b.length - a.length);
  const [most, ...others] = groups;
  if (most === undefined) return [];
  const count = others.length === 0 ? `all ${images.length}` : `${most.length} of ${images.length}`;
  const rest = others.flat().map((image) => mark(image, `${shortName(image.service)} ${tagText(image)}`, true));
  return [mark(most[0]!, `${count}: ${tagText(most[0]!)}`), ...rest];
}

/** The same for programs: every image by its place, with what it lags behind. */
export function statusJson({ places, services, images, charts, lags, orphans }: Status): string {
  const named = ({ file: _file, kind: _kind, ...image }: ImageFile) => image;
  const addon = ({ file: _file, kind: _kind, service, tag, ...rest }: ImageFile) => ({
    addon: service,
    version: tag,
    ...rest,
  });
  const data = {
    places,
    services,
    images: images.map(named),
    charts: charts.map(addon),
    lags: lags.map(({ image, behind }) => ({
      service: image.service,
      cluster: image.cluster,
      ...(image.tenant === undefined ? {} : { tenant: image.tenant }),
      tag: image.tag,
      behind: behind.cluster,
      newer: behind.tag,
    })),
    holds: [...images, ...charts].filter(({ hold }) => hold !== undefined).map(named),
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
    const all = byPlace.get(whereOf(group[0]!.image))?.length ?? 0;
    const which = group.length === all ? `all ${all} services` : group.map(({ image }) => image.service).join(", ");
    return `${what}: ${which}`;
  });
}
