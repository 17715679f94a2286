import type { RuleDescription } from "./rule.ts";

/** Rules that are judged while files are read. A file that breaks one is kept from Helm and Kustomize. */
export const intakeRules: readonly RuleDescription[] = [
  {
    id: "chart-file",
    severity: "error",
    absolute: true,
    holds:
      "A chart.yaml holds version, digest, namespace and perhaps a hold of a chart, a definitions.yaml version and digest.",
    because: "The ApplicationSet fills its templates from it: what else it held would be a way into all of them.",
  },
  {
    id: "document-name",
    severity: "error",
    holds: "A document is named like its folder.",
    because: "The folder decides what is deployed; a second name would be a second truth.",
  },
  {
    id: "document-schema",
    severity: "error",
    holds: "Documents keep to their schema.",
    because: "A misspelt field is a setting that does nothing.",
  },
  {
    id: "file-encoding",
    severity: "error",
    holds: "Files are UTF-8 with LF, without a byte order mark.",
    because: "Readers split lines in different places, and two files that look alike differ (B-07).",
  },
  {
    id: "file-size",
    severity: "error",
    holds: "Files are at most 256 KiB.",
    because: "Parsers of YAML take time and memory out of proportion (B-06, FM-21).",
  },
  {
    id: "image-file",
    severity: "error",
    absolute: true,
    holds: "An image.yaml holds the tag, the digest and perhaps a hold of an image, and nothing else.",
    because:
      "It is the strongest layer of values: what else it held would win over everything the platform says, also in the folder of a tenant.",
  },
  {
    id: "json-syntax",
    severity: "error",
    holds: "JSON files are JSON.",
    because: "A chart whose schema can't be read is not checked by it.",
  },
  {
    id: "kustomization-schema",
    severity: "error",
    holds:
      "Kustomizations use resources, components, patches, replacements, labels and generators of ConfigMaps, from this repository.",
    because: "Remote bases, plugins, functions, openapi and Helm inflation run or fetch what nobody reviewed (B-08).",
  },
  {
    id: "missing-file",
    severity: "error",
    holds: "What is named is there.",
    because: "Argo CD stops at a missing file, or passes over a values layer and renders something else.",
  },
  {
    id: "submodule",
    severity: "error",
    absolute: true,
    holds: "No folder is a repository of its own.",
    because: "What it holds is in no commit of this one (B-09).",
  },
  {
    id: "symlink",
    severity: "error",
    absolute: true,
    holds: "There are no links.",
    because: "Helm follows them out of the repository (FM-20, B-09).",
  },
  {
    id: "tenant-values",
    severity: "error",
    absolute: true,
    holds: "A tenant's values set only what is the tenant's: not where its services connect to, nor who reaches them.",
    because: "A store of another namespace or a route of its own would be a way into another tenant (S-06, S-07).",
  },
  {
    id: "yaml-alias",
    severity: "error",
    holds: "There are no anchors and aliases.",
    because: "273 bytes of them make Kustomize take gigabytes (B-06).",
  },
  {
    id: "yaml-ambiguous-scalar",
    severity: "error",
    holds: "No plain scalar means one thing in YAML 1.1 and another in 1.2.",
    because: "Helm reads NO as false and Kustomize as text (B-04, FM-23).",
  },
  {
    id: "yaml-duplicate-key",
    severity: "error",
    holds: "No key is there twice.",
    because: "Some readers keep the last, some refuse; a second resources: drops the first list (B-05, FM-22).",
  },
  {
    id: "yaml-syntax",
    severity: "error",
    holds: "A file is one YAML document with text as keys, at most 64 levels deep.",
    because: "Everything else is read differently by different readers (B-06, B-07).",
  },
  {
    id: "yaml-tag",
    severity: "error",
    holds: "There are no tags.",
    because: "A tag asks a reader to make something else of a value (B-07).",
  },
];
