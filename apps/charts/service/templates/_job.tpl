{{/*
A Job beside the service: list of root context, name suffix, command. It brings its whole environment inline, because
a hook runs before the ConfigMap of the same revision exists.
*/}}
{{- define "service.jobSpec" -}}
{{- $root := index . 0 }}{{ $name := printf "%s-%s" $root.Release.Name (index . 1) -}}
backoffLimit: 2
activeDeadlineSeconds: 900
template:
  metadata:
    labels:
      app.kubernetes.io/name: {{ $name }}
      app.kubernetes.io/part-of: murima
  spec:
    automountServiceAccountToken: false
    enableServiceLinks: false
    restartPolicy: Never
    securityContext:
      {{- include "service.podSecurityContext" $root | nindent 6 }}
    {{- with $root.Values.image.pullSecrets }}
    imagePullSecrets:
      {{- range . }}
      - name: {{ . }}
      {{- end }}
    {{- end }}
    containers:
      - name: {{ index . 1 }}
        image: {{ include "service.image" $root }}
        imagePullPolicy: {{ $root.Values.image.pullPolicy }}
        command:
          {{- toYaml (index . 2) | nindent 10 }}
        env:
          {{- range $variable, $value := include "service.env" $root | fromJson }}
          - name: {{ $variable }}
            value: {{ $value | quote }}
          {{- end }}
          {{- with include "service.secretEnv" $root | trim }}
          {{- . | nindent 10 }}
          {{- end }}
        resources:
          {{- toYaml $root.Values.resources | nindent 10 }}
        securityContext:
          {{- include "service.securityContext" $root | nindent 10 }}
        volumeMounts:
          - name: tmp
            mountPath: /tmp
    volumes:
      - name: tmp
        emptyDir:
          sizeLimit: 256Mi
{{- end }}

{{/* What such a Job may reach: the stores. A hook as well, in the wave before, or the first sync would wait for ever. */}}
{{- define "service.jobNetworkPolicySpec" -}}
{{- $root := index . 0 -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ $root.Release.Name }}-{{ index . 1 }}
    app.kubernetes.io/part-of: murima
policyTypes:
  - Egress
  - Ingress
egress:
  {{- include "service.storeEgress" $root | trim | default "[]" | nindent 2 }}
{{- end }}
