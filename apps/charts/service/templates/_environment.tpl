{{/*
Environment variables that hold no secret, as JSON: list of root context and what is called (dependsOn, or that of a Job).
Names of the guide's section 3.1.1; each store gives its own. Numbers become text by toJson: toString would write 3.6e+06.
*/}}
{{- define "service.env" -}}
{{- $root := index . 0 }}{{ $calls := index . 1 }}{{ $role := $calls.role | default "service" }}{{ $env := dict }}
{{- with $root.Values.facts.tenant }}{{ $_ := set $env "TENANT_ID" . }}{{ end }}
{{- $_ := set $env "LOG_LEVEL" $root.Values.config.logging.level }}
{{- with $root.Values.config.rateLimiting }}
{{- $_ := set $env "RATE_LIMIT_WINDOW" (toJson .windowMs) }}
{{- $_ := set $env "RATE_LIMIT_MAX" (toJson .max) }}
{{- end }}
{{- $prefixes := include "service.storePrefixes" . | fromJson }}
{{- range $calls.stores }}
{{- $prefix := get $prefixes . }}
{{- $store := include "service.store" (list $root . $role) | fromJson }}
{{- $_ := set $env (printf "%s_HOST" $prefix) $store.host }}
{{- $_ := set $env (printf "%s_PORT" $prefix) (toJson $store.port) }}
{{- $_ := set $env (printf "%s_TLS" $prefix) (toJson $store.tls) }}
{{- if $store.tls }}
{{- $_ := set $env (printf "%s_CA_FILE" $prefix) (include "service.caFile" $root) }}
{{- if eq . "postgresql" }}{{ $_ := set $env "DB_SSLMODE" "verify-full" }}{{ end }}
{{- end }}
{{- $_ := merge $env (include "service.account" (list $root . $role) | fromJson) }}
{{- end }}
{{- range $calls.services }}
{{- $_ := set $env (printf "%s_URL" (. | upper | replace "-" "_")) (include "service.url" (list $root .)) }}
{{- end }}
{{- if include "service.trusts" . }}{{ $_ := set $env "NODE_EXTRA_CA_CERTS" (include "service.caFile" $root) }}{{ end }}
{{- range $name, $_ := $root.Values.env }}
{{- if hasKey $env $name }}
{{- fail (printf "env.%s is set by the chart, from other values: remove it from env" $name) }}
{{- end }}
{{- end }}
{{- mergeOverwrite $env $root.Values.env | toJson }}
{{- end }}

{{- define "service.storePrefixes" -}}
{"elasticsearch": "ELASTICSEARCH", "mongodb": "MONGODB", "postgresql": "DB", "rabbitmq": "RABBITMQ", "redis": "REDIS"}
{{- end }}

{{/*
Variables out of Secrets, as JSON: list of root context, what is called, and blocks of config that refer to Secrets. A service
has a Secret for each store, SERVICE-STORE, with its password, and its migration another, SERVICE-STORE-migration.
*/}}
{{- define "service.secretVariables" -}}
{{- $root := index . 0 }}{{ $calls := index . 1 }}{{ $blocks := index . 2 }}{{ $found := list }}
{{- $prefixes := include "service.storePrefixes" . | fromJson }}
{{- $suffix := ternary "-migration" "" (eq ($calls.role | default "service") "migration") }}
{{- range $calls.stores }}
{{- $found = append $found (dict "variable" (printf "%s_PASSWORD" (get $prefixes .)) "name" (printf "%s-%s%s" $root.Release.Name . $suffix) "key" "password") }}
{{- end }}
{{- if has "jwt" $blocks }}{{ with dig "jwt" "privateKeySecret" dict $root.Values.config }}
{{- $found = append $found (dict "variable" "JWT_PRIVATE_KEY" "name" .name "key" .key) }}
{{- end }}{{ end }}
{{- if has "encryption" $blocks }}{{ with dig "encryption" "keySecret" dict $root.Values.config }}
{{- $found = append $found (dict "variable" "ENCRYPTION_KEY" "name" .name "key" .key) }}
{{- end }}{{ end }}
{{- if has "oauth" $blocks }}
{{- range $provider, $settings := dig "oauth" "providers" dict $root.Values.config }}
{{- if $settings.enabled }}
{{- $prefix := printf "OAUTH_%s_CLIENT" (upper $provider) }}
{{- $found = append $found (dict "variable" (printf "%s_ID" $prefix) "name" $settings.secret "key" "clientId") }}
{{- $found = append $found (dict "variable" (printf "%s_SECRET" $prefix) "name" $settings.secret "key" "clientSecret") }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $found }}
{{- end }}

{{/* The service itself has all of its own. */}}
{{- define "service.ownSecretVariables" -}}
{{- include "service.secretVariables" (list . .Values.dependsOn (list "encryption" "jwt" "oauth")) }}
{{- end }}

{{/* Such variables as the items of a container's env. */}}
{{- define "service.secretEnv" -}}
{{- range . | fromJsonArray }}
- name: {{ .variable | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ .name | quote }}
      key: {{ .key | quote }}
{{- end }}
{{- end }}

{{/* Stamps of the Secrets that the service reads, as JSON: another value is another pod. Empty where it reads none. */}}
{{- define "service.stamps" -}}
{{- $stamps := dict }}
{{- range include "service.ownSecretVariables" . | fromJsonArray }}
{{- $_ := set $stamps .name (get $.Values.secretStamps .name) }}
{{- end }}
{{- if $stamps }}{{ toJson $stamps }}{{ end }}
{{- end }}
