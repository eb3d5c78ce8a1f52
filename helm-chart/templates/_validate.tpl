{{/* What the values' schema cannot say, or cannot say clearly. Every refusal says what to do. */}}
{{- define "higgs-domino.validate" -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "higgs-domino.fullname" .)) }}
{{- fail (printf "\n\nThe release would name its Services %s…, which Kubernetes refuses: they begin with a lower-case letter and have letters, digits and hyphens only. Choose another name for the release, or set fullnameOverride." (include "higgs-domino.fullname" .)) }}
{{- end }}
{{- if not (regexMatch "^[a-zA-Z0-9]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?$" (include "higgs-domino.name" .)) }}
{{- fail (printf "\n\nnameOverride is %s, which cannot be a label: use letters, digits and hyphens." (include "higgs-domino.name" .)) }}
{{- end }}
{{- include "higgs-domino.validate.scale" . }}
{{- include "higgs-domino.validate.database" . }}
{{- include "higgs-domino.validate.redis" . }}
{{- include "higgs-domino.validate.operators" . }}
{{- if lt (int .Values.server.terminationGracePeriodSeconds) (add (int .Values.server.preStopSeconds) 30 | int) }}
{{- fail "\n\nserver.terminationGracePeriodSeconds is too short: the server needs up to 25 s after preStopSeconds to end its hands' writes. Make it at least preStopSeconds + 30." }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "\n\ningress.enabled needs ingress.hosts, such as [play.example.com]." }}
{{- end }}
{{- if and .Values.ingress.enabled .Values.networkPolicy.enabled (not .Values.networkPolicy.ingressController) }}
{{- fail "\n\nnetworkPolicy.ingressController is empty, so nobody could reach the server through the Ingress. Say where its controller runs, or set networkPolicy.enabled to false." }}
{{- end }}
{{- end }}

{{- define "higgs-domino.validate.scale" -}}
{{- $why := "several nodes are not yet supported by the server" }}
{{- if not .Values.unsupported.severalNodes }}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "\n\nreplicaCount must be 1: %s." $why) }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- fail (printf "\n\nautoscaling.enabled must be false: %s." $why) }}
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- fail "\n\nautoscaling.minReplicas is greater than autoscaling.maxReplicas." }}
{{- end }}
{{- if .Values.podDisruptionBudget.enabled }}
{{- if lt (.Values.autoscaling.enabled | ternary .Values.autoscaling.minReplicas .Values.replicaCount | int) 2 }}
{{- fail (printf "\n\npodDisruptionBudget.enabled must be false with one server: a budget would block every drain of its node, and %s." $why) }}
{{- end }}
{{- end }}
{{- if and (eq .Values.redis.mode "none") (or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1)) }}
{{- fail "\n\nSeveral servers need Redis: set redis.mode to embedded or external." }}
{{- end }}
{{- end }}

{{- define "higgs-domino.validate.database" -}}
{{- if eq .Values.database.mode "external" }}
{{- with .Values.database.external }}
{{- if not .host }}
{{- fail "\n\ndatabase.mode is external: set database.external.host to the name of your PostgreSQL." }}
{{- end }}
{{- if not .existingSecret }}
{{- fail "\n\ndatabase.mode is external: set database.external.existingSecret to a Secret with the password of higgs_app:\n  kubectl create secret generic higgs-database --from-literal=password=…" }}
{{- end }}
{{- if and (not .adminExistingSecret) (or $.Values.migration.enabled $.Values.backup.enabled) }}
{{- fail "\n\ndatabase.mode is external: set database.external.adminExistingSecret to a Secret with the password of database.external.adminUser, who migrates and backs up; or set migration.enabled and backup.enabled to false and do both by hand." }}
{{- end }}
{{- end }}
{{- end }}
{{- if and (eq .Values.database.mode "cnpg") .Values.database.cnpg.backup.enabled }}
{{- if and (eq .Values.database.cnpg.backup.method "plugin") (not .Values.database.cnpg.backup.objectStore) }}
{{- fail "\n\ndatabase.cnpg.backup.method is plugin: set database.cnpg.backup.objectStore to the name of an ObjectStore of the Barman Cloud plugin, or use volumeSnapshot." }}
{{- end }}
{{- end }}
{{- end }}

{{- define "higgs-domino.validate.redis" -}}
{{- if and (eq .Values.redis.mode "external") (not .Values.redis.external.existingSecret) }}
{{- fail "\n\nredis.mode is external: set redis.external.existingSecret to a Secret with its URL:\n  kubectl create secret generic higgs-redis --from-literal=url=rediss://:PASSWORD@HOST:6379/0" }}
{{- end }}
{{- end }}

{{/* Objects of operators that are not in the cluster would fail late and unclearly. */}}
{{- define "higgs-domino.validate.operators" -}}
{{- if and (eq .Values.database.mode "cnpg") (not (.Capabilities.APIVersions.Has "postgresql.cnpg.io/v1")) }}
{{- fail "\n\ndatabase.mode is cnpg, and this cluster does not know postgresql.cnpg.io/v1: CloudNativePG is not installed. Install its operator first, or choose database.mode embedded or external.\n(helm template asks no cluster: give it --api-versions postgresql.cnpg.io/v1.)" }}
{{- end }}
{{- if and (or .Values.serviceMonitor.enabled .Values.prometheusRule.enabled) (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}
{{- fail "\n\nserviceMonitor or prometheusRule is enabled, and this cluster does not know monitoring.coreos.com/v1: the Prometheus operator is not installed. Install it first, or use monitoring.enabled for a small Prometheus in the release.\n(helm template asks no cluster: give it --api-versions monitoring.coreos.com/v1.)" }}
{{- end }}
{{- end }}
