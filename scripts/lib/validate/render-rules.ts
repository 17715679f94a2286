import type { RuleDescription } from "./rule.ts";

/** Rules that are judged while the fleet is expanded and rendered. */
export const renderRules: readonly RuleDescription[] = [
  {
    id: "application-source",
    severity: "error",
    absolute: true,
    holds:
      "An Application pulls from its cluster's repository, and its folder is a chart or a kustomization; or it pulls an addon's chart from the cluster's registry, by digest.",
    because: "What comes from elsewhere is neither rendered nor reviewed here.",
  },
  {
    id: "applicationset-subset",
    severity: "error",
    absolute: true,
    holds:
      "An ApplicationSet has one git generator, of directories or of one file a folder, missingkey=error, and templates of field paths and index.",
    because: "An offline expansion and Argo CD's can't disagree on that; on more they can (FM-15).",
  },
  {
    id: "chart-archive",
    severity: "error",
    absolute: true,
    holds: "An archive holds one chart: plain files, none outside of it, with every chart that it depends on.",
    because:
      "What strangers pack is read by Helm, here and in the cluster: a link leads out of it, a missing chart is fetched unpinned.",
  },
  {
    id: "chart-values",
    severity: "error",
    holds: "Every value that we set of an upstream chart is one that the chart reads.",
    because: "Most charts have no closed schema: a misspelt value is a setting that does nothing, and nobody says so.",
  },
  {
    id: "render-failed",
    severity: "error",
    holds: "Everything renders, to YAML that all readers read alike.",
    because: "Argo CD would fail in the same place (B-04, FM-23).",
  },
  {
    id: "render-warning",
    severity: "warning",
    holds: "Helm and Kustomize have nothing to warn of.",
    because: "What is deprecated today is gone in the next version.",
  },
  {
    id: "rendered-list",
    severity: "error",
    holds: "Our chart renders no List, and no List has anything but objects in it.",
    because: "What else is in a List disappears without a word: a value that breaks out of its line ends in one (R3).",
  },
  {
    id: "values-schema",
    severity: "error",
    holds: "Merged values keep to the chart's schema.",
    because:
      "Helm would say the same without file and line; a key the chart does not read is a setting that does nothing.",
  },
];
