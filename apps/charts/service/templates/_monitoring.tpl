{{/*
What tells an alert of this copy from that of another, on this or another cluster: Alertmanager takes alerts with equal
labels for one. They are set here, because absent() and aggregation drop those of the series.
*/}}
{{- define "service.alertLabels" -}}
team: services
service: {{ .Release.Name | quote }}
namespace: {{ .Release.Namespace | quote }}
cluster: {{ .Values.facts.cluster | quote }}
{{- with .Values.facts.tenant }}
tenant: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The card of an alert, where the cluster reads this repository: a list of the context and the alert's name. */}}
{{- define "service.runbook" -}}
{{- $root := index . 0 -}}
runbook_url: {{ printf "%s/blob/main/docs/runbooks/alerts.md#%s" (trimSuffix ".git" $root.Values.facts.repository) (index . 1 | lower) | quote }}
{{- end }}
