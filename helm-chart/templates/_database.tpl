{{/* Where the database is, how it is reached and by whom, in each of its three modes. */}}

{{- define "higgs-domino.database.service" -}}
{{- include "higgs-domino.fullname" . }}-database
{{- end }}

{{- define "higgs-domino.database.cluster" -}}
{{- include "higgs-domino.fullname" . }}-pg
{{- end }}

{{- define "higgs-domino.database.host" -}}
{{- if eq .Values.database.mode "embedded" }}
{{- include "higgs-domino.database.service" . }}
{{- else if eq .Values.database.mode "cnpg" }}
{{- include "higgs-domino.database.cluster" . }}-rw
{{- else }}
{{- .Values.database.external.host }}
{{- end }}
{{- end }}

{{- define "higgs-domino.database.port" -}}
{{- eq .Values.database.mode "external" | ternary .Values.database.external.port 5432 }}
{{- end }}

{{- define "higgs-domino.database.sslMode" -}}
{{- if eq .Values.database.mode "embedded" }}
{{- .Values.database.embedded.tls.enabled | ternary "verify-full" "disable" }}
{{- else if eq .Values.database.mode "cnpg" }}
{{- print "verify-full" }}
{{- else }}
{{- .Values.database.external.sslMode }}
{{- end }}
{{- end }}

{{/* The Secret with the certificate authority, as JSON; empty where there is none to mount. */}}
{{- define "higgs-domino.database.authority" -}}
{{- if eq .Values.database.mode "embedded" }}
{{- if .Values.database.embedded.tls.enabled }}
{{- dict "secret" (include "higgs-domino.secret.databaseTLS" .) "key" "ca.crt" | toJson }}
{{- end }}
{{- else if eq .Values.database.mode "cnpg" }}
{{- dict "secret" (printf "%s-ca" (include "higgs-domino.database.cluster" .)) "key" "ca.crt" | toJson }}
{{- else }}
{{- with .Values.database.external.ca }}
{{- if .existingSecret }}
{{- dict "secret" .existingSecret "key" .existingSecretKey | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* libpq's variables, without secrets; the same for every role. */}}
{{- define "higgs-domino.database.settings" -}}
PGHOST: {{ include "higgs-domino.database.host" . | quote }}
PGPORT: {{ include "higgs-domino.database.port" . | quote }}
PGDATABASE: {{ .Values.database.name | quote }}
PGSSLMODE: {{ include "higgs-domino.database.sslMode" . | quote }}
PGCONNECT_TIMEOUT: "10"
{{- if include "higgs-domino.database.authority" . }}
PGSSLROOTCERT: /etc/higgs/database-ca/ca.crt
{{- else if hasPrefix "verify-" (include "higgs-domino.database.sslMode" .) }}
PGSSLROOTCERT: /etc/ssl/certs/ca-certificates.crt
{{- end }}
{{- end }}

{{/* Who the server is to the database. */}}
{{- define "higgs-domino.database.appUser" -}}
{{- eq .Values.database.mode "external" | ternary .Values.database.external.user "higgs_app" }}
{{- end }}

{{- define "higgs-domino.database.appPassword" -}}
{{- if eq .Values.database.mode "external" }}
name: {{ .Values.database.external.existingSecret }}
key: {{ .Values.database.external.existingSecretKey }}
{{- else }}
name: {{ include "higgs-domino.secret.database" . }}
key: app-password
{{- end }}
{{- end }}

{{- define "higgs-domino.database.adminPassword" -}}
{{- if eq .Values.database.mode "embedded" }}
name: {{ include "higgs-domino.secret.database" . }}
key: postgres-password
{{- else if eq .Values.database.mode "cnpg" }}
name: {{ include "higgs-domino.database.cluster" . }}-superuser
key: password
{{- else }}
name: {{ .Values.database.external.adminExistingSecret }}
key: {{ .Values.database.external.adminExistingSecretKey }}
{{- end }}
{{- end }}

{{/* The environment of the server's role. */}}
{{- define "higgs-domino.database.appEnv" -}}
- name: PGUSER
  value: {{ include "higgs-domino.database.appUser" . | quote }}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
      {{- include "higgs-domino.database.appPassword" . | trim | nindent 6 }}
{{- end }}

{{/* The environment of the role that migrates and backs up. */}}
{{- define "higgs-domino.database.adminEnv" -}}
- name: PGUSER
  value: {{ eq .Values.database.mode "external" | ternary .Values.database.external.adminUser "postgres" | quote }}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
      {{- include "higgs-domino.database.adminPassword" . | trim | nindent 6 }}
{{- end }}

{{/* The environment with which the migration gives the roles their passwords; may be empty. */}}
{{- define "higgs-domino.database.passwordsEnv" -}}
{{- if or (ne .Values.database.mode "external") .Values.database.external.setPassword }}
- name: HIGGS_APP_ROLE
  value: {{ include "higgs-domino.database.appUser" . | quote }}
- name: HIGGS_APP_PASSWORD
  valueFrom:
    secretKeyRef:
      {{- include "higgs-domino.database.appPassword" . | trim | nindent 6 }}
{{- end }}
{{- if ne .Values.database.mode "external" }}
- name: HIGGS_READONLY_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "higgs-domino.secret.database" . }}
      key: readonly-password
{{- end }}
{{- end }}

{{/* The volume with the certificate authority, and its mount; may be empty. */}}
{{- define "higgs-domino.database.volume" -}}
{{- with include "higgs-domino.database.authority" . }}
{{- $authority := fromJson . }}
- name: database-ca
  secret:
    secretName: {{ $authority.secret }}
    defaultMode: 0444
    items:
      - {key: {{ $authority.key }}, path: ca.crt}
{{- end }}
{{- end }}

{{- define "higgs-domino.database.mount" -}}
{{- if include "higgs-domino.database.authority" . }}
- name: database-ca
  mountPath: /etc/higgs/database-ca
  readOnly: true
{{- end }}
{{- end }}
