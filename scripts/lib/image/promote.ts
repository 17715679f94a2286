import { UsageError } from "../core/errors.ts";
import type { Omission } from "../core/finding.ts";
import { type Content, named, requireService } from "../repo/content.ts";
import type { Target } from "./bump.ts";
import { deployedFiles, type ImageFile, isHeld, whereOf } from "./deployed.ts";

/** A step of a promotion: clusters of one ring, or, after all of these, tenants of one ring. */
export interface Step {
  of: "clusters" | "tenants";
  ring: number;
}

export interface Promotion {
  from: string;
  to: string;
  /** The step to take; the first that lags if none is named. */
  step?: Step | undefined;
  /** All, and all addons, if none of either are named. */
  services: readonly string[];
  addons: readonly string[];
  today: string;
}

export interface PromotionPlan {
  step: Step | undefined;
  targets: Target[];
  /** Images of earlier steps, which run what these are to run. */
  proven: ImageFile[];
  /** Steps that come later, with how many images each. */
  later: { step: Step; images: number }[];
  skipped: Omission[];
}

/** The step that options name, if they name one. */
export function stepOption(options: { ring?: number | undefined; tenantRing?: number | undefined }): Step | undefined {
  if (options.ring !== undefined) return { of: "clusters", ring: options.ring };
  return options.tenantRing === undefined ? undefined : { of: "tenants", ring: options.tenantRing };
}

export const stepName = ({ of, ring }: Step) => `${of} of ring ${ring}`;

/**
 * The exact images that run together in the environment below, for one step of the one above. Refused where ranks are
 * skipped, where the environment below does not agree with itself or never ran a service, where an earlier step does not run
 * them yet, and where a hold stands.
 */
export function planPromotion(content: Content, { from, to, step, services, addons, today }: Promotion): PromotionPlan {
  const { documents } = content;
  for (const name of services) requireService(content, name);
  for (const name of addons) named("addon", name, documents.addons);
  named("environment", from, documents.environments);
  const below = named("environment", to, documents.environments).document.spec.promotesFrom;
  if (below !== from)
    throw new UsageError(
      below === undefined
        ? `${to} is where images start: bun run bump-image --environment ${to}`
        : `${to} takes images from ${below}, not from ${from}: promote step by step`,
    );
  const isAll = services.length + addons.length === 0;
  const all = deployedFiles(content).filter(
    ({ kind, service }) => isAll || (kind === "image" ? services : addons).includes(service),
  );
  const source = sourceOf(
    all.filter(({ environment }) => environment === from),
    from,
  );
  const images = all.filter(({ environment }) => environment === to);
  const skipped: Omission[] = [];
  const targets = images.flatMap((image): Target[] => {
    const found = source.get(nameOf(image));
    if (found === undefined) {
      skipped.push({ what: `${image.service} on ${whereOf(image)}`, reason: `${from} has never run it` });
      return [];
    }
    return [{ image, tag: found.tag, digest: found.digest }];
  });
  if (targets.length === 0 && images.length > 0)
    throw new UsageError(`${from} runs none of these: only what runs there can be promoted`);
  const steps = Map.groupBy(targets, ({ image }) => keyOf(stepOf(image)));
  const order = [...steps.keys()].toSorted();
  const due = (key: string) => steps.get(key)!.filter(({ image, digest }) => image.digest !== digest);
  const chosen = step === undefined ? order.find((key) => due(key).length > 0) : keyOf(step);
  if (chosen === undefined) return { step: undefined, targets: [], proven: [], later: [], skipped };
  if (!steps.has(chosen))
    throw new UsageError(
      `${to} has no ${stepName(stepFrom(chosen))}: it has ${order.map((key) => stepName(stepFrom(key))).join(", ")}`,
    );
  const early = order.filter((key) => key < chosen).flatMap(due);
  if (early.length > 0) {
    const said = early
      .slice(0, 3)
      .map(({ image, tag }) => `${image.service} ${image.tag} on ${whereOf(image)}, not ${tag}`);
    throw new UsageError(
      `an earlier step does not run them yet (${said.join("; ")}${early.length > 3 ? ` and ${early.length - 3} more` : ""}): promote ${stepName(stepFrom(keyOf(stepOf(early[0]!.image))))} first`,
    );
  }
  const wanted = due(chosen);
  const held = wanted.filter(({ image }) => isHeld(image, today));
  if (held.length > 0)
    throw new UsageError(
      held
        .map(
          ({ image }) =>
            `${image.service} on ${whereOf(image)} is held at ${image.tag} until ${image.hold!.expires}: ${image.hold!.reason}`,
        )
        .join("\n") + "\nrelease the hold (bun run hold --release), or name the others with --service or --addon",
    );
  const later = order
    .filter((key) => key > chosen)
    .map((key) => ({ step: stepFrom(key), images: due(key).length }))
    .filter((entry) => entry.images > 0);
  const names = new Set(wanted.map(({ image }) => nameOf(image)));
  const proven = order
    .filter((key) => key < chosen)
    .flatMap((key) => steps.get(key)!.map(({ image }) => image))
    .filter((image) => names.has(nameOf(image)));
  return { step: stepFrom(chosen), targets: wanted, proven, later, skipped };
}

/** What runs in the environment below, one image a service: its clusters have to agree, copies of tenants aside. */
function sourceOf(images: readonly ImageFile[], from: string): Map<string, ImageFile> {
  const found = new Map<string, ImageFile>();
  const problems: string[] = [];
  for (const image of images.filter(({ tenant }) => tenant === undefined)) {
    const other = found.get(nameOf(image));
    if (other === undefined) found.set(nameOf(image), image);
    else if (other.digest !== image.digest)
      problems.push(
        `${from} runs two versions of ${image.service}: ${other.tag} on ${other.cluster}, ${image.tag} on ${image.cluster}`,
      );
  }
  if (problems.length > 0)
    throw new UsageError(
      `${problems.join("\n")}\nbump or promote until all of ${from} runs the same, or name the others with --service or --addon`,
    );
  return found;
}

/** A service and an addon may have one name. */
const nameOf = ({ kind, service }: ImageFile) => `${kind} ${service}`;

const stepOf = ({ tenant, ring }: ImageFile): Step => ({ of: tenant === undefined ? "clusters" : "tenants", ring });
/** Sorts as the steps come: clusters before tenants, ring by ring. */
const keyOf = ({ of, ring }: Step) => `${of} ${String(ring).padStart(3, "0")}`;
const stepFrom = (key: string): Step => ({ of: key.split(" ")[0] as Step["of"], ring: Number(key.split(" ")[1]) });
