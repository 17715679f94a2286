{{/* Egress to the stores in dependsOn: pods of this cluster, or the addresses of a managed service. */}}
{{- define "service.storeEgress" -}}
{{- range .Values.dependsOn.stores }}
{{- $store := include "service.store" (list $ .) | fromJson }}
- to:
    {{- with $store.pods }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace }}
      podSelector:
        matchLabels:
          {{- toYaml .labels | nindent 10 }}
    {{- end }}
    {{- range $store.cidrs }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  ports:
    - protocol: TCP
      port: {{ $store.port }}
{{- end }}
{{- end }}

{{/* What the service may call. DNS is open to every pod of the namespace by its own policy. */}}
{{- define "service.egress" -}}
{{- range include "service.localServices" . | fromJsonArray }}
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ . }}
          app.kubernetes.io/part-of: murima
  ports:
    - protocol: TCP
      port: http
{{- end }}
{{- $remotes := include "service.remotes" . | fromJson }}
{{- range $service := .Values.dependsOn.services }}
{{- with get $remotes $service }}
- to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  ports:
    - protocol: TCP
      port: {{ .port }}
{{- end }}
{{- end }}
{{- include "service.storeEgress" . }}
{{- if .Values.dependsOn.kubernetes }}
- to:
    - ipBlock:
        cidr: {{ .Values.facts.nodes }}
  ports:
    - protocol: TCP
      port: 443
    - protocol: TCP
      port: 6443
{{- end }}
{{- if .Values.dependsOn.internet }}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        # Private, shared and link-local ranges: the internet is neither the cluster nor its metadata service.
        except:
          - 10.0.0.0/8
          - 100.64.0.0/10
          - 169.254.0.0/16
          - 172.16.0.0/12
          - 192.168.0.0/16
  ports:
    - protocol: TCP
      port: 443
{{- end }}
{{- end }}
