{{/* Pieces of network policies. Each piece is a list of rules. */}}

{{- define "higgs-domino.network.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "higgs-domino.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "higgs-domino.labels" . | nindent 4 }}
spec:
  policyTypes: [Ingress, Egress]
  podSelector:
    matchLabels:
      {{- default (include "higgs-domino.selectorLabels" .) .selector | nindent 6 }}
{{- end }}

{{- define "higgs-domino.network.ports" -}}
ports:
  {{- range . }}
  - {port: {{ . }}, protocol: TCP}
  {{- end }}
{{- end }}

{{/* Pods of components of the release: (dict "root" $ "components" (list "server")). */}}
{{- define "higgs-domino.network.pods" -}}
{{- $root := .root }}
{{- range .components }}
- podSelector:
    matchLabels:
      {{- include "higgs-domino.selectorLabels" (dict "root" $root "component" .) | nindent 6 }}
{{- end }}
{{- end }}

{{- define "higgs-domino.network.addresses" -}}
{{- range . }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end }}

{{- define "higgs-domino.network.toDNS" -}}
- to:
    {{- toYaml .Values.networkPolicy.dns | nindent 4 }}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end }}

{{- define "higgs-domino.network.clusterSelector" -}}
cnpg.io/cluster: {{ include "higgs-domino.database.cluster" . }}
{{- end }}

{{- define "higgs-domino.network.toDatabase" -}}
- to:
    {{- if eq .Values.database.mode "embedded" }}
    {{- include "higgs-domino.network.pods" (dict "root" . "components" (list "database")) | trim | nindent 4 }}
    {{- else if eq .Values.database.mode "cnpg" }}
    - podSelector:
        matchLabels:
          {{- include "higgs-domino.network.clusterSelector" . | nindent 10 }}
    {{- else }}
    {{- include "higgs-domino.network.addresses" (default (list "0.0.0.0/0" "::/0") .Values.database.external.cidrs) | trim | nindent 4 }}
    {{- end }}
  {{- include "higgs-domino.network.ports" (list (include "higgs-domino.database.port" .)) | nindent 2 }}
{{- end }}

{{- define "higgs-domino.network.toRedis" -}}
{{- if eq .Values.redis.mode "embedded" }}
- to:
    {{- include "higgs-domino.network.pods" (dict "root" . "components" (list "cache")) | trim | nindent 4 }}
  {{- include "higgs-domino.network.ports" (list 6379) | nindent 2 }}
{{- else if eq .Values.redis.mode "external" }}
- to:
    {{- include "higgs-domino.network.addresses" (default (list "0.0.0.0/0" "::/0") .Values.redis.external.cidrs) | trim | nindent 4 }}
  {{- include "higgs-domino.network.ports" (list .Values.redis.external.port) | nindent 2 }}
{{- end }}
{{- end }}

{{- define "higgs-domino.network.toAPIServer" -}}
- to:
    {{- include "higgs-domino.network.addresses" .Values.networkPolicy.apiServer.cidrs | trim | nindent 4 }}
  {{- include "higgs-domino.network.ports" .Values.networkPolicy.apiServer.ports | nindent 2 }}
{{- end }}

{{/* Who of the release works on the database. */}}
{{- define "higgs-domino.network.fromDatabaseUsers" -}}
{{- $users := list "server" }}
{{- if .Values.migration.enabled }}{{ $users = append $users "migration" }}{{ end }}
{{- if .Values.backup.enabled }}{{ $users = append $users "backup" }}{{ end }}
{{- if .Values.tests.enabled }}{{ $users = append $users "test" }}{{ end }}
- from:
    {{- include "higgs-domino.network.pods" (dict "root" . "components" $users) | trim | nindent 4 }}
  {{- include "higgs-domino.network.ports" (list 5432) | nindent 2 }}
{{- end }}
