{{- define "newsmonitor.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "newsmonitor.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "newsmonitor.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "newsmonitor.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "newsmonitor.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "newsmonitor.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "newsmonitor.configMapName" -}}
{{- default (include "newsmonitor.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{/* The three files. The chart's own keys go over what `config` says, and the schema refuses them there. */}}
{{- define "newsmonitor.files" -}}
{{- $http := dict "host" "0.0.0.0" "port" (int64 .Values.metrics.port) -}}
{{- $own := dict "http" $http "feeds" "feeds.yaml" "watches" "watches.yaml" "stream" (dict "follow" true) -}}
monitor.yaml: |
  {{- mergeOverwrite (deepCopy .Values.config) $own | toYaml | nindent 2 }}
feeds.yaml: |
  {{- dict "feeds" .Values.feeds | toYaml | nindent 2 }}
watches.yaml: |
  {{- dict "watches" .Values.watches "places" .Values.places "concepts" .Values.concepts "homes" .Values.homes | toYaml | nindent 2 }}
{{- end -}}

{{/* A container that runs one command of monitor. Takes: root, name, args. */}}
{{- define "newsmonitor.container" -}}
name: {{ .name }}
image: {{ printf "%s:%s" .root.Values.image.repository (default .root.Chart.AppVersion .root.Values.image.tag) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  {{- toYaml .args | nindent 2 }}
env:
  - name: KAFKA_BOOTSTRAP
    value: {{ .root.Values.kafka.bootstrap | quote }}
  {{- if eq .name "stream" }}
  - name: MONITOR_INSTANCE_ID
    valueFrom:
      fieldRef:
        fieldPath: metadata.name
  {{- end }}
  {{- range .root.Values.secrets }}
  - name: {{ .env }}
    valueFrom:
      secretKeyRef:
        name: {{ .existingSecret }}
        key: {{ .key }}
  {{- end }}
  {{- with .root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
securityContext:
  {{- toYaml .root.Values.securityContext | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: /etc/newsmonitor
    readOnly: true
  - name: work
    mountPath: /var/lib/newsmonitor
  - name: tmp
    mountPath: /tmp
  {{- with .root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* What all pods share. Takes: root, configMap. */}}
{{- define "newsmonitor.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: config
    configMap:
      name: {{ .configMap }}
      defaultMode: 0444
  - name: work
    emptyDir: {}
  - name: tmp
    emptyDir: {}
  {{- with .root.Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The pod of a role. Takes: root, role. */}}
{{- define "newsmonitor.rolePod" -}}
{{- $values := index .root.Values .role -}}
metadata:
  annotations:
    checksum/config: {{ include "newsmonitor.files" .root | sha256sum }}
    {{- with .root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "newsmonitor.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
    {{- with .root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "newsmonitor.serviceAccountName" .root }}
  terminationGracePeriodSeconds: {{ int64 $values.terminationGracePeriodSeconds }}
  {{- include "newsmonitor.podSpec" (dict "root" .root "configMap" (include "newsmonitor.configMapName" .root)) | nindent 2 }}
  containers:
    - {{ include "newsmonitor.container" (dict "root" .root "name" .role "args" (list .role "--config" "/etc/newsmonitor/monitor.yaml")) | nindent 6 | trim }}
      ports:
        - name: metrics
          containerPort: {{ int64 .root.Values.metrics.port }}
      {{- range $kind, $probe := .root.Values.probes }}
      {{ $kind }}Probe:
        httpGet:
          path: /healthz
          port: metrics
        {{- toYaml $probe | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml $values.resources | nindent 8 }}
{{- end -}}
