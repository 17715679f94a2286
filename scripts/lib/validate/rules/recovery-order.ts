import { minutesOf } from "../../store/schedule.ts";
import type { Rule } from "../rule.ts";

export const recoveryOrder: Rule = {
  id: "recovery-order",
  severity: "error",
  holds: "The steps that bring a lost cluster back take together no longer than the environment promises.",
  because: "Four hours are a promise only as the sum of what is done in them (guide 7.4).",
  *check({ documents, sources }) {
    for (const { file, document } of documents.environments.values()) {
      const { recovery } = document.spec;
      if (recovery?.order === undefined) continue;
      const sum = recovery.order.reduce((minutes, { takes }) => minutes + minutesOf(takes)!, 0);
      if (sum <= minutesOf(recovery.time)!) continue;
      yield {
        file,
        ...sources.locate(file, ["spec", "recovery", "order"]),
        message: `the steps take ${sum} minutes together, and ${recovery.time} are promised`,
        fix: "make a step shorter, let two run side by side, or promise more time",
      };
    }
  },
};
