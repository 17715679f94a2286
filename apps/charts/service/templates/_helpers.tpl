{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Release.Name }}
app.kubernetes.io/part-of: murima
{{- end }}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
{{- end }}

{{- define "service.image" -}}
{{- with .Values.image -}}
{{ .registry }}/{{ .prefix }}/{{ $.Release.Name }}:{{ .tag }}@{{ .digest }}
{{- end }}
{{- end }}

{{/* Services called through this cluster's own network: dependsOn less those that run elsewhere. */}}
{{- define "service.localServices" -}}
{{- $local := list }}
{{- $remotes := include "service.remotes" . | fromJson }}
{{- range .Values.dependsOn.services }}
{{- if not (hasKey $remotes .) }}{{ $local = append $local . }}{{ end }}
{{- end }}
{{- toJson $local }}
{{- end }}

{{/*
The label a caller carries and the callee's NetworkPolicy asks for. Both follow from the caller's dependsOn, so
nothing has to be declared twice.
*/}}
{{- define "service.callsLabels" -}}
{{- range include "service.localServices" . | fromJsonArray }}
calls.murima2025.com/{{ . }}: "true"
{{- end }}
{{- end }}

{{- define "service.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "service.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}
