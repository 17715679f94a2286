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
# Namespace of objects that name one, of accounts that rights are given to, and of Services that webhooks call, in place of
# upstream's.
namespace: ""
# Objects that are left out, KIND/NAME; NAME may be *.
remove: []
# What is merged into objects, by KIND/NAME: mappings key by key, lists of things with a name thing by thing, all else as a
# whole. Null takes a key away, and $patch: delete a thing of that name.
patches: {}
# Objects beside upstream's, by KIND/NAME.
objects: {}
# Images by a name of ours: from is what upstream calls one, to what is run instead, wherever an object names it.
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
{{- $isGone := eq (toString (get $item "$patch")) "delete" -}}
{{- $kept := list -}}
{{- $found := dict -}}
{{- range $all -}}
{{- if ne .name $item.name -}}{{- $kept = append $kept . -}}
{{- else -}}
{{- $_ := set $found "it" true -}}
{{- if not $isGone -}}{{- include "merge" (list . $item) -}}{{- $kept = append $kept . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $found.it -}}
{{- if $isGone -}}{{- fail (printf "there is no %s in %s to take away" $item.name $key) -}}{{- end -}}
{{- $kept = append $kept $item -}}
{{- end -}}
{{- $all = $kept -}}
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
{{- define "named images" -}}
{{- $text := index . 0 -}}
{{- range index . 1 -}}
{{- if .to -}}{{- $text = regexReplaceAll (printf "([\\\\s\\"'=])%s[:@][^\\\\s\\"',]+" (regexQuoteMeta .from)) $text (printf "\${1}%s" .to) -}}{{- end -}}
{{- end -}}
{{- $text -}}
{{- end -}}
{{- define "id" -}}
{{- $plain := regexReplaceAll "(?m)[ \\t]+#.*$" . "" -}}
{{- regexFind "(?m)^kind: .*$" $plain | trimPrefix "kind: " | trimAll "\\" \\r" -}}/{{- regexFind "(?m)^  name: .*$" (regexReplaceAll "(?s)^.*?(^|\\n)metadata:" $plain "") | trimPrefix "  name: " | trimAll "\\"' \\r" -}}
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
{{- $object := fromYaml $document -}}
{{- if hasKey $object "Error" -}}{{- fail (printf "%s: %s" $id $object.Error) -}}{{- end -}}
{{- if $values.namespace -}}
{{- if hasKey $object.metadata "namespace" -}}{{- $_ := set $object.metadata "namespace" $values.namespace -}}{{- end -}}
{{- range $object.subjects -}}{{- if hasKey . "namespace" -}}{{- $_ := set . "namespace" $values.namespace -}}{{- end -}}{{- end -}}
{{- range $object.webhooks -}}{{- with .clientConfig.service -}}{{- $_ := set . "namespace" $values.namespace -}}{{- end -}}{{- end -}}
{{- end -}}
{{- with get $values.patches $id -}}{{- include "merge" (list $object .) -}}{{- end }}
---
{{ include "named images" (list (toYaml $object) $values.images) }}
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
{{ include "named images" (list (toYaml $object) $values.images) }}
{{- end }}
`;

/** What upstream calls a file of a version: VERSION in its path stands for the number. In the chart it stays as it is. */
export const releasedFile = (file: string, version: string) => file.replaceAll("VERSION", version.replace(/^v/, ""));

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
