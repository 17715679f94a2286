{{/*
What runs for ever, as JSON: the service itself, and its workers, which have of it all that they do not state. A worker is
called SERVICE-WORKER. It calls what the service calls, and nobody calls it.
*/}}
{{- define "service.workloads" -}}
{{- $own := pick .Values "autoscaling" "drainSeconds" "priorityClassName" "probes" "replicas" "resources" }}
{{- $all := list (merge (dict "name" .Release.Name) $own) }}
{{- range $name, $worker := .Values.workers }}
{{- $named := dict "name" (printf "%s-%s" $.Release.Name $name) "worker" $name }}
{{- $all = append $all (mergeOverwrite (deepCopy $own) (deepCopy $worker) $named) }}
{{- end }}
{{- toJson $all }}
{{- end }}
