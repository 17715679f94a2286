{{/*
What tells an alert of this copy from that of another, on this or another cluster: Alertmanager takes alerts with equal
labels for one. They are set here, because absent() and aggregation drop those of the series.
*/}}
{{- define "service.alertLabels" -}}
service: {{ .Release.Name | quote }}
namespace: {{ .Release.Namespace | quote }}
cluster: {{ .Values.facts.cluster | quote }}
{{- with .Values.facts.tenant }}
tenant: {{ . | quote }}
{{- end }}
{{- end }}
