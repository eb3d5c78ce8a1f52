#!/bin/sh
# Starts Redis with its password, which stands in no command line.
set -eu
umask 077
cat /etc/redis/redis.conf >/tmp/redis.conf
printf 'requirepass %s\n' "$REDIS_PASSWORD" >>/tmp/redis.conf
exec redis-server /tmp/redis.conf
