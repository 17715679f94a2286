{{/*
Where one store is, as JSON: list of root context, name, and whether the service calls it or its migration. What its values say
wins; the rest follows from the cluster's facts.
*/}}
{{- define "service.store" -}}
{{- $facts := (index . 0).Values.facts.stores }}{{ $name := index . 1 -}}
{{- $store := deepCopy (get (index . 0).Values.stores $name) }}
{{- $run := $store.operator }}
{{- if eq (index . 2) "migration" }}{{ $run = $store.operator.direct | default $run }}{{ end }}
{{- $addressed := or $store.pods $store.cidrs }}
{{- if eq $facts.mode "managed" }}
{{- if not $store.host }}{{ $_ := set $store "host" (dig "hosts" $name (printf "%s.%s" $name $facts.domain) $facts) }}{{ end }}
{{- if not $addressed }}{{ $_ := set $store "cidrs" $facts.cidrs }}{{ end }}
{{- else }}
{{- if not $store.host }}{{ $_ := set $store "host" (printf "%s.stores.svc.cluster.local" $run.service) }}{{ end }}
{{- if not $addressed }}{{ $_ := set $store "pods" (dict "namespace" "stores" "labels" $run.labels) }}{{ end }}
{{- end }}
{{- toJson $store }}
{{- end }}

{{/* Services that run elsewhere, by name, as JSON: the peer's, through the gateway that calls it, and those of the values, which win. */}}
{{- define "service.remotes" -}}
{{- $remotes := dict }}
{{- with .Values.facts.peer }}
{{- range .services }}{{ $_ := set $remotes . (dict "gateway" "peer") }}{{ end }}
{{- end }}
{{- mergeOverwrite $remotes (deepCopy .Values.remoteServices) | toJson }}
{{- end }}
