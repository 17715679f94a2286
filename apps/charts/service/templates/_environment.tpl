{{/*
Environment variables that hold no secret, as JSON. Names of the guide's section 3.1.1; each store gives its own.
*/}}
{{- define "service.env" -}}
{{- $env := deepCopy .Values.env }}
{{- with .Values.facts.tenant }}{{ $_ := set $env "TENANT_ID" . }}{{ end }}
{{- $_ := set $env "LOG_LEVEL" .Values.config.logging.level }}
{{- with .Values.config.rateLimiting }}
{{- $_ := set $env "RATE_LIMIT_WINDOW" (toString .windowMs) }}
{{- $_ := set $env "RATE_LIMIT_MAX" (toString .max) }}
{{- end }}
{{- $prefixes := include "service.storePrefixes" . | fromJson }}
{{- range .Values.dependsOn.stores }}
{{- $prefix := get $prefixes . }}
{{- $store := include "service.store" (list $ .) | fromJson }}
{{- $_ := set $env (printf "%s_HOST" $prefix) $store.host }}
{{- $_ := set $env (printf "%s_PORT" $prefix) (toString $store.port) }}
{{- $_ := set $env (printf "%s_TLS" $prefix) (toString $store.tls) }}
{{- with $store.database }}{{ $_ := set $env (printf "%s_NAME" $prefix) (include "service.database" (list $ .)) }}{{ end }}
{{- end }}
{{- range .Values.dependsOn.services }}
{{- $_ := set $env (printf "%s_URL" (. | upper | replace "-" "_")) (include "service.url" (list $ .)) }}
{{- end }}
{{- toJson $env }}
{{- end }}

{{/* A tenant's own copy has a database of its own on the cluster's store. */}}
{{- define "service.database" -}}
{{- with (index . 0).Values.facts.tenant }}tenant_{{ . | replace "-" "_" }}{{ else }}{{ index . 1 }}{{ end }}
{{- end }}

{{- define "service.storePrefixes" -}}
{"elasticsearch": "ELASTICSEARCH", "mongodb": "MONGODB", "postgresql": "DB", "rabbitmq": "RABBITMQ", "redis": "REDIS"}
{{- end }}

{{/*
Environment variables out of Secrets, as the items of a container's env. A service has a Secret for each store,
SERVICE-STORE, with the keys username and password; Redis knows a password only.
*/}}
{{- define "service.secretEnv" -}}
{{- $prefixes := include "service.storePrefixes" . | fromJson }}
{{- range .Values.dependsOn.stores }}
{{- $secret := printf "%s-%s" $.Release.Name . }}
{{- if ne . "redis" }}
{{ include "service.secretVariable" (list (printf "%s_USER" (get $prefixes .)) $secret "username") }}
{{- end }}
{{ include "service.secretVariable" (list (printf "%s_PASSWORD" (get $prefixes .)) $secret "password") }}
{{- end }}
{{- with .Values.config.jwt }}{{ with .privateKeySecret }}
{{ include "service.secretVariable" (list "JWT_PRIVATE_KEY" .name .key) }}
{{- end }}{{ end }}
{{- with .Values.config.encryption }}
{{ include "service.secretVariable" (list "ENCRYPTION_KEY" .keySecret.name .keySecret.key) }}
{{- end }}
{{- with .Values.config.oauth }}
{{- range $provider, $settings := .providers }}
{{- if $settings.enabled }}
{{ include "service.secretVariable" (list (printf "OAUTH_%s_CLIENT_ID" (upper $provider)) $settings.secret "clientId") }}
{{ include "service.secretVariable" (list (printf "OAUTH_%s_CLIENT_SECRET" (upper $provider)) $settings.secret "clientSecret") }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "service.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{/*
config.json: the configuration blocks, over those that follow from what the service calls, with what depends on the domain
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
{{- else }}{{- range .allowedHosts }}{{ $origins = append $origins (printf "https://%s.%s" . $.Values.facts.domain) }}{{ end }}{{ end }}
{{- $_ := set . "allowedOrigins" (uniq $origins | sortAlpha) }}
{{- $_ := unset . "allowedHosts" }}
{{- end }}
{{- with $config.jwt }}{{ $_ := unset . "privateKeySecret" }}{{ end }}
{{- with $config.encryption }}{{ $_ := unset . "keySecret" }}{{ end }}
{{- with $config.oauth }}
{{- range $provider, $settings := .providers }}
{{- $_ := unset $settings "secret" }}
{{- $_ := set $settings "callbackUrl" (printf "https://%s/api/v1/auth/oauth/%s/callback" ($.Values.publicHost | default (printf "api.%s" $.Values.facts.domain)) $provider) }}
{{- end }}
{{- end }}
{{- with $config.routes }}
{{- range . }}{{ $_ := set . "url" (include "service.url" (list $ .service)) }}{{ end }}
{{- end }}
{{- toPrettyJson $config }}
{{- end }}

{{- define "service.url" -}}
{{- $root := index . 0 }}{{ $service := index . 1 }}
{{- $remote := get (include "service.remotes" $root | fromJson) $service }}
{{- if $remote }}https://{{ $remote.host }}:{{ $remote.port }}{{ else }}http://{{ $service }}:{{ $root.Values.ports.service }}{{ end }}
{{- end }}
