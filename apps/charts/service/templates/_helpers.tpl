{{/* Labels by which the pods of one name are selected. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ . | quote }}
app.kubernetes.io/part-of: murima
{{- end }}

{{/* Those, and what else says what an object is: list of root context and name. */}}
{{- define "service.labels" -}}
{{ include "service.selector" (index . 1) }}
app.kubernetes.io/version: {{ (index . 0).Values.image.tag | quote }}
{{- end }}

{{- define "service.image" -}}
{{- with .Values.image -}}
{{ .registry }}/{{ .prefix }}/{{ $.Release.Name }}:{{ .tag }}@{{ .digest }}
{{- end }}
{{- end }}

{{/* Services called through this cluster's own network, of those that are named: list of root context and names. */}}
{{- define "service.localServices" -}}
{{- $local := list }}
{{- $remotes := include "service.remotes" (index . 0) | fromJson }}
{{- range index . 1 }}
{{- if not (hasKey $remotes .) }}{{ $local = append $local . }}{{ end }}
{{- end }}
{{- toJson $local }}
{{- end }}

{{/*
The label a caller carries and the callee's NetworkPolicy asks for: list of root context and services. Both follow from
the caller's dependsOn, so nothing has to be declared twice.
*/}}
{{- define "service.callsLabels" -}}
{{- range include "service.localServices" . | fromJsonArray }}
{{ printf "calls.murima2025.com/%s" . | quote }}: "true"
{{- end }}
{{- if include "service.callsPeer" . }}
calls.murima2025.com/peer: "true"
{{- end }}
{{- end }}

{{/* Whether any of what is called runs on the other cluster of a hybrid deployment: list of root context and services. Else empty. */}}
{{- define "service.callsPeer" -}}
{{- $remotes := include "service.remotes" (index . 0) | fromJson }}{{ $calls := "" }}
{{- range index . 1 }}{{ with get $remotes . }}{{ if not .host }}{{ $calls = "true" }}{{ end }}{{ end }}{{ end }}
{{- $calls }}
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

{{/* Where certificate authorities are mounted, of those who sign for stores and for what is called elsewhere. */}}
{{- define "service.caFile" -}}
/etc/murima-trust/{{ .Values.trust.key }}
{{- end }}

{{/* Whether anything that is called shows a certificate: list of root context and what is called. Else empty. */}}
{{- define "service.trusts" -}}
{{- $root := index . 0 }}{{ $trusts := "" }}
{{- range (index . 1).stores }}{{ if (get $root.Values.stores .).tls }}{{ $trusts = "true" }}{{ end }}{{ end }}
{{- $remotes := include "service.remotes" $root | fromJson }}
{{- range (index . 1).services }}{{ with get $remotes . }}{{ if .host }}{{ $trusts = "true" }}{{ end }}{{ end }}{{ end }}
{{- $trusts }}
{{- end }}

{{- define "service.trustMount" -}}
- name: trust
  mountPath: /etc/murima-trust
  readOnly: true
{{- end }}

{{- define "service.trustVolume" -}}
- name: trust
  configMap:
    name: {{ .Values.trust.configMap | quote }}
{{- end }}
