import type { NextStep } from "../image/next-steps.ts";
import { stepName } from "../image/promote.ts";

/** Where promotions stand, and the command that takes each further. */
export function nextStepsText(steps: readonly NextStep[]): string {
  return steps
    .map((step) => {
      const command = nextCommand(step);
      return `${step.from} -> ${step.to}: ${nextState(step)}\n${command === undefined ? "" : `  ${command}\n`}`;
    })
    .join("");
}

/** The same for programs. */
export function nextStepsJson(steps: readonly NextStep[]): string {
  const promotions = steps.map((step) => {
    const { from, to, step: due, images, blocked } = step;
    const command = nextCommand(step);
    return {
      from,
      to,
      ...(due === undefined ? {} : { due: stepName(due), images }),
      ...(command === undefined ? {} : { command }),
      ...(blocked === undefined ? {} : { blocked }),
    };
  });
  return `${JSON.stringify({ promotions }, null, 2)}\n`;
}

/** The command that takes a promotion further; undefined where none can. */
export function nextCommand({ from, to, step }: NextStep): string | undefined {
  if (step === undefined) return undefined;
  return `bun run promote --from ${from} --to ${to} ${step.of === "clusters" ? "--ring" : "--tenant-ring"} ${step.ring}`;
}

/** Where a promotion stands, in words. */
export function nextState({ from, to, step, images, later, blocked }: NextStep): string {
  if (blocked !== undefined) return `blocked: ${blocked.replaceAll("\n", "; ")}`;
  if (step === undefined) return `${to} runs what ${from} runs`;
  const then = later.map((one) => `, then ${stepName(one.step)} (${one.images})`).join("");
  return `${stepName(step)} (${images} images and charts)${then}`;
}
