import { statusOf } from "../../fleet/status.ts";
import { type ImageFile, whereOf } from "../../image/deployed.ts";
import { nextSteps } from "../../image/next-steps.ts";
import type { Content } from "../../repo/content.ts";
import { nextCommand, nextState } from "../next-steps.ts";
import type { Promotion, Version, Versions } from "./data.ts";

/** Which version runs where, as `bun run status` says it. */
export function versionsOf(content: Content): Versions {
  const { places, services, images, charts, lags, orphans } = statusOf(content);
  const behind = new Map(lags.map(({ image, behind: newer }) => [image, newer]));
  const [ownImages, ownCharts] = [images, charts].map((files) => Map.groupBy(files, (file) => whereOf(file)));
  const versions = (files: readonly ImageFile[] = []) =>
    Object.fromEntries(files.map((image) => [image.service, versionOf(image, behind.get(image))]));
  return {
    services,
    addons: [...new Set(charts.map(({ service }) => service))].toSorted(),
    rows: places.map((place) => ({
      ...place,
      services: versions(ownImages!.get(whereOf(place))),
      addons: versions(place.tenant === undefined ? ownCharts!.get(whereOf(place)) : []),
    })),
    orphans,
  };
}

function versionOf({ tag, hold }: ImageFile, newer: ImageFile | undefined): Version {
  if (hold !== undefined) return { tag, state: "held", note: `held until ${hold.expires}: ${hold.reason}` };
  return newer === undefined ? { tag } : { tag, state: "behind", note: `${newer.cluster} runs ${newer.tag}` };
}

/** Where each promotion stands, and the command that takes it further. */
export function promotionsOf(content: Content, today: string): Promotion[] {
  return nextSteps(content, today).map((step) => {
    const command = nextCommand(step);
    return { from: step.from, to: step.to, state: nextState(step), ...(command === undefined ? {} : { command }) };
  });
}
