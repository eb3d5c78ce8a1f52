#!/bin/sh
# Starts Redis with its password, which stands in no command line.
set -eu
umask 077
settings=${WORK_FOLDER:-/tmp}/redis.conf
cat "${SETTINGS_FOLDER:-/etc/redis}/redis.conf" >"$settings"
printf 'requirepass %s\n' "$REDIS_PASSWORD" >>"$settings"
exec redis-server "$settings"
