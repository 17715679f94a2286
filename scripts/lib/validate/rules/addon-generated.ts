import { addonChanges } from "../../addon/generated.ts";
import { notAsGenerated } from "../generated.ts";
import type { Rule } from "../rule.ts";

export const addonGenerated: Rule = {
  id: "addon-generated",
  severity: "error",
  absolute: true,
  holds:
    "What follows from the folders of addons is as it follows: definitions, images by the cluster's registry, namespaces, and what their project allows.",
  because:
    "A folder that deploys a chart and a list that does not name it is half an addon: Argo CD refuses the sync after the merge.",
  check: (fleet) =>
    notAsGenerated(fleet, addonChanges(fleet), {
      tooMuch: "is there, though its addon has no definitions",
      differs: "is not what follows from the addons and their facts",
      missing: "is not there, though it follows from the addon beside it",
    }),
};
