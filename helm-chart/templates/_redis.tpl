{{/* Redis, as the server sees it. */}}

{{- define "higgs-domino.redis.authority" -}}
{{- if and (eq .Values.redis.mode "embedded") .Values.redis.embedded.tls.enabled }}
{{- dict "secret" (include "higgs-domino.secret.cacheTLS" .) "key" "ca.crt" | toJson }}
{{- else if eq .Values.redis.mode "external" }}
{{- with .Values.redis.external.ca }}
{{- if .existingSecret }}
{{- dict "secret" .existingSecret "key" .existingSecretKey | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "higgs-domino.redis.env" -}}
{{- if ne .Values.redis.mode "none" }}
- name: REDIS_URL
  valueFrom:
    secretKeyRef:
      {{- if eq .Values.redis.mode "embedded" }}
      name: {{ include "higgs-domino.secret.cache" . }}
      key: url
      {{- else }}
      name: {{ .Values.redis.external.existingSecret }}
      key: {{ .Values.redis.external.existingSecretKey }}
      {{- end }}
{{- end }}
{{- end }}

{{- define "higgs-domino.redis.volume" -}}
{{- with include "higgs-domino.redis.authority" . }}
{{- $authority := fromJson . }}
- name: redis-ca
  secret:
    secretName: {{ $authority.secret }}
    defaultMode: 0444
    items:
      - {key: {{ $authority.key }}, path: ca.crt}
{{- end }}
{{- end }}

{{- define "higgs-domino.redis.mount" -}}
{{- if include "higgs-domino.redis.authority" . }}
- name: redis-ca
  mountPath: /etc/higgs/redis-ca
  readOnly: true
{{- end }}
{{- end }}
