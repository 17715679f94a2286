import { UsageError } from "../core/errors.ts";
import type { Content } from "../repo/content.ts";
import type { Target } from "./bump.ts";
import { deployedFiles, isHeld, whereOf } from "./deployed.ts";

/** Refuses what is skipped without a word why, and a word without anything skipped. */
export function checkReason(option: string, isSkipped: boolean, reason: string | undefined): void {
  if (isSkipped && (reason ?? "").trim() === "")
    throw new UsageError(`--${option} needs --reason: say why this version need not be proven before`);
  if (!isSkipped && reason !== undefined) throw new UsageError(`--reason goes with --${option}`);
}

/**
 * Refuses images for an environment that has another below it, unless that one runs them: a version reaches production in
 * steps, and only bytes that ran below go up.
 */
export function refuseUnproven(content: Content, targets: readonly Target[], today: string): void {
  const { environments } = content.documents;
  const running = new Set(
    deployedFiles(content)
      .filter(({ tenant }) => tenant === undefined)
      .map(({ environment, kind, service, digest }) => [environment, kind, service, digest].join()),
  );
  const unproven = targets.filter(({ image, tag, digest }) => {
    const below = environments.get(image.environment)?.document.spec.promotesFrom;
    const isSame = tag === image.tag && digest === image.digest;
    // What is held is skipped, whatever it is to be.
    return (
      below !== undefined &&
      !isSame &&
      !isHeld(image, today) &&
      !running.has([below, image.kind, image.service, digest].join())
    );
  });
  if (unproven.length === 0) return;
  const [{ image, tag }] = unproven as [Target];
  const below = environments.get(image.environment)!.document.spec.promotesFrom!;
  const more = unproven.length > 1 ? ` (and ${unproven.length - 1} more images)` : "";
  throw new UsageError(
    `${image.service} on ${whereOf(image)}: ${below} does not run this ${tag}${more}: bun run promote --from ${below} --to ${image.environment}, or --skip-promotion with a --reason`,
  );
}
