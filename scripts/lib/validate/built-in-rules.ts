/** Rules that are judged while files are read and rendered, before the rules of rules/ see the result: what holds, and why. */
export const writtenRules: Record<string, { holds: string; because: string }> = {
  "application-source": {
    holds: "An Application pulls from its cluster's repository, and its folder is a chart or a kustomization.",
    because: "What comes from elsewhere is neither rendered nor reviewed here.",
  },
  "applicationset-subset": {
    holds:
      "An ApplicationSet has one git directories generator, missingkey=error, and templates of field paths and index.",
    because: "An offline expansion and Argo CD's can't disagree on that; on more they can (FM-15).",
  },
  "document-name": {
    holds: "A document is named like its folder.",
    because: "The folder decides what is deployed; a second name would be a second truth.",
  },
  "document-schema": {
    holds: "Documents keep to their schema.",
    because: "A misspelt field is a setting that does nothing.",
  },
  exception: {
    holds: "Exceptions excuse something, and only until their day.",
    because: "An exception that nobody needs hides the next mistake.",
  },
  "file-encoding": {
    holds: "Files are UTF-8 with LF, without a byte order mark.",
    because: "Readers split lines in different places, and two files that look alike differ (B-07).",
  },
  "file-size": {
    holds: "Files are at most 256 KiB.",
    because: "Parsers of YAML take time and memory out of proportion (B-06, FM-21).",
  },
  "json-syntax": { holds: "JSON files are JSON.", because: "A chart whose schema can't be read is not checked by it." },
  "kustomization-schema": {
    holds:
      "Kustomizations use resources, components, patches, replacements, labels and generators of ConfigMaps, from this repository.",
    because: "Remote bases, plugins, functions, openapi and Helm inflation run or fetch what nobody reviewed (B-08).",
  },
  "missing-file": {
    holds: "What is named is there.",
    because: "Argo CD stops at a missing file, or passes over a values layer and renders something else.",
  },
  "render-failed": {
    holds: "Everything renders, to YAML that all readers read alike.",
    because: "Argo CD would fail in the same place (B-04, FM-23).",
  },
  "render-warning": {
    holds: "Helm and Kustomize have nothing to warn of.",
    because: "What is deprecated today is gone in the next version.",
  },
  submodule: {
    holds: "No folder is a repository of its own.",
    because: "What it holds is in no commit of this one (B-09).",
  },
  symlink: { holds: "There are no links.", because: "Helm follows them out of the repository (FM-20, B-09)." },
  "tenant-values": {
    holds: "A tenant's values set only what is the tenant's: not where its services connect to, nor who reaches them.",
    because: "A store of another namespace or a route of its own would be a way into another tenant (S-06, S-07).",
  },
  "values-schema": {
    holds: "Merged values keep to the chart's schema.",
    because:
      "Helm would say the same without file and line; a key the chart does not read is a setting that does nothing.",
  },
  "yaml-alias": {
    holds: "There are no anchors and aliases.",
    because: "273 bytes of them make Kustomize take gigabytes (B-06).",
  },
  "yaml-ambiguous-scalar": {
    holds: "No plain scalar means one thing in YAML 1.1 and another in 1.2.",
    because: "Helm reads NO as false and Kustomize as text (B-04, FM-23).",
  },
  "yaml-duplicate-key": {
    holds: "No key is there twice.",
    because: "Some readers keep the last, some refuse; a second resources: drops the first list (B-05, FM-22).",
  },
  "yaml-syntax": {
    holds: "A file is one YAML document with text as keys, at most 64 levels deep.",
    because: "Everything else is read differently by different readers (B-06, B-07).",
  },
  "yaml-tag": { holds: "There are no tags.", because: "A tag asks a reader to make something else of a value (B-07)." },
};
