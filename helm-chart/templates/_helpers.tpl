{{/* Names, labels, images: what every template needs. */}}

{{- define "higgs-domino.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The beginning of every name. 40 characters leave room for what follows within 63, and for the
     52 of a CronJob. */}}
{{- define "higgs-domino.fullname" -}}
{{- $name := include "higgs-domino.name" . }}
{{- $made := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $made .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The name of a Job of this revision; the hash lets tools apply it that know no revisions. */}}
{{- define "higgs-domino.jobName" -}}
{{- $hash := list .root.Chart.Version .root.Chart.AppVersion .root.Values | toJson | sha256sum | trunc 8 }}
{{- printf "%s-%s-%d-%s" (include "higgs-domino.fullname" .root) .name (int .root.Release.Revision) $hash }}
{{- end }}

{{/* Labels that choose the pods of a component: (dict "root" $ "component" "server"). */}}
{{- define "higgs-domino.selectorLabels" -}}
app.kubernetes.io/name: {{ include "higgs-domino.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "higgs-domino.labels" -}}
{{ include "higgs-domino.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: higgs-domino
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "higgs-domino.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "higgs-domino.labels" . | nindent 2 }}
{{- end }}

{{/* An image: (dict "root" $ "image" .Values.image). */}}
{{- define "higgs-domino.image" -}}
{{- $repository := .image.repository }}
{{- with .root.Values.image.registry }}{{ $repository = printf "%s/%s" . $repository }}{{ end }}
{{- if .image.digest }}
{{- printf "%s@%s" $repository .image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .root.Chart.AppVersion .image.tag) }}
{{- end }}
{{- end }}

{{/* image and imagePullPolicy of a container. */}}
{{- define "higgs-domino.containerImage" -}}
image: {{ include "higgs-domino.image" . | quote }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- end }}

{{/* What every pod has in common: (dict "root" $ "user" 10001 "account" "…"). */}}
{{- define "higgs-domino.podBasics" -}}
automountServiceAccountToken: {{ default false .token }}
{{- with .account }}
serviceAccountName: {{ . }}
{{- end }}
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "higgs-domino.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  privileged: false
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end }}

{{- define "higgs-domino.serviceAccount" -}}
{{- default (.Values.serviceAccount.create | ternary (include "higgs-domino.fullname" .) "default") .Values.serviceAccount.name }}
{{- end }}

{{- define "higgs-domino.user.server" -}}10001{{- end }}
{{- define "higgs-domino.user.database" -}}999{{- end }}
{{- define "higgs-domino.user.cache" -}}998{{- end }}

{{- define "higgs-domino.trustedProxies" -}}
{{- $given := .Values.server.trustedProxies | toString }}
{{- eq $given "auto" | ternary (.Values.ingress.enabled | ternary "1" "0") $given }}
{{- end }}
