{{/* Egress to stores: pods of this cluster, or the addresses of a managed service. List of root context and what is called. */}}
{{- define "service.storeEgress" -}}
{{- $root := index . 0 }}{{ $role := (index . 1).role | default "service" }}
{{- range (index . 1).stores }}
{{- $store := include "service.store" (list $root . $role) | fromJson }}
- to:
    {{- with $store.pods }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .namespace | quote }}
      podSelector:
        matchLabels:
          {{- toYaml .labels | nindent 10 }}
    {{- end }}
    {{- range $store.cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    - protocol: TCP
      port: {{ toJson $store.port }}
{{- end }}
{{- end }}

{{/* What may be called: list of root context and dependsOn. DNS is open to every pod of the namespace by its own policy. */}}
{{- define "service.egress" -}}
{{- $root := index . 0 }}{{ $calls := index . 1 }}
{{- $services := $calls.services | default list }}
{{- range include "service.localServices" (list $root $services) | fromJsonArray }}
- to:
    - podSelector:
        matchLabels:
          {{- include "service.selector" . | nindent 10 }}
  ports:
    - protocol: TCP
      port: http
{{- end }}
{{- $remotes := include "service.remotes" $root | fromJson }}
{{- range $service := $services }}
{{- with get $remotes $service }}
{{- if .host }}
- to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    - protocol: TCP
      port: {{ toJson .port }}
{{- end }}
{{- end }}
{{- end }}
{{- if include "service.callsPeer" (list $root $services) }}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: gateway
      podSelector:
        matchLabels:
          gateway.networking.k8s.io/gateway-name: peer
  ports:
    - protocol: TCP
      port: 10080
{{- end }}
{{- include "service.storeEgress" (list $root $calls) }}
{{- if $calls.kubernetes }}
- to:
    - ipBlock:
        cidr: {{ $root.Values.facts.nodes | quote }}
  ports:
    - protocol: TCP
      port: 443
    - protocol: TCP
      port: 6443
{{- end }}
{{- range $calls.internet }}
- to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- else }}
    - ipBlock:
        cidr: 0.0.0.0/0
        # Private, shared and link-local ranges: the internet is neither the cluster nor its metadata service.
        except:
          - 10.0.0.0/8
          - 100.64.0.0/10
          - 169.254.0.0/16
          - 172.16.0.0/12
          - 192.168.0.0/16
    {{- end }}
  ports:
    {{- range .ports }}
    - protocol: TCP
      port: {{ toJson . }}
    {{- end }}
{{- end }}
{{- end }}
