{{/* The Secrets: their names, and which of them the Job must make. */}}

{{- define "higgs-domino.secret.keyRing" -}}
{{- default (printf "%s-key-ring" (include "higgs-domino.fullname" .)) .Values.keyRing.existingSecret }}
{{- end }}

{{- define "higgs-domino.secret.database" -}}
{{- default (printf "%s-database" (include "higgs-domino.fullname" .)) .Values.database.existingSecret }}
{{- end }}

{{- define "higgs-domino.secret.databaseTLS" -}}
{{- default (printf "%s-database-tls" (include "higgs-domino.fullname" .)) .Values.database.embedded.tls.existingSecret }}
{{- end }}

{{- define "higgs-domino.secret.cache" -}}
{{- default (printf "%s-cache" (include "higgs-domino.fullname" .)) .Values.redis.embedded.existingSecret }}
{{- end }}

{{- define "higgs-domino.secret.cacheTLS" -}}
{{- default (printf "%s-cache-tls" (include "higgs-domino.fullname" .)) .Values.redis.embedded.tls.existingSecret }}
{{- end }}

{{- define "higgs-domino.secret.grafana" -}}
{{- default (printf "%s-grafana" (include "higgs-domino.fullname" .)) .Values.monitoring.grafana.existingSecret }}
{{- end }}

{{/* The names under which a Service is reached, as a certificate lists them. */}}
{{- define "higgs-domino.dnsNames" -}}
{{- $full := printf "%s.%s.svc" .service .root.Release.Namespace }}
{{- list .service (trimSuffix ".svc" $full) $full (printf "%s.%s" $full .root.Values.clusterDomain) | join "," }}
{{- end }}

{{/* A line for each Secret that the Job makes where it is missing: kind, name, what the kind needs.
     Empty when all of them are the operator's. */}}
{{- define "higgs-domino.secretsToMake" -}}
{{- $lines := list }}
{{- if not .Values.keyRing.existingSecret }}
{{- $lines = append $lines (printf "key-ring %s %s" (include "higgs-domino.secret.keyRing" .) .Values.keyRing.existingSecretKey) }}
{{- end }}
{{- if and (ne .Values.database.mode "external") (not .Values.database.existingSecret) }}
{{- $lines = append $lines (printf "passwords %s postgres-password app-password readonly-password" (include "higgs-domino.secret.database" .)) }}
{{- end }}
{{- with .Values.database.embedded.tls }}
{{- if and (eq $.Values.database.mode "embedded") .enabled (not .existingSecret) }}
{{- $names := include "higgs-domino.dnsNames" (dict "root" $ "service" (include "higgs-domino.database.service" $)) }}
{{- $lines = append $lines (printf "tls %s %s" (include "higgs-domino.secret.databaseTLS" $) $names) }}
{{- end }}
{{- end }}
{{- if eq .Values.redis.mode "embedded" }}
{{- if not .Values.redis.embedded.existingSecret }}
{{- $scheme := .Values.redis.embedded.tls.enabled | ternary "rediss" "redis" }}
{{- $lines = append $lines (printf "redis %s %s %s-cache:6379/0" (include "higgs-domino.secret.cache" .) $scheme (include "higgs-domino.fullname" .)) }}
{{- end }}
{{- if and .Values.redis.embedded.tls.enabled (not .Values.redis.embedded.tls.existingSecret) }}
{{- $names := include "higgs-domino.dnsNames" (dict "root" . "service" (printf "%s-cache" (include "higgs-domino.fullname" .))) }}
{{- $lines = append $lines (printf "tls %s %s" (include "higgs-domino.secret.cacheTLS" .) $names) }}
{{- end }}
{{- end }}
{{- if and .Values.monitoring.enabled (not .Values.monitoring.grafana.existingSecret) }}
{{- $lines = append $lines (printf "grafana %s" (include "higgs-domino.secret.grafana" .)) }}
{{- end }}
{{- join "\n" $lines }}
{{- end }}
