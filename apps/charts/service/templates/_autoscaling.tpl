{{/*
Workloads that KEDA scales, as JSON: those that name queues, where the cluster's facts say that KEDA is there. Elsewhere
their CPU alone scales them.
*/}}
{{- define "service.queuedWorkloads" -}}
{{- $queued := list }}
{{- if .Capabilities.APIVersions.Has "keda.sh/v1alpha1" }}
{{- range include "service.workloads" . | fromJsonArray }}
{{- if and .autoscaling.enabled .queues }}{{ $queued = append $queued . }}{{ end }}
{{- end }}
{{- end }}
{{- toJson $queued }}
{{- end }}

{{/* How fast any of them goes down. */}}
{{- define "service.scalingBehavior" -}}
scaleDown:
  # Calls come in waves: a quiet minute is no reason to drop capacity.
  stabilizationWindowSeconds: 300
  policies:
    - type: Pods
      value: 1
      periodSeconds: 60
{{- end }}
