{{/* What every pod of `helm test` has in common: (dict "root" $ "name" "api" "weight" 3). */}}
{{- define "higgs-domino.test.metadata" -}}
name: {{ include "higgs-domino.fullname" .root }}-test-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "higgs-domino.labels" (dict "root" .root "component" "test") | nindent 2 }}
annotations:
  helm.sh/hook: test
  helm.sh/hook-weight: {{ .weight | quote }}
  helm.sh/hook-delete-policy: before-hook-creation
{{- end }}

{{- define "higgs-domino.test.spec" -}}
{{- include "higgs-domino.podBasics" (dict "root" .root "user" (include "higgs-domino.user.server" .root) "account" (include "higgs-domino.serviceAccount" .root)) }}
restartPolicy: Never
activeDeadlineSeconds: 300
{{- end }}

{{- define "higgs-domino.test.resources" -}}
resources:
  requests: {cpu: 50m, memory: 32Mi, ephemeral-storage: 16Mi}
  limits: {memory: 128Mi, ephemeral-storage: 64Mi}
{{- end }}

{{- define "higgs-domino.test.scripts" -}}
- name: scripts
  configMap:
    name: {{ include "higgs-domino.fullname" .root }}-scripts
    items:
      - {key: test-{{ .name }}.sh, path: test-{{ .name }}.sh}
{{- end }}

{{- define "higgs-domino.test.url" -}}
http://{{ include "higgs-domino.fullname" . }}:{{ .Values.service.port }}
{{- end }}
