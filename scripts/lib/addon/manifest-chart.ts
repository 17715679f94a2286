import { packArchive } from "./archive.ts";

/** What upstream releases as plain manifests. */
export interface ManifestRelease {
  chart: string;
  version: string;
  /** By the path that upstream has them under. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** The same for every release: what it renders is upstream's files, taken as they are, and what values say of them. */
const values = `# Files of the release that are rendered, out of files/.
manifests: []
crds:
  enabled: true
# Namespace of objects that name one, and of accounts that rights are given to, in place of upstream's.
namespace: ""
# Objects that are left out, KIND/NAME; NAME may be *.
remove: []
# What is merged into objects, by KIND/NAME: mappings key by key, lists of things with a name thing by thing, all else as a whole.
patches: {}
# Objects beside upstream's, by KIND/NAME.
objects: {}
# Images by a name of ours: from is what upstream calls one, to what is run instead.
images: {}
`;

const helpers = `{{- define "merge" -}}
{{- $target := index . 0 -}}
{{- range $key, $new := index . 1 -}}
{{- $old := get $target $key -}}
{{- if and (kindIs "map" $new) (kindIs "map" $old) -}}
{{- include "merge" (list $old $new) -}}
{{- else if eq (printf "%s%s" (include "named" $new) (include "named" $old)) "yesyes" -}}
{{- $all := $old -}}
{{- range $item := $new -}}
{{- $found := dict -}}
{{- range $old -}}
{{- if eq .name $item.name -}}{{- include "merge" (list . $item) -}}{{- $_ := set $found "it" true -}}{{- end -}}
{{- end -}}
{{- if not $found.it -}}{{- $all = append $all $item -}}{{- end -}}
{{- end -}}
{{- $_ := set $target $key $all -}}
{{- else if kindIs "invalid" $new -}}
{{- $_ := unset $target $key -}}
{{- else -}}
{{- $_ := set $target $key $new -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- define "named" -}}
{{- if kindIs "slice" . -}}{{- if . -}}{{- $first := first . -}}
{{- if kindIs "map" $first -}}{{- if hasKey $first "name" -}}yes{{- end -}}{{- end -}}
{{- end -}}{{- end -}}
{{- end -}}
{{- define "id" -}}
{{- regexFind "(?m)^kind: .*$" . | trimPrefix "kind: " | trimAll "\\" \\r" -}}/{{- regexFind "(?m)^  name: .*$" (regexReplaceAll "(?s)^.*?(^|\\n)metadata:" . "") | trimPrefix "  name: " | trimAll "\\"' \\r" -}}
{{- end -}}
`;

const template = `{{- $values := .Values -}}
{{- $known := dict -}}
{{- $patched := dict -}}
{{- range $file, $_ := .Files.Glob "files/**" -}}
{{- range splitList "\\n---\\n" (printf "\\n%s" ($.Files.Get $file)) -}}{{- $_ := set $known (include "id" .) true -}}{{- end -}}
{{- end -}}
{{- range $name := $values.manifests -}}
{{- $text := $.Files.Get (printf "files/%s" $name) -}}
{{- if not $text -}}{{- fail (printf "the release has no file %s" $name) -}}{{- end -}}
{{- range $document := splitList "\\n---\\n" (printf "\\n%s" (trimPrefix "---\\n" $text)) -}}
{{- $id := include "id" $document -}}
{{- $kind := first (splitList "/" $id) -}}
{{- if eq $id "/" -}}
{{- else if eq $kind "CustomResourceDefinition" -}}
{{- if $values.crds.enabled }}
---
{{ trim $document }}
{{- end -}}
{{- else if not (or (has $id $values.remove) (has (printf "%s/*" $kind) $values.remove)) -}}
{{- $text := $document -}}
{{- range $values.images -}}
{{- if .to -}}{{- $text = regexReplaceAll (printf "(image:\\\\s*)[\\"']?%s[:@][^\\\\s\\"']+[\\"']?" (regexQuoteMeta .from)) $text (printf "\${1}%s" .to) -}}{{- end -}}
{{- end -}}
{{- $object := fromYaml $text -}}
{{- if hasKey $object "Error" -}}{{- fail (printf "%s: %s" $id $object.Error) -}}{{- end -}}
{{- if $values.namespace -}}
{{- if hasKey $object.metadata "namespace" -}}{{- $_ := set $object.metadata "namespace" $values.namespace -}}{{- end -}}
{{- range $object.subjects -}}{{- if hasKey . "namespace" -}}{{- $_ := set . "namespace" $values.namespace -}}{{- end -}}{{- end -}}
{{- end -}}
{{- with get $values.patches $id -}}{{- include "merge" (list $object .) -}}{{- end }}
---
{{ toYaml $object }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $id, $_ := $values.patches -}}
{{- if not (hasKey $known $id) -}}{{- fail (printf "the release has no %s to patch" $id) -}}{{- end -}}
{{- end -}}
{{- range $id := $values.remove -}}
{{- if not (or (hasSuffix "/*" $id) (hasKey $known $id)) -}}{{- fail (printf "the release has no %s to leave out" $id) -}}{{- end -}}
{{- end -}}
{{- range $id, $object := $values.objects }}
---
{{ toYaml $object }}
{{- end }}
`;

/**
 * A release of plain manifests as a chart: upstream's bytes and a template of ours, so that it goes the way of every chart,
 * by digest and with values. The same release makes the same archive, wherever its files were had.
 */
export function manifestChart({ chart, version, files }: ManifestRelease): Uint8Array {
  const text = (content: string) => new TextEncoder().encode(content);
  return packArchive(
    chart,
    new Map([
      ["Chart.yaml", text(`apiVersion: v2\nname: ${chart}\nversion: ${version}\n`)],
      ["values.yaml", text(values)],
      ["templates/_merge.tpl", text(helpers)],
      ["templates/manifests.yaml", text(template)],
      ...[...files].map(([path, bytes]) => [`files/${path}`, bytes] as const),
    ]),
  );
}
