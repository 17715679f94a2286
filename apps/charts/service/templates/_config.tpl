{{/*
config.json: the configuration blocks, over those that follow from what the service calls, with what depends on a domain
filled in and references to Secrets left out.
*/}}
{{- define "service.config" -}}
{{- $config := dict }}
{{- if or (eq .Release.Name "auth-service") (has "auth-service" .Values.dependsOn.services) }}{{ $config = deepCopy .Values.identity }}{{ end }}
{{- if has "postgresql" .Values.dependsOn.stores }}{{ $_ := set $config "database" (deepCopy .Values.database) }}{{ end }}
{{- $config = mergeOverwrite $config (deepCopy .Values.config) }}
{{- $_ := set $config.logging "fields" (dict "service" .Release.Name "environment" .Values.facts.environment) }}
{{- with $config.cors }}
{{- $origins := .allowedOrigins | default list }}
{{- if $.Values.publicHost }}{{ $origins = append $origins (printf "https://%s" $.Values.publicHost) }}
{{- else }}{{- range .allowedHosts }}{{ $origins = append $origins (printf "https://%s" (include "service.publicHost" (list $ .))) }}{{ end }}{{ end }}
{{- $_ := set . "allowedOrigins" (uniq $origins | sortAlpha) }}
{{- $_ := unset . "allowedHosts" }}
{{- end }}
{{- with $config.web }}
{{- $_ := set . "host" (include "service.publicHost" (list $ .host)) }}
{{- $_ := set . "apiBaseUrl" (printf "https://%s" (include "service.publicHost" (list $ .apiHost))) }}
{{- $_ := unset . "apiHost" }}
{{- end }}
{{- with $config.jwt }}{{ $_ := unset . "privateKeySecret" }}{{ end }}
{{- with $config.encryption }}{{ $_ := unset . "keySecret" }}{{ end }}
{{- with $config.oauth }}
{{- range $provider, $settings := .providers }}
{{- $_ := unset $settings "secret" }}
{{- $_ := set $settings "callbackUrl" (printf "https://%s/api/v1/auth/oauth/%s/callback" (include "service.publicHost" (list $ "api")) $provider) }}
{{- end }}
{{- end }}
{{- with $config.routes }}
{{- range . }}{{ $_ := set . "url" (include "service.url" (list $ .service)) }}{{ end }}
{{- end }}
{{- toPrettyJson $config }}
{{- end }}

{{/*
Where browsers reach what has this first label: list of root context and label. A tenant's own copies share one host. The
public gateway of a hybrid deployment is that of one of its clusters: the peer, where the facts say so.
*/}}
{{- define "service.publicHost" -}}
{{- $root := index . 0 }}
{{- $domain := $root.Values.facts.domain }}
{{- with $root.Values.facts.peer }}{{ if .public }}{{ $domain = .domain }}{{ end }}{{ end }}
{{- $root.Values.publicHost | default (printf "%s.%s" (index . 1) $domain) }}
{{- end }}

{{- define "service.url" -}}
{{- $root := index . 0 }}{{ $service := index . 1 }}
{{- $remote := get (include "service.remotes" $root | fromJson) $service }}
{{- if not $remote }}http://{{ $service }}:{{ toJson $root.Values.ports.service }}
{{- else if $remote.host }}https://{{ $remote.host }}:{{ toJson $remote.port }}
{{- else }}http://{{ $service }}.gateway.svc.cluster.local
{{- end }}
{{- end }}
