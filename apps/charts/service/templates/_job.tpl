{{/*
A Job beside the service, as a dict: root, name (suffix of its own), command, calls (of what the service calls, that which
it calls), secrets (blocks of config whose Secrets it reads), config (whether config.json is there already), and what else
differs. It brings its whole environment inline, because a hook runs before the ConfigMap of the same revision exists.
*/}}
{{- define "service.jobSpec" -}}
{{- $trusts := include "service.trusts" (list .root .calls) -}}
backoffLimit: 2
activeDeadlineSeconds: {{ .deadlineSeconds | default 900 | toJson }}
template:
  metadata:
    labels:
      {{- include "service.selector" (printf "%s-%s" .root.Release.Name .name) | nindent 6 }}
      {{- with include "service.callsLabels" (list .root (.calls.services | default list)) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "service.storeLabels" .calls.stores | trim }}
      {{- . | nindent 6 }}
      {{- end }}
  spec:
    automountServiceAccountToken: false
    enableServiceLinks: false
    priorityClassName: {{ .priorityClassName | quote }}
    restartPolicy: Never
    securityContext:
      {{- include "service.podSecurityContext" .root | nindent 6 }}
    {{- with .root.Values.image.pullSecrets }}
    imagePullSecrets:
      {{- range . }}
      - name: {{ . | quote }}
      {{- end }}
    {{- end }}
    containers:
      - name: {{ .name | quote }}
        image: {{ include "service.image" .root | quote }}
        imagePullPolicy: {{ .root.Values.image.pullPolicy | quote }}
        command:
          {{- toYaml .command | nindent 10 }}
        env:
          {{- range $variable, $value := include "service.env" (list .root .calls) | fromJson }}
          - name: {{ $variable | quote }}
            value: {{ $value | toJson }}
          {{- end }}
          {{- with include "service.secretEnv" (include "service.secretVariables" (list .root .calls .secrets)) | trim }}
          {{- . | nindent 10 }}
          {{- end }}
        resources:
          {{- toYaml (.resources | default .root.Values.resources) | nindent 10 }}
        securityContext:
          {{- include "service.securityContext" .root | nindent 10 }}
        volumeMounts:
          {{- if .config }}
          - name: config
            mountPath: /etc/murima
            readOnly: true
          {{- end }}
          - name: tmp
            mountPath: /tmp
          {{- if $trusts }}
          {{- include "service.trustMount" .root | nindent 10 }}
          {{- end }}
    volumes:
      {{- if .config }}
      - name: config
        configMap:
          name: {{ printf "%s-config" .root.Release.Name | quote }}
      {{- end }}
      - name: tmp
        emptyDir:
          sizeLimit: 256Mi
      {{- if $trusts }}
      {{- include "service.trustVolume" .root | nindent 6 }}
      {{- end }}
{{- end }}

{{/* What such a Job may reach. Of a hook it is a hook as well, in the wave before, or the first sync would wait for ever. */}}
{{- define "service.jobNetworkPolicySpec" -}}
podSelector:
  matchLabels:
    {{- include "service.selector" (printf "%s-%s" .root.Release.Name .name) | nindent 4 }}
policyTypes:
  - Egress
  - Ingress
egress:
  {{- include "service.egress" (list .root .calls) | trim | default "[]" | nindent 2 }}
{{- end }}

{{/*
A Job of the values made into such a dict: list of root context, place in the values, suffix and values. What it calls is
part of what the service calls: the Secrets are the service's, and so is the other side of each call.
*/}}
{{- define "service.jobOf" -}}
{{- $root := index . 0 }}{{ $place := index . 1 }}{{ $job := index . 3 -}}
{{- range $kind := list "stores" "services" }}
{{- range get $job $kind | default list }}
{{- if not (has . (get $root.Values.dependsOn $kind)) }}
{{- fail (printf "%s.%s names %s, which is not in dependsOn.%s: add it there, or remove it here" $place $kind . $kind) }}
{{- end }}
{{- end }}
{{- end }}
{{- $calls := dict "stores" ($job.stores | default list) "services" ($job.services | default list) "internet" ($job.internet | default list) -}}
{{- dict "name" (index . 2) "command" $job.command "calls" $calls "secrets" ($job.secrets | default list) "resources" $job.resources "deadlineSeconds" $job.deadlineSeconds "priorityClassName" ($job.priorityClassName | default $root.Values.priorityClassName) | toJson }}
{{- end }}
