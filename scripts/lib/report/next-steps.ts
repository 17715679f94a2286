import type { NextStep } from "../image/next-steps.ts";
import { stepName } from "../image/promote.ts";

/** Where promotions stand, and the command that takes each further. */
export function nextStepsText(steps: readonly NextStep[]): string {
  return steps.map((step) => `${step.from} -> ${step.to}: ${stateOf(step)}\n`).join("");
}

function stateOf({ from, to, step, images, later, blocked }: NextStep): string {
  if (blocked !== undefined) return `blocked: ${blocked.replaceAll("\n", "; ")}`;
  if (step === undefined) return `${to} runs what ${from} runs`;
  const ring = `${step.of === "clusters" ? "--ring" : "--tenant-ring"} ${step.ring}`;
  const then = later.map((one) => `, then ${stepName(one.step)} (${one.images})`).join("");
  return `${stepName(step)} (${images} images and charts)${then}\n  bun run promote --from ${from} --to ${to} ${ring}`;
}
