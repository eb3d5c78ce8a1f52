{{/* The alerts, one a file in alerts/, as the groups of a rule file. Each gets the address of its
     page; its expression and its texts stay as they are in the file. */}}
{{- define "higgs-domino.alertGroups" -}}
{{- $groups := dict }}
{{- range $path, $bytes := .Files.Glob "alerts/*.yaml" }}
{{- $file := $.Files.Get $path | fromYaml }}
{{- $rule := $file.rule }}
{{- $page := printf "%s/%s.md" (trimSuffix "/" $.Values.prometheusRule.runbookBaseUrl) $rule.alert }}
{{- $annotations := merge (dict "runbook_url" $page) $rule.annotations }}
{{- $rule = merge (dict "annotations" $annotations) $rule }}
{{- $_ := set $groups $file.group (append (get $groups $file.group | default list) $rule) }}
{{- end }}
groups:
{{- range $group, $rules := $groups }}
  - name: higgs-domino-{{ $group }}
    rules:
      {{- toYaml $rules | nindent 6 }}
{{- end }}
{{- end }}
