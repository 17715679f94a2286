import { UsageError } from "../core/errors.ts";
import type { Content } from "../repo/content.ts";
import { planPromotion, type Step } from "./promote.ts";

/** Where the promotion into an environment stands. */
export interface NextStep {
  from: string;
  to: string;
  /** The step that is due, and how many images and charts it moves; undefined where all run what runs below. */
  step: Step | undefined;
  images: number;
  /** Steps after it. */
  later: { step: Step; images: number }[];
  /** Why none can be taken now. */
  blocked?: string;
}

/** The next step into each environment that has one below it, in their order. */
export function nextSteps(content: Content, today: string): NextStep[] {
  const environments = [...content.documents.environments.values()]
    .map(({ document }) => document)
    .toSorted((a, b) => a.spec.rank - b.spec.rank);
  return environments.flatMap(({ metadata, spec }): NextStep[] => {
    const [from, to] = [spec.promotesFrom, metadata.name];
    if (from === undefined) return [];
    try {
      const { step, targets, later } = planPromotion(content, {
        from,
        to,
        step: undefined,
        services: [],
        addons: [],
        today,
      });
      return [{ from, to, step, images: targets.length, later }];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return [{ from, to, step: undefined, images: 0, later: [], blocked: error.message }];
    }
  });
}
