import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import type { Omission } from "../core/finding.ts";
import type { Content } from "../repo/content.ts";
import { replaceScalars } from "../yaml/scalar.ts";
import { type ImageFile, isHeld, pathIn, whereOf } from "./deployed.ts";
import { compareTags, tagProblem } from "./versions.ts";

/** What an image is to be. */
export interface Target {
  image: ImageFile;
  tag: string;
  digest: string;
}

/** One image that changes: for plans, messages and tables. */
export interface Move extends Target {
  isOlder: boolean;
}

export interface ImagePlan {
  changes: Change[];
  moves: Move[];
  /** What was selected and does not change, and why. */
  skipped: Omission[];
}

/**
 * Sets images. What is held stays, and is named. Whatever may not run where it would come, would be older than what runs
 * there, or would move a tag that is already somewhere with another digest, refuses the whole.
 */
export function setImages(
  content: Content,
  targets: readonly Target[],
  {
    today,
    allowDowngrade,
    allowMoved = allowDowngrade,
  }: {
    today: string;
    allowDowngrade: boolean;
    /** Also the same tag with another digest. */
    allowMoved?: boolean;
  },
): ImagePlan {
  const plan: ImagePlan = { changes: [], moves: [], skipped: [] };
  const problems: string[] = [];
  for (const target of targets) {
    const { image, tag, digest } = target;
    const where = `${image.service} on ${whereOf(image)}`;
    if (tag === image.tag && digest === image.digest) continue;
    if (isHeld(image, today)) {
      plan.skipped.push({
        what: where,
        reason: `held at ${image.tag} until ${image.hold!.expires}: ${image.hold!.reason}`,
      });
      continue;
    }
    const rule = content.documents.environments.get(image.environment)!.document.spec.images;
    const problem = tagProblem(tag, image.environment, rule);
    const order = compareTags(tag, image.tag, rule.tags);
    if (problem !== undefined) problems.push(`${where}: ${problem}`);
    else if (order === 0 && !allowMoved && !allowDowngrade)
      problems.push(
        `${where}: ${tag} runs there with another digest (${image.digest}): a tag was moved; --allow-downgrade if that is meant`,
      );
    else if (!allowDowngrade && (order === undefined || order < 0))
      problems.push(
        order === undefined
          ? `${where}: nothing says whether ${tag} is newer than ${image.tag}; --allow-downgrade if it is meant`
          : `${where}: ${tag} is older than ${image.tag}, which runs there; --allow-downgrade if it is meant`,
      );
    else {
      plan.moves.push({ ...target, isOlder: order === undefined || order < 0 });
      plan.changes.push({
        path: image.file,
        content: replaceScalars(content.tree.text(image.file), [
          { path: pathIn(image, "version"), value: tag },
          { path: pathIn(image, "digest"), value: digest },
        ]),
      });
    }
  }
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return plan;
}

/** The moves as a subject for a commit: old and new version where they are one each. */
export function describeMoves(moves: readonly Move[]): string {
  const unique = (of: (move: Move) => string) => [...new Set(moves.map(of))];
  const services = unique(({ image }) => image.service);
  const [from, to] = [unique(({ image }) => image.tag), unique(({ tag }) => tag)];
  const places = unique(({ image }) => image.environment);
  const what = services.length <= 2 ? services.join(" and ") : `${services.length} services`;
  const versions =
    to.length === 1 ? `${from.length === 1 ? `${from[0]} -> ` : "to "}${to[0]}` : `${moves.length} images`;
  return `${what} ${versions} in ${places.join(", ")}`;
}
