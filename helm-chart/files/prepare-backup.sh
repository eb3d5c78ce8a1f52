#!/usr/bin/env bash
# Proves at every install and upgrade that backups can be written, long before the first night. It
# also makes the volume be bound at once: a claim that nobody mounts would stop `helm --wait`.
set -euo pipefail

readonly probe=$BACKUP_FOLDER/.probe
echo "written by the chart" >"$probe"
rm -f "$probe"
df -h "$BACKUP_FOLDER"
