{{/*
Who the service is to a store, and what it has there, as environment variables in JSON: list of root context, store, and
whether it is the service or its migration. Both follow from the service's name, and from the tenant's where it is a
tenant's own copy, so that no two readers of a store share a user or a place for data. scripts/lib/store/account.ts makes
the store's own side of it by the same rules, and the rule store-account holds both together.
*/}}
{{- define "service.account" -}}
{{- $root := index . 0 }}{{ $store := index . 1 }}{{ $tenant := $root.Values.facts.tenant }}
{{- $name := $root.Release.Name }}
{{- if $tenant }}{{ $name = printf "tenant-%s-%s" $tenant $name }}{{ end }}
{{- $user := replace "-" "_" $name }}{{ $own := $user }}
{{- if eq (index . 2) "migration" }}{{ $user = printf "%s_migration" $user }}{{ end }}
{{- if eq $store "elasticsearch" }}
{{- dict "ELASTICSEARCH_USER" $user "ELASTICSEARCH_INDEX_PREFIX" (printf "%s." $name) | toJson }}
{{- else if eq $store "mongodb" }}
{{- dict "MONGODB_USER" $user "MONGODB_AUTH_SOURCE" "admin" "MONGODB_NAME" $own | toJson }}
{{- else if eq $store "postgresql" }}
{{- dict "DB_USER" $user "DB_NAME" $own | toJson }}
{{- else if eq $store "rabbitmq" }}
{{- $settings := get $root.Values.stores $store }}
{{- $vhost := $settings.vhost }}{{ if $tenant }}{{ $vhost = printf "tenant_%s" (replace "-" "_" $tenant) }}{{ end }}
{{- dict "RABBITMQ_USER" $user "RABBITMQ_VHOST" $vhost "RABBITMQ_EXCHANGE" $settings.exchange "RABBITMQ_QUEUE_PREFIX" (printf "%s." $root.Release.Name) | toJson }}
{{- else if eq $store "redis" }}
{{- dict "REDIS_USER" $user "REDIS_KEY_PREFIX" (printf "%s:" $name) | toJson }}
{{- end }}
{{- end }}

{{/* The label by which a store knows who may come: stores. */}}
{{- define "service.storeLabels" -}}
{{- range . }}
{{ printf "stores.murima2025.com/%s" . | quote }}: "true"
{{- end }}
{{- end }}
